"""Many clients at once: 2,000 idle ones and 200 that never finish their request do not slow down the others."""

import pathlib
import resource
import socket
import sys
import tempfile

from server import Server, make_model

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]
IDLE, SLOW, ASKED = 2000, 200, 200
NEEDED = IDLE + SLOW + 100

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
assert hard >= NEEDED, f"expected {NEEDED} open files to be allowed (ulimit -Hn), found {hard}"
start_with = min(soft, 1024)  # the server has to raise its own limit
resource.setrlimit(resource.RLIMIT_NOFILE, (start_with, hard))

with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    server = Server(SEGUE, make_model(MAKE_MODEL, folder / "model"), folder / "listens.sqlite", "--open-loopback",
                    "--idle-timeout", "10m", "--request-timeout", "10m", "--address-requests", "0", "--max-address-connections", "0")
    with server.running():
        resource.setrlimit(resource.RLIMIT_NOFILE, (NEEDED, hard))
        connect = lambda: socket.create_connection(server.address, timeout=60)
        idle = [connect() for _ in range(IDLE)]
        slow = [connect() for _ in range(SLOW)]
        for i, client in enumerate(slow):
            begin = b"POST /v1/recommendations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{"
            client.sendall(begin[: 10 + i % len(begin)])
        for i in range(ASKED):
            status, _, reply = server.ask("GET", "/v1/songs/song%200/similar?k=5")
            assert status == 200 and len(reply["items"]) == 5, reply
            slow[i].sendall(b" ")  # one byte at a time
        for client in idle:
            client.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        for client in idle:
            assert client.recv(12) == b"HTTP/1.1 200", "an idle connection was dropped"
        print(f"{IDLE} idle and {SLOW} slow clients, {ASKED} others answered")
