"""Clients that send listens all the time, and a check that no acknowledged one is lost and none is stored twice."""

import http.client
import json
import random
import time

SEED = 7
FIRST = 1_600_000_000
PAUSE = 0.05  # seconds, after a refusal


class Client:
    """Sends listens as a user of its own until the server is gone.

    A listen is a number, from which its time and title follow: long runs keep millions. `refusals` are statuses that a
    failing server may reply with: such a request counts as unanswered."""

    SIZES = [1, 1, 1, 20, 200]  # of requests, in listens

    def __init__(self, number, secret, refusals=()):
        self.user = f"user{number}"
        self.secret = secret
        self.random = random.Random(SEED * 100 + number)
        self.sent = 0           # listens made so far
        self.unanswered = []    # requests, each a range of listens
        self.acknowledged = []  # listens
        self.refusals = refusals
        self.refused = []       # (status, headers) of refused requests

    def next_request(self):
        first = self.sent
        self.sent += self.random.choice(self.SIZES)
        return range(first, self.sent)

    def listen(self, number):
        return {"listened_at": FIRST + number,
                "track_metadata": {"artist_name": self.user, "track_name": f"song {number}"}}

    def send(self, connection, listens):
        """The request counts as unanswered until its reply arrives."""
        self.unanswered.append(listens)
        kind = "single" if len(listens) == 1 else "import"
        payload = [self.listen(number) for number in listens]
        connection.request("POST", "/1/submit-listens", json.dumps({"listen_type": kind, "payload": payload}),
                           {"Authorization": f"Token {self.secret}"})
        reply = connection.getresponse()
        body = reply.read()
        if reply.status in self.refusals:
            self.refused.append((reply.status, reply.headers))
            return False
        assert reply.status == 200 and json.loads(body) == {"status": "ok"}, (reply.status, body)
        self.unanswered.remove(listens)
        self.acknowledged += listens
        return True

    def run(self, address, answered):
        """First sends unanswered requests again, then new listens while `answered()` returns true."""
        connection = http.client.HTTPConnection(*address, timeout=60)
        try:
            while self.unanswered or answered():
                listens = self.unanswered.pop(0) if self.unanswered else self.next_request()
                if not self.send(connection, listens):
                    time.sleep(PAUSE)
        except (OSError, http.client.HTTPException):
            pass  # the server was killed
        finally:
            connection.close()


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
    return {(FIRST + number, f"song {number}") for number in listens}


def check(server, clients):
    for client in clients:
        found = stored_listens(server, client)
        assert len(found) == len(set(found)), f"{client.user}: a listen is stored twice"
        lost = names(client.acknowledged) - set(found)
        assert not lost, f"{client.user}: acknowledged but lost: {sorted(lost)[:5]} and {len(lost)} in all"
        asked = names(client.acknowledged) | {name for one in client.unanswered for name in names(one)}
        assert set(found) <= asked, f"{client.user}: found a listen that was never sent"
