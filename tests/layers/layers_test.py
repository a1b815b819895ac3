"""Fails on an include that points up the layers, or across to a layer of the same rank (ARCHITECTURE.md)."""

import pathlib
import re
import sys

# Dependency order: a layer may include itself and those of lower rank; layers of one rank never include each other.
RANK = {
    "base": 0,
    "math": 1, "data": 1,
    "plays": 2, "transitions": 2, "train": 2, "index": 2, "layout": 2, "store": 2,
    "draw": 3, "model": 3, "ranks": 3, "search": 3,
    "library": 4, "recommend": 4,
    "pipeline": 5,
    "evaluate": 6,
    "serve": 7,
}
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)


def violations(root: pathlib.Path) -> list[str]:
    found = []
    source = root / "src" / "segue"
    for folder in sorted(path for path in source.iterdir() if path.is_dir()):
        if folder.name not in RANK:
            found.append(f"src/segue/{folder.name}: not a layer")
    for path in sorted(source.rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        layer = path.relative_to(source).parts[0]
        for include in INCLUDE.findall(path.read_text(encoding="utf-8")):
            parts = include.split("/")
            if parts[0] in ("app", "tests", "bench"):
                found.append(f"{path.relative_to(root)}: includes {include}, which is above every layer")
            if parts[0] != "segue" or len(parts) < 3:
                continue
            other = parts[1]
            if other != layer and not RANK.get(other, 99) < RANK.get(layer, -1):
                found.append(f"{path.relative_to(root)}: layer {layer} includes {include} of layer {other}")
    return found


def check_itself(root: pathlib.Path, scratch: pathlib.Path) -> None:
    """A test that cannot fail is worthless: upward and sideways includes must be found."""
    for layer, include in (("base", "segue/data/dataset/queues.h"), ("math", "segue/data/dataset/queues.h"), ("index", "app/cli/x.h")):
        folder = scratch / layer / "src" / "segue" / layer
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "bad.h").write_text(f'#include "{include}"\n', encoding="utf-8")
        assert violations(scratch / layer), f"{layer} -> {include} was not found"


def main() -> int:
    root, scratch = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    check_itself(root, scratch)
    found = violations(root)
    print("\n".join(found) or "every include points down")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
