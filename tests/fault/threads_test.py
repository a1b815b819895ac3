"""Commands that get no more threads: they do with fewer, or end with a sentence. None aborts or hangs."""

import os
import pathlib
import subprocess
import sys
import tempfile

SEGUE, SHIM, MAKE_MODEL = (pathlib.Path(word).resolve() for word in sys.argv[1:])
PATIENCE = 20  # seconds


def run(folder, threads, *arguments):
    environment = {**os.environ, "LD_PRELOAD": str(SHIM), "SEGUE_THREADS": str(threads)}
    return subprocess.run([SEGUE, *arguments], cwd=folder, env=environment, capture_output=True, text=True,
                          timeout=PATIENCE)


def check_command(folder, *arguments):
    """Returns how many threads it needs."""
    for threads in range(40):
        done = run(folder, threads, *arguments)
        if done.returncode == 0:
            return threads
        # Arrow's allocator says so too.
        errors = [line for line in done.stderr.splitlines() if not line.startswith("<jemalloc>")]
        assert done.returncode == 1 and len(errors) == 1, (threads, arguments, done)
        assert "thread" in errors[0] and "Resource temporarily unavailable" in errors[0], (threads, errors)
    raise AssertionError(f"{arguments}: never succeeded")


def check_server(folder):
    for threads in (0, 1, 2, 8):
        done = run(folder, threads, "serve", "model", "--port", "0", "--io-threads", "2")
        assert done.returncode == 1, (threads, done)
        assert "Resource temporarily unavailable" in done.stderr, (threads, done.stderr)


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    subprocess.run([MAKE_MODEL, folder / "model", "24"], check=True)
    rows = "".join(f"u{user},{1_700_000_000 + user * 9000 + song * 200},s{(song * 7 + user) % 40}\n" for user in range(60) for song in range(20))
    (folder / "listens.csv").write_text("user,time,song_id\n" + rows)
    needed = {
        "ingest": check_command(folder, "ingest", "listens.csv", "-o", "dataset"),
        "train": check_command(folder, "train", "dataset", "-o", "trained", "--epochs", "2", "--threads", "4"),
        "similar": check_command(folder, "similar", "model", "song 0"),
    }
    check_server(folder)
    print("threads needed:", ", ".join(f"{name} {count}" for name, count in needed.items()))
