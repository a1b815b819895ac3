"""Splits C++ into tokens, for tests that read the sources. Not a parser, but comments and strings never mislead it."""

import re
from typing import Iterator, NamedTuple

SUFFIXES = (".h", ".cpp")

_TOKEN = re.compile(
    r"""
      (?P<directive> ^[ \t]*\# (?: \\\n | "(?:\\.|[^"\\\n])*" | (?!//|/\*)[^\n] )* )
    | (?P<space>     \n | [ \t\r\f\v]+ | \\\n )
    | (?P<comment>   //(?:\\\n|[^\n])* | /\*.*?\*/ )
    | (?P<string>    (?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"
                   | (?:u8|[uUL])?"(?:\\.|[^"\\\n])*" )
    | (?P<char>      (?:u8|[uUL])?'(?:\\.|[^'\\\n])+' )
    | (?P<number>    \.?[0-9](?:[eEpP][+-]|'\w|[\w.])* )
    | (?P<word>      [^\W\d]\w* )
    | (?P<sign>      ::|. )
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


class Token(NamedTuple):
    kind: str  # directive, comment, string, char, number, word, sign
    text: str
    line: int


def tokens(text: str) -> Iterator[Token]:
    """All tokens in order. A directive ends before a comment; `::` is one sign, any other sign is one character."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "delimiter" else "string"
        found = match.group()
        if kind != "space":
            yield Token(kind, found, line)
        line += found.count("\n")
