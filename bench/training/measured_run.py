"""Runs a command and reports its cost.

    measured_run.py REPORT.json COMMAND...

In a process of its own, because Linux counts the parent's memory at the start in a child's peak memory: this parent
holds next to nothing.
"""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import time


@dataclasses.dataclass
class Cost:
    cpu_seconds: float
    seconds: float
    peak_bytes: int


def run(command, report, environment=None):
    """The Cost of a command, all its threads together. What it prints is shown only if it fails."""
    done = subprocess.run([sys.executable, "-S", __file__, report, *command], env={**os.environ, **(environment or {})},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}\nfailed with status {done.returncode}")
    return Cost(**json.loads(pathlib.Path(report).read_text()))


def main():
    start = time.perf_counter()
    child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
    _, status, usage = os.wait4(child, 0)
    cost = Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss * 1024)
    pathlib.Path(sys.argv[1]).write_text(json.dumps(dataclasses.asdict(cost)))
    sys.exit(abs(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main()
