"""Cuts releases with tools/release in scratch repositories that hold the files that state the version."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACES = {  # file: what states the version
    "CMakeLists.txt": "project(segue VERSION {} LANGUAGES C CXX",
    "src/segue/base/version.h": 'inline constexpr std::string_view kVersion = "{}";',
    "deploy/helm/segue/Chart.yaml": "appVersion: {}",
    "deploy/kubernetes/segue.yaml": "image: segue:{}",
    "tests/cli/frame.txt": "segue {}",
}
CHANGELOG = """# Changelog

## What is stable

- nothing yet

## [Unreleased]

### Added

- A command, `segue sing`.
  It sings.

### Fixed

- A bug.

## [0.0.1] - 2025-01-02

- The beginning.
"""
NOTES = "### Added\n\n- A command, `segue sing`.\n  It sings.\n\n### Fixed\n\n- A bug."


class Repository:
    """A small repository: the real files, a changelog of its own, one commit on main."""

    def __init__(self, root: pathlib.Path):
        self.root = root
        # Neither the user's configuration nor, when run by a hook, the repository around this one.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.environment |= {"HOME": str(root), "XDG_CONFIG_HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
        for file in (*PLACES, "tools/release"):
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, root / file)
        self.write("CHANGELOG.md", CHANGELOG)
        # Whatever the project's version is, here it is 0.1.0, not released yet.
        current = re.search(r"project\(segue VERSION (\S+)", self.read("CMakeLists.txt")).group(1)
        for file in PLACES:
            self.write(file, self.read(file).replace(current, "0.1.0"))
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Tester")
        self.git("config", "user.email", "tester@example.org")
        self.commit("start")

    def git(self, *arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=self.root, env=self.environment, check=True,
                              capture_output=True, text=True).stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def read(self, file: str) -> str:
        return (self.root / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        (self.root / file).write_text(text, encoding="utf-8")

    def state(self) -> tuple[str, ...]:
        """Everything a release could change."""
        return (self.git("rev-parse", "HEAD"), self.git("status", "--porcelain"), self.git("tag", "--list"),
                *(self.read(file) for file in (*PLACES, "CHANGELOG.md")))

    def release(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, self.root / "tools" / "release", *arguments], env=self.environment,
                              check=False, capture_output=True, text=True)

    def refuses(self, status: int, message: str, *arguments: str) -> None:
        before = self.state()
        done = self.release(*arguments)
        assert done.returncode == status, (arguments, done)
        assert message in done.stderr, (message, done.stderr)
        assert self.state() == before, f"{arguments}: something was changed"


def check_release(repository: Repository) -> None:
    done = repository.release("0.2.0")
    assert done.returncode == 0, done
    assert "git push origin main v0.2.0" in done.stdout, done.stdout
    for file, line in PLACES.items():
        assert line.format("0.2.0") in repository.read(file) and "0.1.0" not in repository.read(file), file
    changelog = repository.read("CHANGELOG.md")
    heading = re.search(r"## \[Unreleased\]\n\n## \[0\.2\.0\] - \d{4}-\d\d-\d\d\n\n### Added", changelog)
    assert heading, changelog
    assert changelog.replace(heading.group(), "## [Unreleased]\n\n### Added") == CHANGELOG, changelog
    assert repository.git("status", "--porcelain") == ""
    assert repository.git("log", "-1", "--format=%s").strip() == "Release 0.2.0"
    assert repository.git("cat-file", "-t", "v0.2.0").strip() == "tag"
    assert repository.git("rev-parse", "v0.2.0^{commit}") == repository.git("rev-parse", "HEAD")
    assert repository.git("tag", "--list", "--format=%(contents)", "v0.2.0").strip() == f"Segue 0.2.0\n\n{NOTES}"

    repository.refuses(1, "CHANGELOG.md: expected entries under ## [Unreleased], found none", "0.3.0")
    repository.write("CHANGELOG.md", changelog.replace("## [Unreleased]\n", "## [Unreleased]\n\n- More.\n"))
    repository.commit("more")
    repository.refuses(2, "version: expected one greater than 0.2.0, which is released, found 0.2.0", "0.2.0")
    repository.refuses(2, "version: expected one greater than 0.2.0, which is released, found 0.1.9", "0.1.9")
    assert repository.release("0.10.0").returncode == 0
    assert repository.git("tag", "--list").split() == ["v0.10.0", "v0.2.0"]


def check_first_release(repository: Repository) -> None:
    """The version that the files already state is released without changing them."""
    assert repository.release("0.1.0").returncode == 0
    assert repository.git("show", "--format=", "--name-only", "HEAD").split() == ["CHANGELOG.md"]
    assert repository.git("tag", "--list").split() == ["v0.1.0"]


def check_dry_run(repository: Repository) -> None:
    before = repository.state()
    done = repository.release("0.2.0", "--dry-run")
    assert done.returncode == 0, done
    for line in ("-project(segue VERSION 0.1.0 LANGUAGES C CXX", "+project(segue VERSION 0.2.0 LANGUAGES C CXX",
                 "-segue 0.1.0", "+segue 0.2.0", "+++ b/src/segue/base/version.h"):
        assert line in done.stdout.splitlines(), (line, done.stdout)
    assert re.search(r"^\+## \[0\.2\.0\] - \d{4}-\d\d-\d\d$", done.stdout, re.MULTILINE), done.stdout
    assert repository.state() == before


def check_wrong_use(repository: Repository) -> None:
    repository.refuses(2, "usage: tools/release")
    repository.refuses(2, "unrecognized arguments: --dryrun", "0.2.0", "--dryrun")
    for version in ("0.2", "v0.2.0", "0.02.0", "0.2.0-rc.1", "next", "0.2.0 "):
        repository.refuses(2, f'version: expected MAJOR.MINOR.PATCH, such as 0.2.0, found "{version}"', version)
    repository.refuses(2, "version: expected 0.1.0 (CMakeLists.txt) or a greater one, found 0.0.9", "0.0.9")
    repository.refuses(2, "version: expected one greater than 0.0.1, which is released, found 0.0.1", "0.0.1")


def check_repository(repository: Repository) -> None:
    repository.write("CHANGELOG.md", CHANGELOG + "\n- Not committed.\n")
    repository.refuses(1, "work tree: expected no changes, found 1: CHANGELOG.md", "0.2.0")
    repository.refuses(1, "work tree: expected no changes, found 1: CHANGELOG.md", "0.2.0", "--dry-run")
    repository.git("restore", "CHANGELOG.md")
    repository.write("new.txt", "not added")
    repository.refuses(1, "work tree: expected no changes, found 1: new.txt", "0.2.0")
    (repository.root / "new.txt").unlink()

    repository.git("switch", "--quiet", "--create", "side")
    repository.refuses(1, "branch: expected main, found side", "0.2.0")
    repository.git("switch", "--quiet", "main")

    for changelog, message in (
            (CHANGELOG.replace("[Unreleased]", "[Soon]"), "expected one section ## [Unreleased], found 0"),
            (CHANGELOG + "\n## [Unreleased]\n\n- Twice.\n", "expected one section ## [Unreleased], found 2"),
            (CHANGELOG.replace("- A", "A"), "expected entries under ## [Unreleased], found none")):
        repository.write("CHANGELOG.md", changelog)
        repository.commit("changelog")
        repository.refuses(1, message, "0.2.0")
    repository.write("CHANGELOG.md", CHANGELOG)
    header = "src/segue/base/version.h"
    version = repository.read(header)
    repository.write(header, version.replace("0.1.0", "0.1.1"))
    repository.commit("another version")
    repository.refuses(1, f"{header}: expected version 0.1.0, as in CMakeLists.txt, found 0.1.1", "0.2.0")
    repository.write(header, version.replace("kVersion", "kName"))
    repository.commit("no version")
    repository.refuses(1, f"{header}: expected one version", "0.2.0")
    (repository.root / header).unlink()
    repository.commit("no file")
    done = repository.release("0.2.0")
    assert done.returncode == 1 and f"{header}: No such file or directory" in done.stderr, done


def check_failing_git(repository: Repository) -> None:
    """A commit that a hook refuses, and a tag that cannot be made, leave everything as it was."""
    hook = repository.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho refused by the hook >&2\nexit 1\n")
    hook.chmod(0o755)
    repository.refuses(1, "git commit: refused by the hook", "0.2.0")
    hook.unlink()
    repository.git("tag", "v0.2.0/blocks")  # a folder where the tag has to be
    repository.refuses(1, "git tag: ", "0.2.0")
    repository.git("tag", "--delete", "v0.2.0/blocks")
    assert repository.release("0.2.0").returncode == 0


def main() -> int:
    for check in (check_release, check_first_release, check_dry_run, check_wrong_use, check_repository,
                  check_failing_git):
        with tempfile.TemporaryDirectory() as scratch:
            check(Repository(pathlib.Path(scratch)))
    print("releases are cut whole or not at all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
