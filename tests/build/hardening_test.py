"""Built and installed programs load libraries from fixed places only, and are hardened (cmake/Hardening.cmake)."""

import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

SEGUE, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
CMAKE, CONFIG = sys.argv[3:]


def output_of(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True, **options).stdout


def readelf(*words):
    return output_of("readelf", "--wide", *words)


def programs_in(folder):
    """Every executable and shared library below."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and "CMakeFiles" not in file.parts:
            with open(file, "rb") as opened:
                head = opened.read(18)
            if head[:4] == b"\x7fELF" and head[16] in (2, 3):  # ET_EXEC, ET_DYN
                yield file


def relative_entries(runpath):
    return [entry for entry in runpath.split(":") if not re.match(r"/|\$ORIGIN(/|$)|\$\{ORIGIN\}", entry)]


def check_runpaths(programs):
    assert relative_entries("$ORIGIN/../lib:/opt/lib") == [] and relative_entries("/opt/lib:") == [""]
    for program in programs:
        for path in re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", readelf("-d", program)):
            found = relative_entries(path)
            assert not found, f"{program}: expected absolute entries or $ORIGIN in {path!r}, found {found}"


def check_current_directory_is_not_searched(segue, folder):
    """Files there that are called as its libraries stay unread."""
    for name in re.findall(r"\(NEEDED\).*\[(.+)\]", readelf("-d", segue)):
        (folder / name).write_text("not a library")
    assert output_of(segue.resolve(), "--version", cwd=folder).startswith("segue ")


def check_is_hardened(program):
    dynamic, headers = readelf("-d", program), readelf("-hl", program)
    assert re.search(r"\(FLAGS_1\).*\bNOW\b", dynamic), f"{program}: not linked with -z now"
    assert "GNU_RELRO" in headers, f"{program}: no relocations that become read-only"
    assert re.search(r"Type:\s+DYN", headers), f"{program}: not loaded at a random address"
    stack = re.search(r"GNU_STACK.*", headers).group(0)
    assert "RWE" not in stack, f"{program}: an executable stack"


def check_compiler_options(segue):
    symbols = readelf("--dyn-syms", segue)
    assert "__stack_chk_fail" in symbols, "no stack protector"
    if CONFIG != "Debug":
        assert re.search(r"\b__\w+_chk\b", symbols.replace("__stack_chk_fail", "")), "no _FORTIFY_SOURCE"
    ours = [entry["command"] for entry in json.loads((BUILD / "compile_commands.json").read_text())]
    assert ours
    for option in ("-fstack-clash-protection", "-fstack-protector-strong"):
        assert all(option in command for command in ours), option
    # The program itself says so only if every object of the C library does.
    if platform.machine() == "x86_64":
        library = next(BUILD.rglob("libsegue_base.a"))
        notes = re.findall(r"^File: .*\((.*)\)|(x86 feature: .*)$", readelf("-n", library), re.MULTILINE)
        files = [name for name, _ in notes if name]
        features = [feature for _, feature in notes if feature]
        assert len(features) == len(files) > 0 and all("IBT, SHSTK" in one for one in features), notes


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    built = list(programs_in(BUILD))
    assert SEGUE.resolve() in [file.resolve() for file in built], built
    check_runpaths(built)
    check_is_hardened(SEGUE)
    check_compiler_options(SEGUE)

    output_of(CMAKE, "--install", BUILD, "--prefix", folder / "installed")
    installed = folder / "installed/bin/segue"
    check_runpaths(programs_in(folder / "installed"))
    check_is_hardened(installed)
    (folder / "elsewhere").mkdir()
    for segue in (SEGUE, installed):
        check_current_directory_is_not_searched(segue, folder / "elsewhere")
    print(f"{len(built)} programs and libraries search fixed places only")
