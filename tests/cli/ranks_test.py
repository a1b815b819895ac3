"""`segue train` by several processes on this machine: one model, whatever is killed on the way; and what is refused."""

import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

SEGUE = os.path.abspath(sys.argv[1])
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 2
OPTIONS = ["--threads", "1", "--dim", "32", "--epochs", "30", "--min-plays", "1", "--fit-blend", "off", "--exchange-plays", "10000",
           "--rank-timeout", "20s", "--checkpoint-every", "1ms", "--resume"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Job:
    """Ranks as a launcher starts them."""

    def __init__(self, ranks, dataset, output, *options, by_rank=None, environment=None):
        shared = {"WORLD_SIZE": str(ranks), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())} | (environment or {})
        self.processes = [
            subprocess.Popen([SEGUE, "train", dataset, "-o", output, *OPTIONS, *options, *((by_rank or {}).get(rank, []))],
                             env=os.environ | shared | {"RANK": str(rank)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for rank in range(ranks)]

    def end(self):
        """(exit status, standard output, standard error) by rank."""
        found = []
        for process in self.processes:
            out, err = process.communicate(timeout=120)
            found.append((process.returncode, out, err))
        return found


def write_log(path):
    draw = random.Random(1)
    with open(path, "w", encoding="utf-8") as log:
        log.write("user,time,song\n")
        for user in range(300):
            taste = draw.randrange(10)
            for play in range(200):
                song = draw.randrange(40) * 10 + taste if draw.random() < 0.9 else draw.randrange(400)
                log.write(f"u{user},{1_600_000_000 + play * 200},s{song}\n")


def vectors(model):
    return (model / "vectors.npy").read_bytes(), (model / "context.npy").read_bytes()


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    write_log(folder / "log.csv")
    for name, shards in (("whole", 1), ("sharded", 3)):
        subprocess.run([SEGUE, "ingest", folder / "log.csv", "-o", folder / name, "--shards", str(shards), "--quiet"], check=True)
    assert (folder / "sharded/queues-0002.arrow").exists() and not (folder / "sharded/queues.arrow").exists()
    info = [json.loads(subprocess.run([SEGUE, "info", folder / name, "--verify", "--json"], check=True, capture_output=True,
                                      text=True).stdout) for name in ("whole", "sharded")]
    assert info[0]["counts"] == info[1]["counts"], info

    # One model, by rank 0, which says what the exchange took.
    for name in ("sharded", "whole"):
        began = time.monotonic()
        ended = Job(2, folder / name, folder / f"model-{name}", "--json").end()
        assert all(status == 0 for status, _, _ in ended), ended
        assert ended[1][1] == "" and ended[1][2] == "", ended[1]
        report = json.loads(ended[0][1])
        assert report["ranks"]["ranks"] == 2 and report["ranks"]["bytes_sent"] > 0, report
        assert report["epochs"][-1]["sample_loss"] < 0.9 * report["untrained_loss"], report
        assert not (folder / f"model-{name}.checkpoint").exists()
    seconds = time.monotonic() - began
    wanted = vectors(folder / "model-whole")

    # By columns: one model too, killed and resumed to the same bytes.
    columns = ["--shard", "columns", "--epochs", "12"]
    ended = Job(2, folder / "whole", folder / "columns", "--json", *columns).end()
    assert all(status == 0 for status, _, _ in ended), ended
    report = json.loads(ended[0][1])
    assert report["epochs"][-1]["sample_loss"] < 0.9 * report["untrained_loss"], report
    job = Job(2, folder / "whole", folder / "columns-killed", *columns)
    while not (folder / "columns-killed.checkpoint").exists() and job.processes[0].poll() is None:
        try:
            job.processes[0].wait(timeout=0.01)
        except subprocess.TimeoutExpired:
            pass
    job.processes[1].kill()
    job.end()
    ended = Job(2, folder / "whole", folder / "columns-killed", *columns).end()
    assert all(status == 0 for status, _, _ in ended), ended
    assert vectors(folder / "columns-killed") == vectors(folder / "columns")

    # Killed anywhere, any rank: the others end with a line, and in the end the model is the same.
    draw = random.Random(SEED)
    print(f"seed {SEED}, {KILLS} kills")
    killed = resumed = 0
    while killed < KILLS:
        job = Job(2, folder / "whole", folder / "model-killed")
        victim = draw.randrange(2)
        try:
            job.processes[victim].wait(timeout=draw.uniform(0.2, 0.9) * seconds)
        except subprocess.TimeoutExpired:
            job.processes[victim].send_signal(signal.SIGKILL)
        ended = job.end()
        if ended[victim][0] == -signal.SIGKILL:
            killed += 1
            status, _, err = ended[1 - victim]
            lines = [line for line in err.splitlines() if line.startswith("segue train:")]
            # Nobody misses rank 1 once it has trained; and where rank 0 fell while it alone had work left, it was alone.
            assert status == 0 or (status == 1 and len(lines) == 1), ended
        else:
            assert all(status == 0 for status, _, _ in ended), ended
        resumed += "resuming from" in ended[0][2]
    print(f"{resumed} runs resumed")
    ended = Job(2, folder / "whole", folder / "model-killed").end()
    assert all(status == 0 for status, _, _ in ended), ended
    assert vectors(folder / "model-killed") == wanted

    # What differs is refused by name, at once and at every rank.
    for options, said in (({1: ["--dim", "64"]}, "--dim: expected 32 at every rank, as at rank 0, found 64 at rank 1"),
                          ({0: ["--exchange-plays", "20000"]}, "--exchange-plays: expected 20000 at every rank"),
                          ({0: ["--shard", "columns"]}, "--shard: expected columns at every rank")):
        for status, _, err in Job(2, folder / "whole", folder / "refused", by_rank=options).end():
            assert status == 2 and said in err, (status, err)
    for environment, said in (({"WORLD_SIZE": "two"}, "WORLD_SIZE: expected a number"), ({"MASTER_PORT": ""}, "MASTER_PORT: expected")):
        for status, _, err in Job(1, folder / "whole", folder / "refused", environment={"WORLD_SIZE": "2"} | environment).end():
            assert status == 2 and said in err, (status, err)
    alone = Job(1, folder / "whole", folder / "refused", "--rank-timeout", "100ms", environment={"WORLD_SIZE": "3"}).end()[0]
    assert alone[0] == 1 and "of 3 ranks 1, 2 did not come to 127.0.0.1" in alone[2], alone
    assert not (folder / "refused").exists()
