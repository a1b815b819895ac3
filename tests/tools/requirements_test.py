"""pip installs only files whose SHA-256 is in tools/requirements-*.txt, and those follow the .in files (tools/lock)."""

import pathlib
import re
import sys

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"


def wanted(file):
    """name: version of every package that the .in file names, those of included files too."""
    packages = {}
    for line in file.read_text().splitlines():
        if included := re.fullmatch(r"-r (\S+)", line):
            packages |= wanted(file.parent / included.group(1))
        elif line and not line.startswith("#"):
            name, version = line.split("==")
            packages[name.partition("[")[0].lower()] = version  # without extras
    return packages


def check(file):
    text = file.with_suffix(".txt").read_text()
    locked = {}
    for entry in re.findall(r"^\S(?:.*\\\n)*.*$", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE), re.MULTILINE):
        name, version = re.match(r"(\S+?)==([^\s;]+)", entry).groups()
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), f"{file.stem}: {name} has no hash"
        locked[name.lower()] = version
    for name, version in wanted(file).items():
        assert locked.get(name) == version, f"{file.name}: {name} {version} is locked as {locked.get(name)}; run tools/lock"
    return len(locked)


def main():
    files = sorted(TOOLS.glob("requirements-*.in"))
    assert len(files) == len(list(TOOLS.glob("requirements-*.txt"))) >= 5, files
    counts = [check(file) for file in files]
    installs = re.findall(r"^.*pip install.*$", (TOOLS / "setup").read_text(), re.MULTILINE)
    assert installs and all("--require-hashes" in line for line in installs), installs
    print(f"{max(counts)} packages at most, each with its hashes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
