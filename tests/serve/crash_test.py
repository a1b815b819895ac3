"""kill -9 under load: no listen that was acknowledged is lost, none is doubled.

Clients send listens all the time, each under its own user. Twenty times the server is killed in the middle and started
again on the same store; a client then sends again what it got no answer for, as scrobblers do. At the end the store has
every listen once and nothing else.
"""

import http.client
import json
import pathlib
import random
import sys
import tempfile
import threading

from server import Server, make_model

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]
KILLS, CLIENTS, SEED = 20, 4, 7
FIRST = 1_600_000_000


class Client:
    """Sends listens until the server is gone."""

    def __init__(self, number, secret):
        self.user = f"user{number}"
        self.secret = secret
        self.random = random.Random(SEED * 100 + number)
        self.sent = 0           # listens made so far
        self.unanswered = []    # requests, each a list of listens
        self.acknowledged = []  # listens

    def next_request(self):
        count = self.random.choice([1, 1, 1, 20, 200])
        numbers = range(self.sent, self.sent + count)
        self.sent += count
        return [{"listened_at": FIRST + n, "track_metadata": {"artist_name": self.user, "track_name": f"song {n}"}}
                for n in numbers]

    def send(self, connection, listens):
        """The request is unanswered until its answer is here, whatever happens on the way."""
        self.unanswered.append(listens)
        kind = "single" if len(listens) == 1 else "import"
        connection.request("POST", "/1/submit-listens", json.dumps({"listen_type": kind, "payload": listens}),
                           {"Authorization": f"Token {self.secret}"})
        reply = connection.getresponse()
        body = reply.read()
        assert reply.status == 200 and json.loads(body) == {"status": "ok"}, (reply.status, body)
        self.unanswered.remove(listens)
        self.acknowledged += listens

    def run(self, address, answered):
        connection = http.client.HTTPConnection(*address, timeout=60)
        try:
            for listens in list(self.unanswered):
                self.unanswered.remove(listens)
                self.send(connection, listens)
            while answered():
                self.send(connection, self.next_request())
        except (OSError, http.client.HTTPException):
            pass  # the server was killed
        finally:
            connection.close()


def run_until_killed(server, clients, answers):
    """Lets the clients go on until so many requests were answered, then kills the server among the next ones."""
    left, reached = [answers], threading.Event()
    lock = threading.Lock()

    def answered():
        with lock:
            left[0] -= 1
            if left[0] <= 0:
                reached.set()
        return True

    threads = [threading.Thread(target=client.run, args=(server.address, answered)) for client in clients]
    for thread in threads:
        thread.start()
    assert reached.wait(120), "the server answers no more"
    server.kill()
    for thread in threads:
        thread.join()


def stored_listens(server, client):
    """All of a user's listens, page by page."""
    found, before = [], None
    while True:
        query = "count=1000" + (f"&max_ts={before}" if before else "")
        status, _, body = server.ask("GET", f"/1/user/{client.user}/listens?{query}", token=client.secret)
        assert status == 200, body
        page = body["payload"]["listens"]
        if not page:
            return found
        found += [(listen["listened_at"], listen["track_metadata"]["track_name"]) for listen in page]
        before = page[-1]["listened_at"]


def names(listens):
    return {(listen["listened_at"], listen["track_metadata"]["track_name"]) for listen in listens}


def check(server, clients):
    for client in clients:
        found = stored_listens(server, client)
        assert len(found) == len(set(found)), f"{client.user}: a listen is there twice"
        lost = names(client.acknowledged) - set(found)
        assert not lost, f"{client.user}: acknowledged, and lost: {sorted(lost)[:5]} and {len(lost)} in all"
        asked = names(client.acknowledged) | {name for one in client.unanswered for name in names(one)}
        assert set(found) <= asked, f"{client.user}: found what nobody sent"


def main():
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        server = Server(SEGUE, make_model(MAKE_MODEL, folder / "model"), folder / "listens.sqlite",
                        "--token-requests", 0, "--user-requests", 0)
        clients = [Client(i, server.token(f"user{i}", "read", "submit")) for i in range(CLIENTS)]
        unanswered = 0
        for _ in range(KILLS):
            server.start()
            check(server, clients)
            run_until_killed(server, clients, chance.randint(1, 120))
            unanswered += sum(len(client.unanswered) for client in clients)
        with server.running():
            for client in clients:
                client.run(server.address, lambda: False)
                assert not client.unanswered
            check(server, clients)
        sent = sum(client.sent for client in clients)
        assert unanswered > 0, "no request was under way when the server was killed: the test showed nothing"
        print(f"{KILLS} kills, {sent} listens, {unanswered} requests without an answer sent again: each listen is there once")


if __name__ == "__main__":
    main()
