"""The map in notebooks, as far as Python goes; app/web/tests/browser/widget.test.mjs has the other half."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import segue
from segue.widget import MapWidget


@pytest.fixture(scope="module")
def layout(model: segue.Model) -> Any:
    return model.map(iterations=50)


@pytest.fixture(scope="module")
def widget(model: segue.Model, layout: Any) -> MapWidget:
    return MapWidget(model, layout)


def test_what_is_sent_is_the_models_map(widget: MapWidget, model: segue.Model, layout: Any) -> None:
    points = layout.points.to_pydict()
    assert MapWidget(model, iterations=50)._places == widget._places
    places = np.frombuffer(widget._places, "<f4").reshape(-1, 2)
    assert len(places) == len(model) == len(widget._categories)
    assert np.abs(places).max() == pytest.approx(1)
    drawn, stored = (places[:, 0], np.array(points["x"]))
    assert np.corrcoef(drawn, stored)[0, 1] > 0.999999
    titles = widget._titles.decode().split("\n")
    names = dict(zip(model.ids, model.songs.column("title")))
    assert [title.split(" – ")[1] for title in titles] == [names[song] for song in points["id"]]
    assert all(set(label) == {"label", "x", "y"} and abs(label["x"]) <= 1 for label in widget._labels)
    assert "render" in widget._esm


def test_the_selection_goes_both_ways(widget: MapWidget) -> None:
    heard: list[list[str]] = []
    stop = widget.on_select(heard.append)
    widget._rows = [3, 1]  # as the page sets it
    assert widget.selected == [widget._ids[3], widget._ids[1]]
    widget.selected = [widget._ids[5]]
    assert widget._rows == [5]
    stop()
    widget.selected = []
    assert widget._rows == [] and heard == [[widget._ids[3], widget._ids[1]], [widget._ids[5]]]


def test_ids_that_are_not_on_the_map_are_refused(widget: MapWidget) -> None:
    widget.selected = [widget._ids[0]]
    with pytest.raises(segue.WrongUse, match="found 'unknown'"):
        widget.selected = ["unknown"]
    assert widget.selected == [widget._ids[0]] and widget._rows == [0]


def test_colours_of_ones_own(model: segue.Model, layout: Any) -> None:
    labels = [None if song == "s7" else int(song[1:]) % 10 for song in model.ids]
    made = MapWidget(model, layout, colour_by=labels, height=300)
    categories = dict(zip(made._ids, made._categories))
    assert made.height == 300
    assert categories["s7"] == 95 and categories["s1"] == categories["s11"] != categories["s2"]
    assert sorted(set(categories.values())) == [0, 1, 2, 3, 4, 5, 6, 95]
    with pytest.raises(segue.WrongUse, match="60 songs, found 1"):
        MapWidget(model, layout, colour_by=["rock"])
    with pytest.raises(segue.WrongUse, match=r"found both \(iterations\)"):
        MapWidget(model, layout, iterations=50)
