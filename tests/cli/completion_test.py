"""The completion scripts, run by the shells they are for.

Usage: completion_test.py SEGUE
"""

import pathlib
import shlex
import subprocess
import sys
import tempfile


def run(*command, text=None):
    done = subprocess.run([str(word) for word in command], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, (command, done.stdout, done.stderr)
    return done.stdout


class Bash:
    def __init__(self, script):
        self.script = script

    def complete(self, *words):
        """What bash offers for the last word. It splits at "=" as readline does."""
        split = []
        for word in words:
            name, equals, value = word.partition("=")
            split += [name, "=", value] if equals else [word]
        array = " ".join(map(shlex.quote, split))
        return run("bash", "--norc", "-c", f"source {self.script}; COMP_WORDS=({array}); "
                   f"COMP_CWORD={len(split) - 1}; _segue; printf '%s\\n' \"${{COMPREPLY[@]}}\"").split()


class Zsh:
    """Its widgets run in an editor only, so that the calls of the script are looked at."""

    def __init__(self, script):
        self.script = script

    def complete(self, *words):
        array = " ".join(map(shlex.quote, words))
        return run("zsh", "-f", "-c", "_arguments() { print -rl -- \"$@\" }; _describe() { print -rl -- $commands }; "
                   f"words=({array}); CURRENT={len(words)}; source {self.script}").splitlines()


class Fish:
    def __init__(self, script):
        self.script = script

    def complete(self, *words):
        line = " ".join(words)
        return [offer.split("\t")[0] for offer in
                run("fish", "--no-config", "-c", f"source {self.script}; complete -C {shlex.quote(line)}").splitlines()]


def check_bash(bash):
    assert {"train", "serve", "ingest"} <= set(bash.complete("segue", ""))
    assert bash.complete("segue", "tra") == ["train"]
    assert bash.complete("segue", "train", "--arch") == ["--architecture"]
    assert bash.complete("segue", "train", "--architecture", "") == ["skipgram", "cbow"]
    assert bash.complete("segue", "train", "--architecture=cb") == ["cbow"]
    assert bash.complete("segue", "train", "--architecture", "cbow", "--dim") == ["--dim"]
    assert bash.complete("segue", "token", "") == ["create", "list", "remove"]
    assert bash.complete("segue", "token", "create", "--met") == ["--metrics"]
    assert bash.complete("segue", "similar", "mod") == []  # readline completes files then
    assert bash.complete("segue", "serve", "--access-log-f") == ["--access-log-file"]


def check_zsh(zsh):
    assert any(line.startswith("train:") for line in zsh.complete("segue", ""))
    options = zsh.complete("segue", "train", "--")
    assert any(line.startswith("--architecture=[") and line.endswith(":value:(skipgram cbow)") for line in options)
    assert any(line.startswith("--dim=[") for line in options) and options[-1] == "*:file:_files"
    assert "1:action:(create list remove)" in zsh.complete("segue", "token", "")


def check_fish(fish):
    assert {"train", "serve"} <= set(fish.complete("segue", ""))
    assert fish.complete("segue", "train", "--arch") == ["--architecture"]
    assert fish.complete("segue", "train", "--architecture", "cb") == ["cbow"]
    assert {"create", "list", "remove"} <= set(fish.complete("segue", "token", ""))
    assert fish.complete("segue", "token", "create", "--met") == ["--metrics"]


def main(segue):
    with tempfile.TemporaryDirectory() as name:
        for shell, kind, check in (("bash", Bash, check_bash), ("zsh", Zsh, check_zsh), ("fish", Fish, check_fish)):
            script = pathlib.Path(name) / f"segue.{shell}"
            script.write_text(run(segue, "--completion", shell))
            run(shell, "-n", script)
            check(kind(script))
    done = subprocess.run([segue, "--completion", "fis"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "did you mean fish?" in done.stderr, done.stderr


if __name__ == "__main__":
    main(*sys.argv[1:])
