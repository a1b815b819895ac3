"""The part of GitHub's Markdown that the checks need: kinds of lines, anchors of headings, links and tables."""

import pathlib
import re
import unicodedata
from typing import Iterator, NamedTuple

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$")
_CODE = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)")
_TITLE = r"(?:\s+\"[^\"]*\")?\s*"
_TARGET = rf"\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?{_TITLE}\)"
_LINK = re.compile(rf"!?\[((?:[^\[\]]|!?\[[^\[\]]*\](?:\([^()]*\))?)*)\]{_TARGET}")
_IMAGE = re.compile(rf"!\[[^\[\]]*\]{_TARGET}")
_DEFINITION = re.compile(rf"^ {{0,3}}\[([^\[\]]+)\]:\s*<?([^\s<>]+)>?{_TITLE}$")
_REFERENCE = re.compile(r"\[[^\[\]]+\]\[([^\[\]]+)\]")
_HTML_LINK = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=[\"']([^\"']+)[\"']", re.IGNORECASE)
_HTML_ANCHOR = re.compile(r"<\w+\b[^>]*?\b(?:id|name)=[\"']([^\"']+)[\"']", re.IGNORECASE)


class Line(NamedTuple):
    number: int
    text: str
    kind: str  # prose, heading, table, code
    block: int  # the fenced block or table it belongs to, counted from 1; 0 if neither


class Link(NamedTuple):
    line: int
    target: str


class Row(NamedTuple):
    line: int
    header: list[str]
    cells: list[str]


def cells_of(row: str) -> list[str]:
    """The cells of a table row. A `|` inside a code span, or escaped as \\|, does not end a cell."""
    text = _CODE.sub(lambda match: match.group().replace("|", "\0"), row.strip().replace("\\|", "\0"))
    return [cell.strip().replace("\0", "|") for cell in text.strip("|").split("|")]


def slug(heading: str) -> str:
    """The anchor GitHub gives a heading: its letters, digits, _ and - in lower case, spaces as -."""
    shown = _LINK.sub(r"\1", heading)
    shown = re.sub(r"(?<!\w)([*_]{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", shown.replace("`", ""))
    kept = (letter for letter in shown.lower() if letter in "-_ " or unicodedata.category(letter)[0] in "LNM")
    return "".join(kept).replace(" ", "-")


class Page:
    def __init__(self, name: str, text: str):
        self.name = name  # relative to the repository's root
        self.text = text
        self.lines = list(self._read(text.splitlines()))

    @staticmethod
    def _read(lines: list[str]) -> Iterator[Line]:
        fence, blocks, in_table = "", 0, False
        for number, text in enumerate(lines, start=1):
            found = _FENCE.match(text)
            if fence:
                yield Line(number, text, "code", blocks)
                if found and found.group(1).startswith(fence) and not found.group(2).strip():
                    fence = ""
                continue
            is_table = text.lstrip().startswith("|")
            if found or (is_table and not in_table):
                blocks += 1
            in_table = is_table
            if found:
                fence = found.group(1)
                yield Line(number, text, "code", blocks)
            elif is_table:
                yield Line(number, text, "table", blocks)
            else:
                yield Line(number, text, "heading" if _HEADING.match(text) else "prose", 0)

    def anchors(self) -> set[str]:
        found: set[str] = set()
        seen: dict[str, int] = {}
        for line in self.lines:
            if line.kind == "heading":
                anchor = slug(_HEADING.match(line.text).group(1))
                again = seen.get(anchor, 0)
                seen[anchor] = again + 1
                found.add(f"{anchor}-{again}" if again else anchor)
            elif line.kind != "code":
                found.update(_HTML_ANCHOR.findall(line.text))
        return found

    def links(self) -> Iterator[Link]:
        """Targets of links and pictures. A reference without a definition has the target `[name]`, which is no file."""
        # A link may continue on the next line, so the text is searched as a whole, with code blanked out.
        blanked = "\n".join("" if line.kind == "code" else
                            _CODE.sub(lambda match: "x" * len(match.group()), line.text) for line in self.lines)
        defined = set()
        for line in self.lines:
            definition = _DEFINITION.match(line.text) if line.kind == "prose" else None
            if definition:
                defined.add(definition.group(1).lower())
                yield Link(line.number, definition.group(2))

        def line_of(match: re.Match) -> int:
            return blanked.count("\n", 0, match.start()) + 1

        for match in _LINK.finditer(blanked):
            yield Link(line_of(match), match.group(2))
            for image in _IMAGE.finditer(match.group(1)):  # a picture as the text of a link
                yield Link(line_of(match), image.group(1))
        for match in _HTML_LINK.finditer(blanked):
            yield Link(line_of(match), match.group(1))
        for match in _REFERENCE.finditer(blanked):
            if match.group(1).lower() not in defined:
                yield Link(line_of(match), f"[{match.group(1)}]")

    def rows(self) -> Iterator[Row]:
        """Every row of every table with the header above it."""
        header, block = [], 0
        for line in self.lines:
            if line.kind != "table":
                continue
            cells = cells_of(line.text)
            if line.block != block:
                header, block = [cell.lower() for cell in cells], line.block
            elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                yield Row(line.number, header, cells)


def pages(root: pathlib.Path) -> list[Page]:
    folders = (root, root / "docs", root / "docs" / "decisions", root / "data" / "demo")
    paths = [path for folder in folders for path in sorted(folder.glob("*.md"))]
    return [Page(str(path.relative_to(root)), path.read_text(encoding="utf-8")) for path in paths]
