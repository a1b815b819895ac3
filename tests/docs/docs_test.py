"""Checks the pages against the repository and against the program:

- every relative link leads to a file, and its anchor to a heading of that file
- lines of prose have at most 120 characters
- a default stated on a page is the one in the program's own tables (`segue --help-markdown`)
- words that the house does not use appear in no page, comment, string or transcript

    docs_test.py SEGUE
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from typing import Iterator, NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import cpp_source  # noqa: E402
from page import Page, Row, pages  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATED = "docs/options.md"  # the output of `segue --help-markdown`
LONGEST = 120


# Links

def link_faults(page: Page, root: pathlib.Path) -> Iterator[str]:
    for link in page.links():
        if re.match(r"[a-z][a-z0-9+.-]*:", link.target, re.IGNORECASE):
            continue
        path, _, anchor = link.target.partition("#")
        beside = root if path.startswith("/") else (root / page.name).parent
        target = (beside / path.lstrip("/")).resolve()
        if path and not target.exists():
            yield f"{page.name}:{link.line}: link {link.target}: expected a file or folder, found none"
        elif anchor and (not path or target.suffix == ".md"):
            anchors = (Page("", target.read_text(encoding="utf-8")) if path else page).anchors()
            if anchor not in anchors:
                nearest = difflib.get_close_matches(anchor, sorted(anchors), n=1, cutoff=0)
                yield (f"{page.name}:{link.line}: link {link.target}: expected a heading there"
                       f"{f', such as #{nearest[0]}' if nearest else ''}, found none of this name")


# Lengths

UNBREAKABLE = re.compile(r"(?:(?:[-*+>]|\d+\.)\s+)*(?:!?\[[^\[\]]*\]\(\S+\)\S?|\[[^\[\]]+\]:\s*\S+|\S+)")


def length_faults(page: Page) -> Iterator[str]:
    if page.name == GENERATED:
        return
    for line in page.lines:
        if line.kind != "prose" or len(line.text) <= LONGEST or UNBREAKABLE.fullmatch(line.text.strip()):
            continue
        yield f"{page.name}:{line.number}: expected a line of at most {LONGEST} characters, found {len(line.text)}"


# Defaults

class Option(NamedTuple):
    takes: str
    default: str


Commands = dict[str, dict[str, Option]]  # command, option without its dashes


class Stated(NamedTuple):
    """A default as a page states it."""

    line: int
    option: str
    value: str
    how: str  # which pattern stated it
    command: str = ""  # "": the page's own


SPAN = re.compile(r"`(-{1,2}[a-z][a-z-]*)(?: ([^`]+))?`")
UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
AMOUNT = re.compile(r"(-?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?)(ms|[smhd])?")


def read_commands(help_markdown: str) -> Commands:
    commands: Commands = {}
    sections = {line.number: line.text for line in Page("", help_markdown).lines if line.kind == "heading"}
    for row in Page("", help_markdown).rows():
        command = max((number, text) for number, text in sections.items() if number < row.line)[1].split()[-1]
        if row.header[:3] != ["option", "takes", "default"]:
            continue
        option, takes, default = row.cells[:3]
        commands.setdefault(command, {})[option.strip("`-")] = Option(takes, default.strip("`"))
    return commands


def value_of(text: str) -> float | str:
    """Makes different spellings equal: 1e-3 and 0.001, 10,000 and 10000, 24h and 1d."""
    plain = text.strip().strip("`").replace("−", "-")
    amount = AMOUNT.fullmatch(plain)
    if amount is None:
        return plain
    number, unit = amount.groups()
    return float(number.replace(",", "")) * UNIT_SECONDS.get(unit, 1)


def from_row(row: Row) -> Iterator[Stated | str]:
    """Tables with a `default` column, and tables whose `option` column holds values. A string is a fault."""
    spans = SPAN.findall(row.cells[0]) if row.cells else []
    if "default" in row.header and spans:
        at = row.header.index("default")
        values = re.split(r",\s+", row.cells[at]) if at < len(row.cells) else []
        if len(values) != len(spans):
            yield f"{row.line}: expected a default for each of {len(spans)} options, found {len(values)}"
            return
        for (option, _), value in zip(spans, values):
            yield Stated(row.line, option, value, "column default")
    elif row.header[0] == "option":
        for option, value in spans:
            if value:
                yield Stated(row.line, option, value, "column option")


def from_prose(page: Page) -> Iterator[Stated]:
    """List items "- `--option VALUE`: ..." (or several, separated by commas), and "`--option` (VALUE)" anywhere."""
    for line in page.lines:
        if line.kind == "code":
            continue
        item = re.match(r"\s*[-*] ((?:`-[^`]+`,? ?(?:and )?)+):", line.text) if line.kind == "prose" else None
        if item:
            spans = SPAN.findall(item.group(1))
            spans += re.findall(SPAN.pattern + ":", line.text[item.end():])  # "`--threads 0`: ... `--seed 1`: ..."
            for option, value in spans:
                if value:
                    yield Stated(line.number, option, value, "list item")
        for option, value in re.findall(r"`(--[a-z-]+)` \(([^();]+)[);]", line.text):
            if AMOUNT.fullmatch(value):
                yield Stated(line.number, option, value, "in brackets")


def from_synopsis(page: Page) -> Iterator[Stated]:
    """Numbers in the brackets of a synopsis: segue train DATASET -o MODEL [--dim 128]."""
    for line in page.lines:
        called = re.match(r"segue ([a-z]+) ", line.text) if line.kind == "code" else None
        for option, value in re.findall(r"\[(-{1,2}[a-z-]+) ([^][]+)\]", line.text) if called else []:
            if AMOUNT.fullmatch(value):
                yield Stated(line.number, option, value, "synopsis", called.group(1))


def choices_of(option: Option) -> list[str]:
    if option.takes == "true or false":
        return ["true", "false"]
    return option.takes.removeprefix("one of ").split(", ") if option.takes.startswith("one of ") else []


def wrong_default(stated: Stated, page_command: str, commands: Commands) -> str | None:
    name = stated.option.lstrip("-")
    command = stated.command or page_command
    if command in commands and name in commands[command]:
        known = {command: commands[command][name]}
    else:  # the page belongs to no command, or the option to another one: any command's default will do
        known = {other: options[name] for other, options in commands.items() if name in options}
    said = f"{stated.option} ({stated.how})"
    if re.fullmatch(r"[A-Z][A-Z_|.]*", stated.value):  # a placeholder
        return None
    if not known:
        if page_command not in commands:  # an option of another program
            return None
        return f"{said}: expected an option that a command has, found none of this name"
    choices = [choice for option in known.values() for choice in choices_of(option)]
    if stated.how == "list item" and choices:  # such an item explains one choice, which need not be the default
        if stated.value in choices:
            return None
        return f"{said}: expected one of {', '.join(choices)}, found {stated.value}"
    if any(value_of(stated.value) == value_of(option.default) for option in known.values()):
        return None
    wanted = ", ".join(f"{option.default or 'no default'} (segue {other})" for other, option in known.items())
    return f"{said}: expected {wanted}, found {stated.value}"


def default_faults(page: Page, commands: Commands) -> Iterator[str]:
    if page.name == GENERATED or not (page.name == "README.md" or re.fullmatch(r"docs/[^/]+\.md", page.name)):
        return
    page_command = pathlib.PurePosixPath(page.name).stem
    stated = [found for row in page.rows() for found in from_row(row)] + [*from_prose(page), *from_synopsis(page)]
    for found in stated:
        if isinstance(found, str):
            yield f"{page.name}:{found}"
            continue
        fault = wrong_default(found, page_command, commands)
        if fault:
            yield f"{page.name}:{found.line}: {fault}"


# Words

# Words to avoid, and those to use. "In the mean of ..." is about a mean and is fine.
GAP = r"""[\s"/*#]+"""  # a phrase may continue on the next line of a comment or string
UNUSED_WORDS = {
    rf"\bforetell(?:s|ing)?\b|\bforetold\b": "predict, predicted",
    rf"\bmalus\b": "penalty",
    rf"\bin{GAP}the{GAP}mean\b(?!{GAP}of\b)": "on average",
    rf"\bgone{GAP}on{GAP}with\b": "resumed",
    rf"\bwander(?:s|ed|ing)?\b": "explore",
}
SEARCHED = ("src", "app", "tests", "bench", "tools")
TEXTS = {"", ".py", ".ts", ".tsx", ".mjs", ".css", ".html", ".txt", ".in", ".sh"}
NOT_OURS = {"node_modules", "build", "dist", "__pycache__", "corpus"}  # packages, build output, fuzzing input


def said_in(name: str, text: str) -> str:
    """What people read in a file, line by line: the comments and strings of C++, all of anything else."""
    if not name.endswith(cpp_source.SUFFIXES):
        return text
    said = [[] for _ in range(text.count("\n") + 1)]
    for token in cpp_source.tokens(text):
        for number, part in enumerate(token.text.split("\n"), start=token.line - 1):
            said[number].append(part if token.kind in ("comment", "string") else "\0")
    return "\n".join(" ".join(parts) for parts in said)


def word_faults(name: str, text: str) -> Iterator[str]:
    said = said_in(name, text)
    for pattern, better in UNUSED_WORDS.items():
        for match in re.finditer(pattern, said, re.IGNORECASE):
            line = said.count("\n", 0, match.start()) + 1
            yield f'{name}:{line}: expected other words ({better}), found "{" ".join(match.group().split())}"'


def searched_files(root: pathlib.Path) -> Iterator[pathlib.Path]:
    for folder in SEARCHED:
        for parent, folders, files in os.walk(root / folder):
            folders[:] = sorted(set(folders) - NOT_OURS)
            for file in sorted(files):
                path = pathlib.Path(parent, file)
                if path.suffix in TEXTS or path.suffix in cpp_source.SUFFIXES:
                    yield path


def faults(root: pathlib.Path, commands: Commands) -> list[str]:
    found = []
    for page in pages(root):
        found += [*link_faults(page, root), *length_faults(page), *default_faults(page, commands),
                  *word_faults(page.name, page.text)]
    for path in searched_files(root):
        by_others = {"cases", "corpus"} & set(path.parts)  # inputs of tests, bytes as they come
        if path != pathlib.Path(__file__).resolve() and not by_others:
            found += word_faults(str(path.relative_to(root)), path.read_text(encoding="utf-8"))
    return found


# A test that cannot fail is worthless: each check has to find the faults below, and nothing in what is correct.

def check_links() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        (root / "docs").mkdir()
        (root / "docs" / "other.md").write_text(
            "# The *same* `code` & [more](x.md)\n## Twice\n## Twice\n```\n# no heading\n```\n## Été_1: a – b\n",
            encoding="utf-8")
        for target in ("other.md", "other.md#the-same-code--more", "other.md#twice-1", "other.md#été_1-a--b",
                       "../docs/", "https://a.example/b", "#here", "/docs/other.md"):
            page = Page("docs/page.md", f"# Here\n![x](other.md) [a\nb]({target}) `[not](a-link.md)`, [1]\n"
                                        "[2]: no link\n```\n[nor](this.md)\n```\n")
            assert not list(link_faults(page, root)), list(link_faults(page, root))
        for text in ("[a](gone.md)", "[a](other.md#thrice)", "[a](other.md#no-heading)", "[a](#gone)", "[a](/gone.md)",
                     "![a](gone.png)", "[![a](gone.png)](other.md)", "[a]: gone.md", "[a][b]", '<img src="gone.png">'):
            assert len(list(link_faults(Page("docs/page.md", f"# Here\n\n{text}\n"), root))) == 1, text
        assert list(link_faults(Page("docs/page.md", "\n\nsee [a](gone.md)"), root)) == \
            ["docs/page.md:3: link gone.md: expected a file or folder, found none"]


def check_lengths() -> None:
    long = "word " * 25
    for text in (long[:LONGEST], f"| {long} |", f"```\n{long}\n```", f"- https://a.example/{'x' * 120}",
                 f"[{long}](https://a.example)", f"[a]: https://a.example/{'x' * 120}", f"![{long}](a.png)"):
        assert not list(length_faults(Page("docs/a.md", text))), text
    for text in (long, f"- {long}", f"see [{long}](a.md)", f"```\n```\n{long}"):
        assert len(list(length_faults(Page("docs/a.md", text)))) == 1, text


def check_defaults() -> None:
    commands = read_commands(
        "# Options\n\n## segue train\n\n| option | takes | default | |\n|---|---|---|---|\n"
        "| `--dim` | a whole number from 1 to 4096 | `128` | Numbers \\| more |\n"
        "| `--rate` | a number from 0 to 10 | `0.001` | Step |\n"
        "| `--gap` | a time such as 30m, 90s or 2h | `1d` | |\n| `--kind` | one of a, b | `a` | |\n"
        "| `-k` | a whole number | `10000` | |\n\n## segue radio\n\n| option | takes | default | |\n|---|---|---|---|\n"
        "| `--dim` | a whole number | `0` | |\n| `--output` | a text | required | |\n")
    assert commands["train"]["dim"] == Option("a whole number from 1 to 4096", "128"), commands
    table = "| option | default | |\n|---|---|---|\n"
    right = (table + "| `--dim`, `--rate` | 128, 1e-3 | x |", "| option | |\n|---|---|\n| `--kind a`, `--gap 24h` | x |",
             "- `--dim 128`, `--rate 0.001`: x. `--gap 24h`: y", "- `--dim 64` is not the default",
             "- `--kind b`: another", "- `--dim`: how many", "- `--gap TIME`: x",
             "x `--dim` (128; 0: all) and `-k`, `--rate` (see below)",
             "```\nsegue train A [--dim 128] [-k 10000] [--kind b]\nsegue radio A [--dim 0]\n```",
             "| dataset | default |\n|---|---|\n| mine | 3, 4 |", "| option | |\n|---|---|\n| `--gap TIME` | x |")
    wrong = (table + "| `--dim` | 64 | x |", table + "| `--dim`, `--rate` | 128 | x |", table + "| `--gone` | 1 | x |",
             "| option | |\n|---|---|\n| `--kind b` | x |", "- `--rate 1e-4`: x", "- `--dim 128`: x. `--gap 25h`: y",
             "- `--kind c`: x", "x `--dim` (64; 0: all)", "```\nsegue train A [--dim 64]\n```",
             "```\nsegue radio A [--dim 128]\n```")
    for text in right:
        found = list(default_faults(Page("docs/train.md", text), commands))
        assert not found, (text, found)
    for text in wrong:
        assert len(list(default_faults(Page("docs/train.md", text), commands))) == 1, text
    for stated, faulty in (("--dim 128", 0), ("--dim 0", 0), ("--dim 64", 1), ("--gone 1", 0)):  # a page of no command
        assert len(list(default_faults(Page("docs/lists.md", f"- `{stated}`: x"), commands))) == faulty, stated
    assert list(default_faults(Page("docs/train.md", "\n- `--dim 64`: x"), commands)) == \
        ["docs/train.md:2: --dim (list item): expected 128 (segue train), found 64"]


def check_words() -> None:
    for name, text in (("a.md", "The song is foretold."), ("a.md", "Foretell it"), ("a.md", "seen in the\nmean"),
                       ("a.md", "it is gone\n  on with"), ("a.cpp", "// a Malus\nint a;"),
                       ("a.cpp", "// in the\n  // mean"), ("a.h", 'auto a = "wandering";'),
                       ("a.tsx", 'low="Wanders off"')):
        assert len(list(word_faults(name, text))) == 1, text
    for name, text in (("a.md", "The Wanderer, in the mean of recent songs, gone with"), ("a.cpp", "using Malus = int;"),
                       ("a.cpp", "// in the\nint mean;"), ("a.md", "in the meantime, formalus")):
        assert not list(word_faults(name, text)), text
    assert list(word_faults("a.cpp", "int x;\n\nint a; /* b\nforetold */")) == \
        ['a.cpp:4: expected other words (predict, predicted), found "foretold"']


def main() -> int:
    check_links()
    check_lengths()
    check_defaults()
    check_words()
    printed = subprocess.run([sys.argv[1], "--help-markdown"], check=True, capture_output=True, text=True).stdout
    commands = read_commands(printed)
    assert commands.get("train", {}).get("dim"), "no table of segue train's options was read"
    found = faults(ROOT, commands)
    print("\n".join(found) or "every page is correct")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
