"""A server whose clock is a day off: it serves all the same, and reports what it can know about the clock."""

import json
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
from server import Server, make_model  # noqa: E402

SEGUE, SHIM, MAKE_MODEL = (os.path.abspath(word) for word in sys.argv[1:])
DAY = 86_400


def started(folder, offset):
    """A server whose clock is off by this many seconds."""
    os.environ |= {"LD_PRELOAD": SHIM, "SEGUE_CLOCK_OFFSET": str(offset)}
    try:
        return Server(SEGUE, folder / "model", folder / f"{offset}.sqlite", "--open-loopback").start()
    finally:
        del os.environ["LD_PRELOAD"], os.environ["SEGUE_CLOCK_OFFSET"]


def submit(server, listened_at, token):
    listen = {"listened_at": listened_at, "track_metadata": {"artist_name": "Björk", "track_name": "Jóga"}}
    return server.ask("POST", "/1/submit-listens", {"listen_type": "single", "payload": [listen]}, token=token)


def clock_reports(server):
    return [json.loads(line) for line in server.log if line.startswith("{") and "clock is behind" in line]


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    make_model(MAKE_MODEL, folder / "model")
    for offset in (-DAY, 0, DAY):
        server = started(folder, offset)
        token = server.token("ann", "read", "submit")
        assert server.ask("GET", "/v1/songs/song%200/similar?k=3")[0] == 200
        now = int(time.time())
        status, _, body = submit(server, now, token)
        if offset < 0:
            assert status == 400 and f"timestamp {now} is in the future: this server's clock says" in body["error"], body
            report = clock_reports(server)
            assert len(report) == 1 and report[0]["clock"] < report[0]["model_made_at"], report
        else:
            assert status == 200 and not clock_reports(server), (status, body, server.log)
        assert submit(server, now - 2 * DAY, token)[0] == 200
        server.stop()
print("a clock that is a day behind is reported; one ahead does no harm")
