"""The package in a process: Ctrl-C, threads, imports, other versions of Arrow."""

import os
import pathlib
import signal
import subprocess
import sys
import threading

import pytest

import segue

ENDLESS = """
import segue, sys
dataset = segue.Dataset.open(sys.argv[1])
segue._model.shower = lambda progress: lambda what, *rest: what == "train" and print("training", flush=True)
segue.train(dataset, sys.argv[2], dim=1000, epochs=10_000, threads=1)
"""


def test_ctrl_c_ends_training_and_leaves_nothing(dataset: segue.Dataset, tmp_path: pathlib.Path):
    output = tmp_path / "model"
    running = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, dataset.path, str(output)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None and running.stdout.readline() == "training\n"
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == -signal.SIGINT or "KeyboardInterrupt" in errors, errors
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert list(tmp_path.iterdir()) == []


def test_other_threads_run_meanwhile(dataset: segue.Dataset):
    """A thread counts while another trains; with the lock held all the time it would not get on."""
    ended = threading.Event()
    counted = 0

    def train():
        segue.train(dataset, dim=64, epochs=40, threads=1, fit_blend="off")
        ended.set()

    thread = threading.Thread(target=train)
    thread.start()
    while not ended.is_set():
        counted += 1
    thread.join()
    assert counted > 1000


def test_progress_that_raises_ends_the_work(dataset: segue.Dataset, monkeypatch, tmp_path: pathlib.Path):
    def show(what, *rest):
        raise LookupError("mine")

    monkeypatch.setattr("segue._model.shower", lambda progress: show)
    with pytest.raises(LookupError, match="mine"):
        segue.train(dataset, tmp_path / "model", dim=1000, epochs=10_000, threads=1)
    assert list(tmp_path.iterdir()) == []


def test_progress_draws_bars(dataset: segue.Dataset, capsys):
    segue.train(dataset, dim=64, epochs=40, threads=1, fit_blend="off", progress=True)
    assert "train" in capsys.readouterr().err


def test_import_needs_no_frames():
    """numpy is the only package that segue depends on, and even that is imported only when an array is asked for."""
    heavy = "numpy,pandas,polars,pyarrow,duckdb,tqdm"
    script = f"import segue, sys; print([name for name in '{heavy}'.split(',') if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "[]\n"


@pytest.mark.parametrize("order", ["import pyarrow, segue", "import segue, pyarrow"])
def test_arrow_of_the_process_may_be_another_copy(order):
    script = f"""{order}
import pyarrow.dataset, pyarrow.parquet, pyarrow.compute
table = pyarrow.table({{"playlist": ["a", "b"], "songs": [["x", "y"], ["y", "x"]]}})
made = segue.Dataset.from_frame(table)
assert made.songs.to_pyarrow().num_rows == 2
assert pyarrow.compute.sum(made.songs.to_pyarrow()["plays"]).as_py() == 4
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_types_of_the_package_and_of_a_users_script():
    here = pathlib.Path(__file__).parent
    root = here.parent.parent
    run = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        str(root / "pyproject.toml"),
        "--no-error-summary",
        "--cache-dir",
        os.environ.get("SEGUE_MYPY_CACHE", os.devnull),
    ]
    environment = {**os.environ, "MYPYPATH": str(root / "app/python")}
    done = subprocess.run(
        [*run, str(root / "app/python/segue"), str(here / "user_script.py")],
        env=environment,
        capture_output=True,
        text=True,
        cwd=root / "app/python",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_generated_files_are_up_to_date():
    tool = pathlib.Path(__file__).parent.parent.parent / "tools/python-package"
    done = subprocess.run([sys.executable, str(tool), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
