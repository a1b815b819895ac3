"""Runs a transcript: commands, their output and their exit status.

    $ segue train d -o m --dim many
    segue train: --dim: expected a whole number from 1 to 4096, found "many"
    [exit 2]

A line that starts with `$ ` is run by bash in a fresh folder, segue on the path, standard output and error together
(`\\` at its end continues it). The lines up to the next command are the expected output, without lines of progress;
`[exit N]` follows a command whose exit status is not 0. `<*>` stands for any text within a line, a time such as `0.1 s`
for any, a line `...` for any number of lines. Lines that start with `#` are comments. Commands find this folder as
$TRANSCRIPTS and a Python with pyarrow and numpy as $PYTHON.

--update rewrites the transcript with the actual output (check the difference!).
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile


class Step:
    def __init__(self, command, line):
        self.command, self.line, self.expected, self.comments = command, line, [], []


def parse(text):
    steps, lead = [], []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("$ "):
            command, start = line[2:], at + 1
            while command.endswith("\\") and at + 1 < len(lines):
                at += 1
                command += "\n" + lines[at]
            steps.append(Step(command, start))
            steps[-1].comments, lead = lead, []
        elif line.startswith("#"):
            lead.append(line)
        elif steps and not lead and (line or True):
            steps[-1].expected.append(line)
        at += 1
    for step in steps:
        while step.expected and not step.expected[-1]:
            step.expected.pop()
    return steps


# A time, once escaped: how long something takes depends on the machine.
TIME = re.compile(r"\d+\\\.\d\\ s\b")
# A line of progress, which only what takes long prints.
PROGRESS = re.compile(r"^[a-z][a-z ]*: +\d+ %, .*\n", re.MULTILINE)


def pattern(expected):
    parts = []
    for line in expected:
        if line == "...":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            text = ".*?".join(re.escape(piece) for piece in line.split("<*>"))
            parts.append(TIME.sub(lambda _: r"\d+\.\d\ s", text) + r"\n")
    return re.compile("".join(parts))


def main():
    update = "--update" in sys.argv
    segue, transcript = [argument for argument in sys.argv[1:] if argument != "--update"]
    path = pathlib.Path(transcript)
    steps = parse(path.read_text(encoding="utf-8"))
    assert steps, f"{path}: no command"
    failed, rewritten = 0, []
    with tempfile.TemporaryDirectory() as scratch:
        environment = dict(os.environ, PATH=f"{pathlib.Path(segue).resolve().parent}:{os.environ['PATH']}", LC_ALL="C.UTF-8",
                           TRANSCRIPTS=str(path.parent.resolve()), PYTHON=sys.executable)
        for step in steps:
            done = subprocess.run(["bash", "-c", step.command], cwd=scratch, env=environment, timeout=900,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            printed = PROGRESS.sub("", done.stdout.decode("utf-8", "replace"))
            if printed and not printed.endswith("\n"):
                printed += "\n"
            if done.returncode:
                printed += f"[exit {done.returncode}]\n"
            if not pattern(step.expected).fullmatch(printed):
                failed += 1
                print(f"{path.name}:{step.line}: $ {step.command}\n--- expected\n" + "\n".join(step.expected) +
                      f"\n--- printed\n{printed}")
                step.expected = printed.splitlines()
            rewritten += [*step.comments, *f"$ {step.command}".splitlines(), *step.expected, ""]
    if update and failed:
        path.write_text("\n".join(rewritten), encoding="utf-8")
    print(f"{path.name}: {len(steps)} commands, {failed} differ")
    return 1 if failed and not update else 0


if __name__ == "__main__":
    sys.exit(main())
