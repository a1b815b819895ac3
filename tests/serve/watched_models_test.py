"""A model folder that cannot be read is reported once, with its reason, and holds up no other model."""

import json
import os
import pathlib
import shutil
import sys
import tempfile
import urllib.request

from server import Server, eventually, make_model

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]


def events(server, event, model):
    lines = [json.loads(line) for line in server.log if line.startswith("{")]
    return [line for line in lines if line["event"] == event and line.get("model") == model]


def refused(server, token):
    request = urllib.request.Request(server.url + "/metrics", headers={"Authorization": f"Token {token}"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        line = next(line for line in reply.read().decode().splitlines()
                    if line.startswith('segue_reloads_total{result="refused"}'))
    return float(line.split()[1])


def link(folder, name, to):
    (folder / "next").symlink_to(to)
    os.replace(folder / "next", folder / name)


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    for name, songs in (("small", 24), ("large", 30)):
        make_model(MAKE_MODEL, folder / name, songs)
    shutil.copytree(folder / "small", folder / "broken")
    (folder / "broken/manifest.json").write_text('{"format": ')
    link(folder, "first", "small")
    link(folder, "second", "small")
    server = Server(SEGUE, folder / "first", folder / "listens.sqlite", "--also", f"candidate={folder}/second",
                    "--watch", "50ms")
    token = server.token("", "read", "admin")
    with server.running():
        assert refused(server, token) == 0
        link(folder, "first", "broken")
        eventually("it is reported", lambda: events(server, "model unreadable", "default"))
        assert "manifest.json" in events(server, "model unreadable", "default")[0]["reason"]
        link(folder, "second", "large")
        eventually("the other model is reloaded", lambda: events(server, "model loaded", "candidate"))
        assert server.ask("GET", "/v1/songs/song%200/similar?k=3", token=token)[0] == 200
        link(folder, "first", "large")
        eventually("it is loaded once it is whole", lambda: events(server, "model loaded", "default"))
        assert len(events(server, "model unreadable", "default")) == 1 and refused(server, token) == 1
print("a folder that cannot be read is reported once")
