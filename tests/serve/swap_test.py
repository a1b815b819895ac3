"""Models are swapped under load: no request fails, and no reply mixes two models.

Clients keep sending requests whose replies differ between the two models in every item. Twenty times the served link
is pointed at the other model, and the server reloads in each possible way: POST /v1/admin/reload, SIGHUP, rollback, or
by itself (it watches the link).
"""

import http.client
import json
import os
import pathlib
import signal
import sys
import tempfile
import threading
import time

from server import Server, make_model

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]
SWAPS, CLIENTS = 20, 4
SEEDS = {"songs": ["song 0", "song-4"], "k": 20}
QUESTIONS = [
    ("GET", "/v1/songs/song%200/similar?k=20", None),
    ("POST", "/v1/recommendations", json.dumps(SEEDS)),
    ("POST", "/v1/radio", json.dumps({"songs": ["song 0"], "length": 8, "seed": 3})),
]


def link(folder, name):
    """Points the link `current` at a model atomically, as a deployment does."""
    (folder / "next").symlink_to(name)
    os.replace(folder / "next", folder / "current")


def ask(connection, token, question):
    method, path, body = question
    connection.request(method, path, body, {"Authorization": f"Token {token}"})
    reply = connection.getresponse()
    return reply.status, reply.read()


def connect(server):
    return http.client.HTTPConnection(*server.address, timeout=60)


def replies_now(server, token):
    connection = connect(server)
    replies = [ask(connection, token, question) for question in QUESTIONS]
    assert all(status == 200 for status, _ in replies), replies
    return [body for _, body in replies]


class Client:
    def __init__(self, server, token, known):
        self.server, self.token, self.known = server, token, known
        self.counts = {}   # (question, model): replies
        self.faults = []

    def run(self, over):
        connection = connect(self.server)
        while not over.is_set():
            for i, question in enumerate(QUESTIONS):
                status, body = ask(connection, self.token, question)
                of = [name for name, bodies in self.known.items() if bodies[i] == body]
                if status != 200 or len(of) != 1:
                    self.faults.append((status, question, of, body[:200]))
                    return
                self.counts[i, of[0]] = self.counts.get((i, of[0]), 0) + 1


def wait_for(server, token, bodies):
    for _ in range(600):
        if replies_now(server, token) == bodies:
            return
        time.sleep(0.1)
    raise AssertionError("the model was never swapped: " + "".join(server.log))


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    for name, songs in (("small", 24), ("large", 40)):
        make_model(MAKE_MODEL, folder / name, songs)
    link(folder, "small")
    server = Server(SEGUE, folder / "current", folder / "listens.sqlite", "--watch", "1s")
    token = server.token("", "read", "admin")
    with server.running():
        known = {"small": replies_now(server, token)}
        link(folder, "large")
        assert server.ask("POST", "/v1/admin/reload", {}, token)[0] == 200
        known["large"] = replies_now(server, token)
        assert all(a != b for a, b in zip(known["small"], known["large"])), known

        over = threading.Event()
        clients = [Client(server, token, known) for _ in range(CLIENTS)]
        threads = [threading.Thread(target=client.run, args=(over,)) for client in clients]
        for thread in threads:
            thread.start()
        serving = "large"
        for swap in range(SWAPS):
            serving = "small" if serving == "large" else "large"
            way = ["reload", "rollback", "hangup", "watch"][swap % 4]
            if way != "rollback":
                link(folder, serving)
            if way in ("reload", "rollback"):
                status, _, reply = server.ask("POST", f"/v1/admin/{way}", {}, token)
                assert status == 200, reply
            elif way == "hangup":
                server.process.send_signal(signal.SIGHUP)
            wait_for(server, token, known[serving])
            if way == "rollback":
                link(folder, serving)  # so that the watcher has nothing to do
        over.set()
        for thread in threads:
            thread.join()
        faults = [fault for client in clients for fault in client.faults]
        assert not faults, faults[:3]
        totals = {key: sum(client.counts.get(key, 0) for client in clients) for client in clients for key in client.counts}
        assert len(totals) == 2 * len(QUESTIONS), totals  # both models answered every question
        print(f"{SWAPS} swaps, {sum(totals.values())} replies, none failed, none mixed")
