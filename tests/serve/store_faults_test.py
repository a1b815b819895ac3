"""A failing store: submissions are refused until it recovers; nothing acknowledged is lost or stored twice.

PostgreSQL is stopped, crashed and down for a while under load; an SQLite file's disk is full for a while. All the time,
requests that need no store are answered, and the probes report the cause.
"""

import contextlib
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.request

from postgres import running_postgres
from server import Server, eventually, make_model
from submitting import Client, check

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]
CLIENTS = 4
PATIENCE = 60  # seconds
RETRY_LATER = 503  # tells a scrobbler to keep the listen and send it again


@contextlib.contextmanager
def submitting(server, clients):
    """Clients that send all the time; at the end, everything they sent has been acknowledged."""
    going_on = threading.Event()
    going_on.set()
    threads = [threading.Thread(target=client.run, args=(server.address, going_on.is_set)) for client in clients]
    for thread in threads:
        thread.start()
    yield
    going_on.clear()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a client never got a reply"
    assert not any(client.unanswered for client in clients), "the server ended"


def check_rest_works(server, token):
    status, _, body = server.ask("GET", "/v1/songs/song%200/similar?k=5", token=token)
    assert status == 200 and len(body["items"]) == 5, (status, body)
    assert server.ask("GET", "/health/live")[0] == 200
    assert "segue_store_up" in metrics(server, token)


def metrics(server, token):
    request = urllib.request.Request(server.url + "/metrics", headers={"Authorization": f"Token {token}"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return reply.read().decode()


def clients_of(server):
    return [Client(i, server.token(f"user{i}", "read", "submit"), refusals={RETRY_LATER}) for i in range(CLIENTS)]


def refusals(clients):
    return [one for client in clients for one in client.refused]


def acknowledged(clients):
    return sum(len(client.acknowledged) for client in clients)


def postgres_away(folder, model):
    with running_postgres() as postgres:
        server = Server(SEGUE, model, postgres.new_database("listens"), "--token-requests", 0, "--user-requests", 0)
        clients = clients_of(server)
        admin = server.token("", "read", "admin")
        with server.running():
            check_rest_works(server, admin)
            with submitting(server, clients):
                for end in (postgres.stop, postgres.kill, postgres.stop):
                    before = acknowledged(clients)
                    eventually("listens are accepted", lambda: acknowledged(clients) > before + 50)
                    refused = len(refusals(clients))
                    end()
                    eventually("submissions are refused", lambda: len(refusals(clients)) > refused + CLIENTS)
                    status, headers, body = server.ask("GET", "/health/ready")
                    assert status == 503 and "postgresql" not in str(body), (status, body)
                    status, headers, body = server.ask("GET", "/v1/users/user0/recommendations", token=admin)
                    assert status == 503 and int(headers["Retry-After"]) > 0, (status, body)
                    check_rest_works(server, admin)
                    assert "segue_store_up 0" in metrics(server, admin)
                    postgres.start()
                    eventually("the server is ready again", lambda: server.ask("GET", "/health/ready")[0] == 200)
            assert all(int(headers["Retry-After"]) > 0 for _, headers in refusals(clients))
            check(server, clients)
    print(f"PostgreSQL down three times: {acknowledged(clients)} listens, {len(refusals(clients))} refusals, none lost")


def disk_full(folder, model):
    mount = folder / "small"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", mount], capture_output=True).returncode:
        print("cannot mount a tmpfs here: skipped the full disk")
        return
    try:
        server = Server(SEGUE, model, mount / "listens.sqlite", "--token-requests", 0, "--user-requests", 0,
                        "--cache", folder / "cache")
        clients = clients_of(server)
        admin = server.token("", "read", "admin")
        with server.running():
            with submitting(server, clients):
                eventually("submissions are refused", lambda: len(refusals(clients)) > 2 * CLIENTS)
                check_rest_works(server, admin)
                check(server, clients)  # reads still work
                status, _, body = server.ask("GET", "/health/ready")
                assert status == 503 and body["error"]["message"] == "the store is full", (status, body)
                subprocess.run(["mount", "-o", "remount,size=512m", mount], check=True)
                before = acknowledged(clients)
                eventually("listens are accepted again", lambda: acknowledged(clients) > before + 100)
                assert server.ask("GET", "/health/ready")[0] == 200
            check(server, clients)
        with server.running():
            check(server, clients)
        print(f"a full disk: {acknowledged(clients)} listens, {len(refusals(clients))} refusals, none lost")
    finally:
        subprocess.run(["umount", mount], check=True)


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    model = make_model(MAKE_MODEL, folder / "model")
    postgres_away(folder, model)
    disk_full(folder, model)
