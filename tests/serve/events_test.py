"""What listeners do with lists, from the reply to the report: nothing acknowledged is lost by kill -9, and nothing counts
twice. The third argument is the kind of store: sqlite or postgresql.

Listeners ask for interleaved lists and report what they saw and clicked, each with a token of their own. The server is
killed amid requests and restarted on the same store; the listeners then send what was not answered again.
"""

import http.client
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from postgres import store_of_kind
from server import Server, make_model, run_until_killed

SEGUE, MAKE_MODEL, STORE = sys.argv[1:4]
KILLS, LISTENERS, SHOWN = 8, 3, 5


class Listener:
    """Asks for lists and reports events until the server is gone."""

    def __init__(self, number, secret):
        self.user, self.secret = f"user{number}", secret
        self.random = random.Random(number)
        self.unanswered = []  # requests: lists of events
        self.acknowledged = []  # events
        self.clicks = 0
        self.lists = 0

    def ask(self, connection, method, path, body=None):
        connection.request(method, path, None if body is None else json.dumps(body),
                           {"Authorization": f"Token {self.secret}"})
        reply = connection.getresponse()
        text = reply.read()
        assert reply.status == 200, (reply.status, text)
        return reply.headers, json.loads(text)

    def next_request(self, connection):
        headers, found = self.ask(connection, "GET", f"/v1/users/{self.user}/recommendations?k={SHOWN}")
        assert found["model"] == "default,other", found["model"]
        self.lists += 1
        events = [{"list": headers["X-Segue-List"], "song": song["id"], "position": place, "event": "impression"}
                  for place, song in enumerate(found["items"], 1)]
        if self.random.random() < 0.5:
            self.clicks += 1
            events.append({**self.random.choice(events), "event": "click"})
        return events

    def send(self, connection, events):
        """Returns what the server says; the request counts as unanswered until then."""
        self.unanswered.append(events)
        _, counts = self.ask(connection, "POST", "/v1/events", {"events": events})
        assert counts["added"] + counts["known"] == len(events) and not counts["refused"], counts
        self.unanswered.remove(events)
        self.acknowledged += events
        return counts

    def run(self, address, answered):
        connection = http.client.HTTPConnection(*address, timeout=60)
        try:
            while self.unanswered or answered():
                self.send(connection, self.unanswered.pop(0) if self.unanswered else self.next_request(connection))
        except (OSError, http.client.HTTPException):
            pass  # the server was killed
        finally:
            connection.close()

    def check(self, address):
        """Everything acknowledged is known."""
        if not self.acknowledged:
            return
        connection = http.client.HTTPConnection(*address, timeout=60)
        _, counts = self.ask(connection, "POST", "/v1/events", {"events": self.acknowledged[-10000:]})
        connection.close()
        assert counts["added"] == 0, f"{self.user}: {counts['added']} acknowledged events were lost"


def report(store, *options):
    return subprocess.run([SEGUE, "report", "--store", store, "--json", *options], capture_output=True, text=True,
                          timeout=60)


def main():
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, store_of_kind(STORE, folder) as store:
        model = make_model(MAKE_MODEL, pathlib.Path(folder) / "model")
        other = make_model(MAKE_MODEL, pathlib.Path(folder) / "other")
        server = Server(SEGUE, model, store, "--token-requests", 0, "--user-requests", 0, "--also", f"other={other}",
                        "--interleave", "default,other")
        listeners = [Listener(i, server.token(f"user{i}", "read", "submit")) for i in range(LISTENERS)]
        done = report(store)
        assert done.returncode == 1 and "no events of lists made in the last 30d" in done.stderr, done.stderr
        unanswered = 0
        for _ in range(KILLS):
            server.start()
            for listener in listeners:
                listener.check(server.address)
            run_until_killed(server, listeners, chance.randint(5, 80))
            unanswered += sum(len(listener.unanswered) for listener in listeners)
        with server.running():
            for listener in listeners:
                listener.run(server.address, lambda: False)
                assert not listener.unanswered
                listener.check(server.address)
        sent = sum(len(listener.acknowledged) for listener in listeners)
        found = json.loads(report(store).stdout)
        assert found["events"] == sent, (found["events"], sent)
        (route,) = found["routes"]
        clicks = sum(listener.clicks for listener in listeners)
        assert route["name"] == "user" and route["click"]["songs"] == clicks, (route, clicks)
        assert route["shown"] == sent - clicks and route["listeners"] == LISTENERS, route
        (duel,) = found["interleaved"]
        assert (duel["model"], duel["against"]) == ("other", "default"), duel
        assert duel["wins"] + duel["losses"] == clicks, (duel, clicks)  # a list has one click at most
        forgotten = subprocess.run([SEGUE, "listens", "forget", "user0", "--store", store, "--json"], check=True,
                                   capture_output=True, text=True, timeout=60)
        assert json.loads(forgotten.stdout)["events"] == len(listeners[0].acknowledged), forgotten.stdout
        assert json.loads(report(store).stdout)["events"] == sent - len(listeners[0].acknowledged)
        print(f"{KILLS} kills, {sent} events, {unanswered} unanswered requests sent again: each counts once")


if __name__ == "__main__":
    main()
