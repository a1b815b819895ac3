"""A server at its limits: out of file descriptors, without its files, at the end of its time for draining.

Whatever it lacks, no request gets a 4xx for it and no reply shows one of the server's paths; a process that is told to
stop ends in time even while a request waits for a store that does not answer.
"""

import json
import os
import pathlib
import resource
import socket
import sqlite3
import sys
import tempfile
import threading
import time

from server import Server, eventually, make_model

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]
LISTEN = {"listen_type": "single", "payload": [{"listened_at": 1_600_000_000, "track_metadata": {
    "artist_name": "Bill Evans", "track_name": "Peri's Scope"}}]}


class Connection:
    """A connection that stays open, so that it needs no new file descriptor."""

    def __init__(self, server):
        self.socket = socket.create_connection(server.address, timeout=30)
        self.replies = self.socket.makefile("rb")

    def ask(self, method, path, body=None, token=None):
        """(status, headers, body) as bytes."""
        data = b"" if body is None else json.dumps(body).encode()
        head = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(data)}"]
        if token:
            head.append(f"Authorization: Token {token}")
        self.socket.sendall("\r\n".join(head + ["", ""]).encode() + data)
        status = int(self.replies.readline().split()[1])
        headers = {}
        while (line := self.replies.readline().strip()):
            name, _, value = line.decode().partition(": ")
            headers[name] = value
        return status, headers, self.replies.read(int(headers["Content-Length"]))


def targets(connection):
    """Every route: (method, path)."""
    _, _, document = connection.ask("GET", "/openapi.json")
    for path, methods in json.loads(document)["paths"].items():
        for method in methods:
            filled = path.replace("{user}", "ann").replace("{id}", "song%200").replace("{name}", "default")
            yield method.upper(), filled


def ask_all(connection, wanted, token):
    """The reply of every route: {(method, path): (status, headers, body)}."""
    replies = {}
    for method, path in wanted:
        if method == "DELETE":
            continue
        body = LISTEN if "submit" in path else {} if method == "POST" else None
        replies[method, path] = connection.ask(method, path, body, token)
    return replies


def no_descriptors(folder, model):
    server = Server(SEGUE, model, folder / "listens.sqlite", "--cache", folder / "cache")
    known, unknown = (server.token("ann", "read", "submit", "admin") for _ in range(2))
    with server.running():
        connection = Connection(server)
        wanted = list(targets(connection))
        assert len(wanted) > 25
        healthy = ask_all(connection, wanted, known)
        full = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (1, full[1]))
        short = 0
        for token in (known, unknown):
            for route, (status, headers, body) in ask_all(connection, wanted, token).items():
                assert str(folder).encode() not in body or route[1].startswith("/v1/admin/"), (route, body)
                if status == healthy[route][0]:
                    continue
                assert status == 503 and "Retry-After" in headers, (route, status, body)
                short += 1
        assert short > 0
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, full)
        assert server.ask("POST", "/1/submit-listens", LISTEN, unknown)[0] == 200
    print(f"no file descriptors: {short} requests of {len(wanted)} routes are to be sent again, none gets a 4xx")


def deleted_cache(folder, model):
    server = Server(SEGUE, model, folder / "listens.sqlite", "--cache", folder / "cache", "--blocking-threads", 2)
    token = server.token("", "read")
    with server.running():
        for file in (folder / "cache").iterdir():
            file.unlink()
        replies = []

        def search():
            connection = Connection(server)
            for _ in range(50):
                replies.append(connection.ask("GET", "/v1/songs?q=song", token=token))

        threads = [threading.Thread(target=search) for _ in range(8)]  # at once, so that new readers are opened
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for status, _, reply in replies:
            assert status in (200, 503) and str(folder).encode() not in reply, (status, reply)
    print("a deleted search index is the server's fault")


def drain_deadline(folder, model):
    store = folder / "locked.sqlite"
    server = Server(SEGUE, model, store, "--drain-timeout", "300ms")
    token = server.token("ann", "submit")
    server.start()
    assert server.ask("POST", "/1/submit-listens", LISTEN, token)[0] == 200
    holder = sqlite3.connect(store, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")  # a commit waits 5 s for it
    waiting = Connection(server)
    data = json.dumps(LISTEN).encode().replace(b"1600000000", b"1600000001")
    waiting.socket.sendall(b"POST /1/submit-listens HTTP/1.1\r\nHost: x\r\nAuthorization: Token %s\r\nContent-Length: %d"
                           b"\r\n\r\n" % (token.encode(), len(data)) + data)
    time.sleep(0.2)  # until it has arrived; if it has not, the test is easier to pass, never harder
    begin = time.monotonic()
    server.stop(patience=4)
    seconds = time.monotonic() - begin
    holder.execute("ROLLBACK")
    holder.close()
    assert seconds < 2.5, seconds
    print(f"SIGTERM ends the process {seconds:.1f} s later, whatever a request waits for")


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    model = make_model(MAKE_MODEL, folder / "model", songs=500)
    # Without descriptors the undefined-behaviour sanitizer cannot look at objects, and reports sound ones.
    if "SEGUE_SANITIZED" not in os.environ:
        no_descriptors(folder, model)
    deleted_cache(folder, model)
    drain_deadline(folder, model)
