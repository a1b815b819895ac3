"""The command line on terminals of 60, 80 and 120 columns: no line is wider, and nothing is lost.

Usage: width_test.py SEGUE
"""

import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios

WIDTHS = (60, 80, 120)


def on_terminal(columns, *command, env=None):
    """What the command writes to a terminal of this width."""
    screen, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | (env or {})
    with subprocess.Popen([str(word) for word in command], stdin=end, stdout=end, stderr=end, env=environment) as process:
        os.close(end)
        text = b""
        while True:
            try:
                part = os.read(screen, 65536)
            except OSError:  # the command has closed its end
                break
            if not part:
                break
            text += part
    os.close(screen)
    assert process.returncode == 0, (command, text)
    return text.decode()


def lines_of(text):
    """Every line that the terminal shows, also those that a progress bar draws over."""
    return re.split(r"\r\n|\n|\r", re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text))


def words_of(text):
    return re.sub(r"[\s\\]+", " ", text).strip()


def check_help(segue):
    for command in ("similar", "train", "serve", "ingest", "evaluate"):
        whole = subprocess.run([segue, command, "--help"], capture_output=True, text=True, check=True).stdout
        for columns in WIDTHS:
            shown = on_terminal(columns, segue, command, "--help")
            for line in lines_of(shown):
                # One word may be too long, such as a list of choices.
                assert len(line) <= columns or " " not in line.strip(), (columns, line)
            assert words_of(shown) == words_of(whole), (command, columns)


def check_tables(segue, model):
    command = [segue, "similar", model, "song1", "-k", "5"]
    whole = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for columns in WIDTHS:
        shown = on_terminal(columns, *command, "--quiet")
        assert max(map(len, lines_of(shown))) <= columns, shown
        assert words_of(shown) == words_of(whole), (columns, shown)
    # COLUMNS wins over what the terminal says.
    narrow = on_terminal(120, *command, "--quiet", env={"COLUMNS": "20"})
    assert max(map(len, lines_of(narrow))) <= 20 and "no room for" in narrow, narrow


def check_training(segue, folder):
    """A bar is narrower than the terminal, and so is the table of epochs. Returns the model."""
    log = folder / "log.tsv"
    rows = (f"user{i // 120}\t{1_600_000_000 + 20 * i}\tsong{i * i % 3119}\n" for i in range(24_000))
    log.write_text("user\ttimestamp\tsong\n" + "".join(rows))
    subprocess.run([segue, "ingest", log, "-o", folder / "dataset", "--quiet"], check=True)
    shown = lines_of(on_terminal(60, segue, "train", folder / "dataset", "-o", folder / "model", "--epochs", "4"))
    bars = [line for line in shown if "[" in line and " %" in line]
    assert bars and max(map(len, bars)) < 60, bars
    result = shown[next(i for i, line in enumerate(shown) if line.startswith("epoch")) :]
    assert max(map(len, result)) <= 60, result
    return folder / "model"


def main():
    segue = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        check_help(segue)
        check_tables(segue, check_training(segue, pathlib.Path(folder)))


if __name__ == "__main__":
    main()
