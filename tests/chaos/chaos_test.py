"""Everything at once, at random: kills, restarts, shortages, clock jumps and swaps hit a server under load.

    chaos_test.py SEGUE MAKE_MODEL CLOCK_SHIM [--seconds N] [--seed N] [--json FILE]

Clients submit listens, ask and forget users all the time (load.py), while one event after another happens to the server
(events.py). Every promise is checked all the while and at the end:

- no acknowledged listen is lost, none is stored twice, and nothing is stored that was not sent;
- no reply is wrong: it has the shape of the OpenAPI document, comes from one of the two models and shows a listener
  nothing of others; no shortage of the server's own is a 4xx;
- the server is ready again after every event, and never ends by itself;
- nothing of a forgotten user is left, neither in replies nor in the bytes of the store's files;
- the memory of a process does not grow: the last third of the run has no restarts, and compares.

The seed decides which events happen in which order; the clock decides how many fit into the time. The exit status is 1
if a promise was broken.
"""

import argparse
import collections
import http.client
import json
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import events
from load import SAME_FOR_ALL, TIMEOUT, Forgetter, Judge, Listener, Reader

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
from server import make_model  # noqa: E402
from submitting import check  # noqa: E402

LISTENERS, READERS = 4, 2
RESTARTING = 2 / 3     # the part of the run in which processes end
MOST_GROWTH = 24       # MiB, from the second quarter to the last of the part without restarts
MEMORY_EVERY = 0.25    # seconds
MEMORY_SECONDS = 60    # a part without restarts that is shorter says nothing about memory


class Memory:
    """The resident memory of the server that no file backs, over time."""

    def __init__(self, server):
        self.server = server
        self.samples = []  # (process, time, MiB)

    def watch(self, over):
        while not over.wait(MEMORY_EVERY):
            process = self.server.process
            try:
                status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            except OSError:
                continue
            found = [int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")]
            if found:
                self.samples.append((process.pid, time.monotonic(), found[0] / 1024))

    def of_last_process(self, begin):
        """(seconds, MiB in the second quarter, MiB in the last) of the last process since a time, as medians."""
        mine = [(at, size) for of, at, size in self.samples if of == self.samples[-1][0] and at >= begin]
        quarter = len(mine) // 4
        if quarter == 0:
            return 0.0, 0.0, 0.0
        sizes = [size for _, size in mine]
        warm, end = statistics.median(sizes[quarter:2 * quarter]), statistics.median(sizes[-quarter:])
        return mine[-1][0] - mine[0][0], warm, end


def same_for_all(server, token):
    """The replies of the model that serves, as bytes."""
    replies = []
    for method, template, options in SAME_FOR_ALL:
        path = template.format(id="song%200") + options.get("query", "")
        data = json.dumps(options["body"]).encode() if "body" in options else None
        request = urllib.request.Request(server.url + path, data, {"Authorization": f"Token {token}"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            replies.append(reply.read())
    return replies


class Run:
    """One run: builds the world in `folder`, lets events happen for a while, and reports."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.judge = Judge()
        self.happened = collections.Counter()
        self.over = threading.Event()
        self.threads = []
        self.quiet_since = time.monotonic()  # the last event that could end the process
        disk = folder / "disk"
        disk.mkdir()
        for name, songs in (("small", 24), ("large", 40)):
            make_model(options.make_model, folder / name, songs)
        (folder / "current").symlink_to("small")
        clock = folder / "clock"
        clock.write_bytes(struct.pack("=q", 0))
        self.has_small_disk = events.mount_small_disk(disk)
        self.server = events.ChaosServer(
            options.segue, folder / "current", disk / "listens.sqlite", "--cache", folder / "cache", "--watch", "0s",
            "--token-requests", 0, "--user-requests", 0, "--address-requests", 0)
        self.server.environment = {"LD_PRELOAD": os.path.abspath(options.clock_shim), "SEGUE_CLOCK_FILE": str(clock)}
        self.service = self.server.token("", "read")
        self.admin = self.server.token("", "read", "submit", "admin")
        self.listeners = [Listener(i, self.server.token(f"user{i}", "read", "submit"), self.judge)
                          for i in range(LISTENERS)]
        self.forgetter = None  # once the server has told its document
        self.memory = Memory(self.server)
        self.world = events.World(self.server, folder, disk, self.judge, clock, self.admin, self.acknowledged)

    def acknowledged(self):
        return sum(len(one.acknowledged) for one in self.listeners)

    def perform(self):
        """Raises AssertionError if the server breaks a promise that ends the run."""
        self.server.start()
        document = self.server.ask("GET", "/openapi.json")[2]
        known = {"small": same_for_all(self.server, self.service)}
        events.swap_model(self.world, None)
        known["large"] = same_for_all(self.server, self.service)
        assert all(a != b for a, b in zip(known["small"], known["large"]))
        readers = [Reader(i, self.server, self.judge, document, known, self.listeners, self.service)
                   for i in range(READERS)]
        self.forgetter = Forgetter(self.server, self.judge, document, self.admin)
        for target, *arguments in ([(one.work, self.server, self.over) for one in self.listeners] +
                                   [(one.work, self.over) for one in [*readers, self.forgetter]] +
                                   [(self.memory.watch, self.over)]):
            self.threads.append(threading.Thread(target=self.guarded, args=(target, *arguments), daemon=True))
            self.threads[-1].start()
        try:
            self.let_happen()
        finally:
            self.over.set()
            until = time.monotonic() + TIMEOUT + 5
            for thread in self.threads:
                thread.join(max(0, until - time.monotonic()))
        self.check_store()

    def guarded(self, work, *arguments):
        try:
            work(*arguments)
        except Exception as error:  # a fault of the test, or a reply that it cannot even read
            self.judge.break_promise(f"{work.__self__.__class__.__name__}: {error!r}")

    def let_happen(self):
        chance = random.Random(self.options.seed)
        begin = time.monotonic()
        others = {name: row for name, row in events.OTHERS.items() if name != "disk full" or self.has_small_disk}
        while (elapsed := time.monotonic() - begin) < self.options.seconds and not self.judge.faults:
            self.world.restarts_allowed = elapsed < RESTARTING * self.options.seconds
            if self.world.restarts_allowed:
                self.quiet_since = time.monotonic()
            table = {**events.RESTARTS, **others} if self.world.restarts_allowed else others
            name = chance.choices(list(table), [row[1] for row in table.values()])[0]
            if self.options.verbose:
                print(f"{elapsed:8.2f} s  {name}", file=sys.stderr, flush=True)
            events.happen(self.world, name, random.Random(chance.random()))
            self.happened[name] += 1

    def check_store(self):
        """Asks for everything that was acknowledged, and looks for everything that was forgotten."""
        for listener in self.listeners:
            listener.run(self.server.address, lambda: False)  # sends what is unanswered again
            assert not listener.unanswered, f"{listener.user}: a request is never answered"
        check(self.server, self.listeners)
        self.forgetter.forget_one(threading.Event())
        self.forgetter.disconnect()
        self.server.stop(patience=15)
        for file in self.world.disk.iterdir():
            found = file.read_bytes().count(Forgetter.NAME.encode())
            assert found == 0, f"{file.name}: the name of a forgotten user is in it {found} times"

    def check_memory(self, report):
        memory = report["memory"]
        if memory["seconds"] >= MEMORY_SECONDS and memory["end_mib"] - memory["warm_mib"] > MOST_GROWTH:
            self.judge.break_promise(f"memory grew from {memory['warm_mib']:.0f} to {memory['end_mib']:.0f} MiB "
                                     f"in {memory['seconds']:.0f} s without a restart")

    def report(self):
        seconds, warm, end = self.memory.of_last_process(self.quiet_since)
        sizes = [size for _, _, size in self.memory.samples] or [0.0]
        return {
            "seed": self.options.seed,
            "seconds": self.options.seconds,
            "disk_full_possible": self.has_small_disk,
            "events": dict(sorted(self.happened.items())),
            "kills": self.world.kills,
            "replies": dict(sorted(self.judge.counts.items())),
            "refusals": dict(sorted(self.judge.refusals.items())),
            "listens": {"acknowledged": self.acknowledged(),
                        "users_forgotten": self.forgetter.forgotten if self.forgetter else 0},
            "memory": {"seconds": round(seconds), "warm_mib": round(warm, 1), "end_mib": round(end, 1),
                       "peak_mib": round(max(sizes), 1)},
            "broken": self.judge.faults,
        }

    def close(self):
        if self.server.process is not None and self.server.process.poll() is None:
            self.server.kill()
        if self.has_small_disk:
            subprocess.run(["umount", "--lazy", self.world.disk], check=True)


def print_table(report):
    print(f"{report['seconds']:g} s, seed {report['seed']}")
    print(f"  {'':<50} {'events':>10} {'requests refused':>17}")
    for name, count in report["events"].items():
        print(f"  {name:<50} {count:>10,} {report['refusals'].get(name, 0):>17,}")
    if not report["disk_full_possible"]:
        print("  (no full disk: this user may not mount file systems)")
    rows = [("kill -9 in all, also amid other events and starts", report["kills"]),
            ("listens acknowledged", report["listens"]["acknowledged"]),
            ("users forgotten", report["listens"]["users_forgotten"]),
            *((f"replies {name}" if name.isdigit() else name, count) for name, count in report["replies"].items())]
    for name, count in rows:
        print(f"  {name:<50} {count:>10,}")
    memory = report["memory"]
    print(f"  RssAnon: {memory['warm_mib']} MiB warm, {memory['end_mib']} MiB at the end of {memory['seconds']} s "
          f"without a restart; at most {memory['peak_mib']} MiB")
    print("broken promises:" if report["broken"] else "every promise was kept")
    for fault in report["broken"]:
        print(f"  {fault}")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("segue", help="the program")
    parser.add_argument("make_model", help="the program of tests/support that makes a small model")
    parser.add_argument("clock_shim", help="the library of tests/fault that lets clocks jump")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=pathlib.Path, help="also write the report to this file")
    parser.add_argument("--verbose", action="store_true", help="print each event as it begins")
    return parser.parse_args()


def main():
    options = parsed()
    with tempfile.TemporaryDirectory() as scratch:
        run = Run(options, pathlib.Path(scratch))
        try:
            run.perform()
        except (AssertionError, OSError, http.client.HTTPException, subprocess.TimeoutExpired) as error:
            run.judge.end(f"{type(error).__name__}: {error}; the end of the log: {''.join(run.server.log[-10:])}")
        finally:
            run.close()
        report = run.report()
        run.check_memory(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    print_table(report)
    return 1 if report["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
