"""Fails if two files define a type (class, struct, union, enum) with the same qualified name.

Two such types in one program violate the one-definition rule, and neither compiler nor linker says so. A type in an
anonymous namespace is private to its .cpp; in a header each includer would get its own, so there it is reported. An
alias at namespace scope (`using X = ...`) must not share its name with a type either.
"""

import pathlib
import sys
import tempfile
from typing import NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import cpp_source  # noqa: E402

FOLDERS = ("src/segue", "app", "bench", "tests/support")
ANONYMOUS = "(anonymous)"


class Definition(NamedTuple):
    name: str  # with its namespaces and enclosing classes
    where: str  # file:line
    file: str


class Scope(NamedTuple):
    kind: str  # namespace, class, or block: any other pair of braces, whose types are local
    names: tuple[str, ...]


BLOCK = Scope("block", ())


class Head(NamedTuple):
    """What stands between `struct`, `class`, `union` or `enum` and the body."""

    names: tuple[str, ...]
    body: int  # the index of `{`


def read_head(found: list[cpp_source.Token], at: int) -> Head | None:
    """The head of the definition at a class key; None for a forward declaration, a parameter, a variable's type."""

    def text(index: int) -> str:
        return found[index].text if index < len(found) else ""

    def past(index: int, opening: str, closing: str) -> int:
        """The index after the bracket that closes the one at index."""
        depth = 0
        while index < len(found):
            if text(index) == "(" and opening != "(":
                index = past(index, "(", ")")
                continue
            depth += (text(index) == opening) - (text(index) == closing)
            index += 1
            if depth == 0:
                break
        return index

    is_enum = text(at) == "enum"
    at += 1
    if is_enum and text(at) in ("class", "struct"):
        at += 1
    names: list[str] = []
    while at < len(found):
        if text(at) == "[":  # an attribute
            at = past(at, "[", "]")
        elif text(at) == "alignas":
            at = past(at + 1, "(", ")")
        elif text(at) == "::" and not names:
            at += 1
        elif found[at].kind == "word" and text(at) != "final":
            if names:
                if not names[-1].isupper():  # `struct stat status {}` is a variable; a macro may precede the name
                    return None
                names.clear()
            while True:
                name = text(at)
                at += 1
                if text(at) == "<":  # a specialisation is a type of its own
                    end = past(at, "<", ">")
                    name += "".join(token.text for token in found[at:end])
                    at = end
                names.append(name)
                if text(at) != "::":
                    break
                at += 1
        else:
            break
    if text(at) == "final":
        at += 1
    if text(at) == ":":
        while text(at) not in ("{", ";", ""):
            at += 1
    return Head(tuple(names), at) if text(at) == "{" else None


class Reader:
    """Walks the tokens of one file and keeps track of the open scopes."""

    def __init__(self, file: str, text: str):
        self.file = file
        self.types: list[Definition] = []
        self.aliases: list[Definition] = []
        self.unnamed: list[Definition] = []  # types in an anonymous namespace
        self.scopes: list[Scope] = []
        self.conditions: list[list[Scope]] = []  # the scopes at each open #if
        self.found = [token for token in cpp_source.tokens(text) if token.kind != "comment"]
        self.read()

    def read(self) -> None:
        at = 0
        while at < len(self.found):
            token = self.found[at]
            if token.kind == "directive":
                self.condition(token.text.lstrip(" \t#"))
            elif token.text == "{":
                self.scopes.append(BLOCK)
            elif token.text == "}":
                if not self.scopes:
                    raise ValueError(f"{self.file}:{token.line}: expected an open brace before this }}, found none")
                self.scopes.pop()
            elif token.kind == "word" and not (self.scopes and self.scopes[-1].kind == "block"):
                at = self.declaration(at)
                continue
            at += 1
        if self.scopes:
            raise ValueError(f"{self.file}: expected every brace closed at the end, found {len(self.scopes)} open")

    def condition(self, directive: str) -> None:
        """The branches of an #if may each open the same brace, so every branch starts with the scopes of the first."""
        if directive.startswith("if"):
            self.conditions.append(list(self.scopes))
        elif directive.startswith(("else", "elif")) and self.conditions:
            self.scopes = list(self.conditions[-1])
        elif directive.startswith("endif") and self.conditions:
            self.conditions.pop()

    def declaration(self, at: int) -> int:
        """Reads what starts at a word outside any block; returns the index to continue at."""
        word = self.found[at].text
        if word == "namespace":
            return self.namespace(at + 1)
        if word == "extern" and [token.kind for token in self.found[at + 1:at + 2]] == ["string"]:
            if self.found[at + 2].text == "{":
                self.scopes.append(Scope("namespace", ()))
                return at + 3
        elif word in ("class", "struct", "union", "enum"):
            head = read_head(self.found, at)
            if head is not None:
                if head.names:
                    self.define(head.names, self.found[at].line)
                named_class = word != "enum" and head.names
                self.scopes.append(Scope("class", head.names) if named_class else BLOCK)
                return head.body + 1
        elif word == "using" and all(scope.kind == "namespace" for scope in self.scopes):
            if [token.text for token in self.found[at + 2:at + 3]] == ["="]:
                self.aliases.append(self.definition((self.found[at + 1].text,), self.found[at].line))
        return at + 1

    def namespace(self, at: int) -> int:
        names: list[str] = []
        while at < len(self.found) and self.found[at].text not in ("{", ";", "="):
            if self.found[at].text == "[":  # an attribute
                while self.found[at].text != "]":
                    at += 1
            elif self.found[at].kind == "word" and self.found[at].text != "inline":
                names.append(self.found[at].text)
            at += 1
        if at < len(self.found) and self.found[at].text == "{":
            self.scopes.append(Scope("namespace", tuple(names) or (ANONYMOUS,)))
        return at + 1

    def define(self, names: tuple[str, ...], line: int) -> None:
        definition = self.definition(names, line)
        (self.unnamed if ANONYMOUS in definition.name.split("::") else self.types).append(definition)

    def definition(self, names: tuple[str, ...], line: int) -> Definition:
        scopes = [name for scope in self.scopes for name in scope.names]
        return Definition("::".join([*scopes, *names]), f"{self.file}:{line}", self.file)


def faults(root: pathlib.Path) -> list[str]:
    types: dict[str, list[Definition]] = {}
    aliases: list[Definition] = []
    found = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in cpp_source.SUFFIXES or "node_modules" in path.parts:
                continue
            reader = Reader(str(path.relative_to(root)), path.read_text(encoding="utf-8"))
            aliases += reader.aliases
            for definition in reader.types:
                types.setdefault(definition.name, []).append(definition)
            if path.suffix == ".h":
                found += [f"{unnamed.where}: expected a type in a named namespace, found {unnamed.name} in a header"
                          for unnamed in reader.unnamed]
    for name, definitions in sorted(types.items()):
        by_file = {definition.file: definition.where for definition in reversed(definitions)}
        if len(by_file) > 1:
            places = ", ".join(sorted(by_file.values()))
            found.append(f"{name}: expected one definition, found {len(by_file)}: {places}")
    for alias in aliases:
        if alias.name in types:
            found.append(f"{alias.where}: alias {alias.name}: expected a name of its own, found the type defined at "
                         f"{types[alias.name][0].where}")
    return found


# A test that cannot fail is worthless. Each example has a title, files, and the names to be reported.
EXAMPLES = (
    ("two structs of one name", {"src/segue/a.h": "namespace segue { struct X { int a; }; }",
                                 "src/segue/b.h": "namespace segue {\nclass X final : public Y<int, 3> {};\n}"},
     ["segue::X"]),
    ("nested namespaces, written two ways", {"app/a.h": "namespace segue::cli { enum class E : char { a }; }",
                                             "bench/b.h": "namespace segue { inline namespace cli { enum E { b }; } }"},
     ["segue::cli::E"]),
    ("nested classes", {"app/a.h": "namespace s { struct A { struct In {}; }; }",
                        "app/b.cpp": "namespace s { struct A::In { int i; }; }"}, ["s::A::In"]),
    ("templates", {"app/a.h": "template <class T, typename U = int> struct X { T t; };",
                   "app/b.h": "template <typename T> requires(sizeof(T) > 2) class [[nodiscard]] X {};"}, ["X"]),
    ("Highway's namespace", {"app/a.cpp": "namespace segue::HWY_NAMESPACE { struct K {}; }",
                             "app/b.cpp": "namespace segue::HWY_NAMESPACE { struct K {}; }"},
     ["segue::HWY_NAMESPACE::K"]),
    ("an alias named like a type", {"app/a.h": "namespace s { struct X {}; }",
                                    "app/b.h": "namespace s { using X = int; }"}, ["alias s::X"]),
    ("an anonymous namespace in a header", {"app/a.h": "namespace s { namespace { struct X {}; } }"},
     ["(anonymous)::X"]),
    ("branches of a condition", {"app/a.h": "#if A\nnamespace s {\n#else\nnamespace s {\n#endif\nstruct X {}; }",
                                 "app/b.h": "namespace s { struct X {}; }"}, ["s::X"]),
    ("other namespaces", {"app/a.h": "namespace s::a { struct X {}; }",
                          "app/b.h": "namespace s::b { struct X {}; }"}, []),
    ("anonymous namespaces of two sources", {"app/a.cpp": "namespace { struct X {}; } struct A {};",
                                             "app/b.cpp": "namespace s { namespace { struct X {}; } }"}, []),
    ("no definitions", {"app/a.h": "struct X {}; template <> struct X<int> {};",
                        "app/b.h": "struct X; class X; enum X : int; struct X* f(struct X* x);\n"
                                   "template <class X> void g() { struct X {}; }\nfriend class X;\n"
                                   "struct X make() { return {}; }"}, []),
    ("comments, strings and directives", {"app/a.h": "struct X {};", "app/b.h": "// struct X {};\n/* struct X {}; */\n"
                                          "auto a = \"struct X {};\"; auto b = R\"x(\" struct X {}; )\" )x\";\n"
                                          "#define Y \\\n  struct X {};\nauto c = '{'; auto d = 1'000'000;"}, []),
    ("one file", {"app/a.h": "#ifdef A\nstruct X { int a; };\n#else\nstruct X {};\n#endif"}, []),
    ("aliases of classes and of blocks", {"app/a.h": "struct X {};",
                                          "app/b.h": "struct Y { using X = int; }; void f() { using X = int; }"}, []),
)


def check_itself() -> None:
    for what, files, wanted in EXAMPLES:
        with tempfile.TemporaryDirectory() as scratch:
            root = pathlib.Path(scratch)
            for file, text in files.items():
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                (root / file).write_text(text + "\n", encoding="utf-8")
            found = faults(root)
        assert len(found) == len(wanted) and all(name in line for name, line in zip(wanted, found)), \
            f"{what}: expected {wanted}, found {found}"
    try:
        Reader("a.h", "namespace s {")
    except ValueError:
        return
    raise AssertionError("an open brace at the end was not found")


def main() -> int:
    check_itself()
    found = faults(pathlib.Path(sys.argv[1]))
    print("\n".join(found) or "every type is defined once")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
