"""The map of songs in notebooks (Jupyter, Marimo, VS Code). Needs anywidget, which `import segue` does not.

from segue.widget import MapWidget
songs = MapWidget(model)
songs                       # in a cell of its own: drag to move, click to select, with Shift several
songs.selected              # their ids; setting them selects on the map
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError("segue.widget needs anywidget: pip install anywidget") from error

from ._errors import Unsupported, WrongUse
from ._model import Model, SongMap

if TYPE_CHECKING:
    from typing import Unpack

    from ._options import MapOptions

__all__ = ["MapWidget"]

_NONE = 95  # the number of no colour, as in app/web/src/map/palette.ts
_COLOURS = 7


def _module() -> str:
    file = Path(__file__).with_name("_map_widget.js")
    if not file.exists():
        raise Unsupported(f"{file}: the map for notebooks is not in this build, which had no Node to build it with")
    return file.read_text()


def _roots(regions: dict[str, list[Any]]) -> list[int]:
    """The outermost region around each region."""
    roots = []
    for region in range(len(regions["parent"])):
        while (parent := regions["parent"][region]) is not None and parent >= 0:
            region = parent
        roots.append(region)
    return roots


def _categories(labels: Sequence[Any]) -> NDArray[np.uint8]:
    """Numbers for the most frequent labels; the others, and None, have no colour."""
    frequent = [label for label, _ in Counter(label for label in labels if label is not None).most_common(_COLOURS)]
    numbers = {label: number for number, label in enumerate(frequent)}
    return np.array([numbers.get(label, _NONE) for label in labels], dtype=np.uint8)


class MapWidget(anywidget.AnyWidget):
    """The map of a model, with songs that can be selected.

    `model`: a Model. `layout`: what `model.map()` gave; None: `model.map(**options)` is called. `colour_by`: a label for
    each song of the model (a genre, a cluster of your own; None for no colour), of which the 7 most frequent get a
    colour; None: the regions of the map. `height`: in pixels.

    Attributes: `selected`, the ids of the songs selected, which follows clicks and may be set. `height`.

    Raises WrongUse for labels of another number and for selecting ids that are not on the map, Unsupported in a build
    without Node.
    """

    selected = traitlets.List(traitlets.Unicode())
    height = traitlets.Int(480).tag(sync=True)
    _places = traitlets.Bytes().tag(sync=True)
    _categories = traitlets.Bytes().tag(sync=True)
    _titles = traitlets.Bytes().tag(sync=True)
    _labels: Any = traitlets.List().tag(sync=True)
    _rows = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        model: Model,
        layout: SongMap | None = None,
        *,
        colour_by: Sequence[Any] | None = None,
        height: int = 480,
        **options: Unpack[MapOptions],
    ) -> None:
        if layout is not None and options:
            raise WrongUse(f"MapWidget: expected a layout or options of one, found both ({next(iter(options))})")
        drawn = layout if layout is not None else model.map(**options)
        points, regions = drawn.points.to_pydict(), drawn.regions.to_pydict()
        self._ids: list[str] = points["id"]
        self._row_of = {song: row for row, song in enumerate(self._ids)}
        if colour_by is not None and len(colour_by) != len(model):
            raise WrongUse(f"colour_by: expected a label for each of {len(model):,} songs, found {len(colour_by):,}")
        places = np.column_stack([points["x"], points["y"]]).astype(np.float64)
        middle = (places.max(axis=0) + places.min(axis=0)) / 2
        half = max(float(np.abs(places - middle).max()), 1e-9)
        roots = _roots(regions)
        if colour_by is None:
            labels = [roots[region] if region is not None and region >= 0 else None for region in points["region"]]
        else:
            label_of = dict(zip(model.ids, colour_by))
            labels = [label_of[song] for song in self._ids]
        names = {
            song: (artist, title) for song, artist, title in zip(*map(model.songs.column, ("id", "artist", "title")))
        }
        super().__init__(
            _esm=_module(),
            height=height,
            _places=((places - middle) / half).astype("<f4").tobytes(),
            _categories=_categories(labels).tobytes(),
            _titles="\n".join(_line(*names[song], song) for song in self._ids).encode(),
            _labels=[
                {"label": label, "x": (x - middle[0]) / half, "y": (y - middle[1]) / half}
                for region, (label, x, y) in enumerate(zip(regions["label"], regions["x"], regions["y"]))
                if roots[region] == region
            ],
        )

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Any) -> list[str]:
        unknown = [song for song in proposal["value"] if song not in self._row_of]
        if unknown:
            raise WrongUse(f"selected: expected ids of songs on the map, found {unknown[0]!r}")
        return list(proposal["value"])

    @traitlets.observe("selected")
    def _selected_here(self, change: Any) -> None:
        self._rows = [self._row_of[song] for song in change["new"]]

    @traitlets.observe("_rows")
    def _selected_there(self, change: Any) -> None:
        self.selected = [self._ids[row] for row in change["new"]]

    def on_select(self, call: Callable[[list[str]], object]) -> Callable[[], None]:
        """Calls a function with the ids whenever the selection changes. Returns a function that ends this."""

        def changed(change: Any) -> None:
            call(list(change["new"]))

        self.observe(changed, "selected")
        return lambda: self.unobserve(changed, "selected")


def _line(artist: str, title: str, song: str) -> str:
    text = " – ".join(part for part in (artist, title) if part) or song
    return " ".join(text.splitlines())
