"""The load of the chaos test: clients that submit, ask and forget all the time, and judge every reply they get.

A `Judge` knows when the server was disturbed. A request that overlaps no disturbance must succeed. One that does may
lose its connection or get 500, 503 or 507, but never a 4xx or a reply that is wrong. The judge keeps the first broken
promises; the program reports them.
"""

import collections
import contextlib
import http.client
import json
import pathlib
import random
import sys
import threading
import time
import urllib.parse

import jsonschema_rs

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
from submitting import FIRST, Client  # noqa: E402

SHORT = {500, 503, 507}  # "not now": no client drops what it wanted to send
GRACE = 0.5       # seconds after a disturbance in which its consequences may be felt
TIMEOUT = 30      # seconds for a reply
PAUSE = 0.01      # seconds between the requests of a client
MOST_FAULTS = 10  # kept


class Judge:
    """Thread-safe. `counts` has replies by status, and connections that were lost; `refusals` the disturbances that
    requests felt: a shortage that nobody feels would prove nothing."""

    def __init__(self):
        self.lock = threading.Lock()
        self.faults = []
        self.counts = collections.Counter()
        self.refusals = collections.Counter()
        self.disturbed_until = 0.0  # of the last disturbance that is over
        self.disturbance = None     # the name of the present one
        self.last = "none"

    @contextlib.contextmanager
    def disturbed(self, name):
        with self.lock:
            self.disturbance = self.last = name
        try:
            yield
        finally:
            with self.lock:
                self.disturbance, self.disturbed_until = None, time.monotonic() + GRACE

    def excuses(self, begun):
        """Whether a request that was sent at this time, and ends now, overlaps a disturbance."""
        with self.lock:
            return self.disturbance is not None or begun < self.disturbed_until

    def break_promise(self, sentence):
        with self.lock:
            if len(self.faults) < MOST_FAULTS:
                self.faults.append(f"{sentence} (last disturbance: {self.last})")

    def end(self, sentence):
        """The fault that ends the run comes first, whatever followed from it."""
        with self.lock:
            self.faults.insert(0, f"{sentence} (last disturbance: {self.last})")

    def hear(self, begun, request, status, headers, body):
        """Counts a reply; returns whether it is an answer, and not "not now"."""
        with self.lock:
            self.counts[str(status)] += 1
        if status not in SHORT:
            return True
        with self.lock:
            self.refusals[self.last] += 1
        if not self.excuses(begun):
            self.break_promise(f"{request}: {status} though nothing was short: {body[:300]}")
        if status == 503 and not int(headers.get("Retry-After", 0)) > 0:
            self.break_promise(f"{request}: 503 without Retry-After")
        return False

    def lose(self, begun, request, error):
        with self.lock:
            self.counts["connection lost"] += 1
        if isinstance(error, TimeoutError):
            self.break_promise(f"{request}: no reply within {TIMEOUT} s")
        elif not self.excuses(begun):
            self.break_promise(f"{request}: connection lost though nothing happened: {error!r}")


class Listener(Client):
    """Submits listens as a user of its own, and now and then checks that they are there."""

    SIZES = [1, 1, 1, 1, 1, 5]  # an hour makes a million and a half

    def __init__(self, number, secret, judge):
        super().__init__(number, secret, refusals=SHORT)
        self.judge = judge

    def send(self, connection, listens):
        time.sleep(PAUSE)
        begun = time.monotonic()
        request = f"POST /1/submit-listens as {self.user}"
        try:
            added = super().send(connection, listens)
        except (OSError, http.client.HTTPException) as error:
            self.judge.lose(begun, request, error)
            raise
        status, headers = self.refused.pop() if not added else (200, {})
        self.judge.hear(begun, request, status, headers, "")
        return added

    def work(self, server, over):
        while not over.is_set():
            address = server.address_if_up()
            if address is None:
                time.sleep(PAUSE)
                continue
            try:
                # Connections do not last for ever: new ones must be possible too.
                until = time.monotonic() + self.random.uniform(0.2, 2)
                self.run(address, lambda: time.monotonic() < until and not over.is_set())
            except AssertionError as error:
                self.judge.break_promise(f"POST /1/submit-listens as {self.user}: {error}")
                return


class Asker:
    """Asks one thing after another on a connection that it keeps.

    `document` is the server's OpenAPI document."""

    def __init__(self, server, judge, document):
        self.server, self.judge = server, judge
        self.document = document
        self.validators = {}
        self.connection = None
        self.connected_to = None

    def connected(self):
        address = self.server.address_if_up()
        if address != self.connected_to or address is None:
            self.disconnect()
        if address is not None and self.connection is None:
            self.connection, self.connected_to = http.client.HTTPConnection(*address, timeout=TIMEOUT), address
        return self.connection

    def disconnect(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = self.connected_to = None

    def exchange(self, method, path, body, token):
        """(begun, status, headers, bytes) or None."""
        begun = time.monotonic()
        connection = self.connected()
        if connection is None:
            time.sleep(PAUSE)
            return None
        try:
            headers = {"Authorization": f"Token {token}"} if token else {}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            reply = connection.getresponse()
            return begun, reply.status, reply.headers, reply.read()
        except (OSError, http.client.HTTPException) as error:
            self.judge.lose(begun, f"{method} {path}", error)
            self.disconnect()
            time.sleep(PAUSE)
            return None

    def ask(self, method, template, token=None, body=None, expected=(200,), query="", personal=False, **names):
        """(status, JSON, bytes) of the reply of a route, once its form has been judged; None without an answer."""
        path = template.format(**{name: urllib.parse.quote(value) for name, value in names.items()}) + query
        exchanged = self.exchange(method, path, body, token)
        if exchanged is None:
            return None
        begun, status, headers, data = exchanged
        request = f"{method} {path}"
        if not self.judge.hear(begun, request, status, headers, data):
            return None
        if status not in expected:
            self.judge.break_promise(f"{request}: expected {expected}, found {status}: {data[:300]}")
            return None
        if personal and headers.get("Cache-Control") != "no-store":
            self.judge.break_promise(f"{request}: a personal reply without Cache-Control: no-store")
        try:
            parsed = json.loads(data)
        except ValueError:
            self.judge.break_promise(f"{request}: a reply that is no JSON: {data[:300]}")
            return None
        error = next(self.validator(method, template, status).iter_errors(parsed), None)
        if error is not None:
            self.judge.break_promise(f"{request}: not as the OpenAPI document says: {error.message[:200]} at "
                                     f"{list(error.instance_path)}: {data[:300]}")
        return status, parsed, data

    def validator(self, method, template, status):
        key = method, template, status
        if key not in self.validators:
            responses = self.document["paths"][template][method.lower()]["responses"]
            schema = responses[str(status)]["content"]["application/json"]["schema"]
            self.validators[key] = jsonschema_rs.validator_for({**schema, "components": self.document["components"]})
        return self.validators[key]


SAME_FOR_ALL = [  # questions whose reply depends on the model alone
    ("GET", "/v1/songs/{id}/similar", {"id": "song 0", "query": "?k=20"}),
    ("POST", "/v1/recommendations", {"body": {"songs": ["song 0", "song-4"], "k": 20}}),
    ("POST", "/v1/radio", {"body": {"songs": ["song 0"], "length": 8, "seed": 3}}),
]


class Reader(Asker):
    """Searches, asks for recommendations, reads users' listens, and tries to read those of others."""

    def __init__(self, number, server, judge, document, known, listeners, service):
        super().__init__(server, judge, document)
        self.random = random.Random(f"reader {number}")
        self.known, self.listeners, self.service = known, listeners, service

    def work(self, over):
        questions = [self.same_for_all, self.search, self.history, self.recommendations, self.somebody_elses,
                     self.without_token, self.health, self.large_request]
        while not over.is_set():
            self.random.choice(questions)()
            time.sleep(PAUSE)
        self.disconnect()

    def same_for_all(self):
        number = self.random.randrange(len(SAME_FOR_ALL))
        method, template, options = SAME_FOR_ALL[number]
        answer = self.ask(method, template, self.service, **options)
        if answer and answer[2] not in [replies[number] for replies in self.known.values()]:
            self.judge.break_promise(f"{method} {template}: a reply of neither model: {answer[2][:300]}")

    def search(self):
        self.ask("GET", "/v1/songs", self.service, query="?q=song&limit=5")

    def large_request(self):
        """Needs more memory than is lying about: 300 KB of ids to exclude, none of which the model has."""
        self.ask("POST", "/v1/recommendations", self.service,
                 body={"songs": ["song 0"], "exclude": [f"{i:060}" for i in range(5000)], "k": 3})

    def history(self):
        listener = self.random.choice(self.listeners)
        answer = self.ask("GET", "/1/user/{user}/listens", listener.secret, query="?count=25", user=listener.user,
                          personal=True)
        if answer is None:
            return
        found = [(one["listened_at"] - FIRST, one["track_metadata"]["artist_name"], one["track_metadata"]["track_name"])
                 for one in answer[1]["payload"]["listens"]]
        strange = [one for one in found if one[1:] != (listener.user, f"song {one[0]}")]
        if strange or answer[1]["payload"]["user_id"] != listener.user:
            self.judge.break_promise(f"listens of {listener.user}: never sent by this user: {strange}")

    def recommendations(self):
        listener = self.random.choice(self.listeners)
        self.ask("GET", "/v1/users/{user}/recommendations", listener.secret, user=listener.user, query="?k=5",
                 personal=True)

    def somebody_elses(self):
        one, other = self.random.sample(self.listeners, 2)
        template = self.random.choice(["/1/user/{user}/listens", "/v1/users/{user}/recommendations"])
        self.ask("GET", template, one.secret, user=other.user, expected=(401, 403))

    def without_token(self):
        self.ask("GET", "/1/user/{user}/listens", user=self.random.choice(self.listeners).user, expected=(401,))

    def health(self):
        self.ask("GET", "/health/live")


class Forgetter(Asker):
    """Submits listens of users that pass by, forgets them, and checks that nothing is left of them."""

    PAUSE = 2.0  # seconds at least between two
    SHARE = 0.1  # of the time at most, since forgetting rewrites the store
    NAME = "passer-by"

    def __init__(self, server, judge, document, admin):
        super().__init__(server, judge, document)
        self.random = random.Random("forgetter")
        self.admin = admin
        self.forgotten = 0

    def work(self, over):
        while not over.is_set():
            begun = time.monotonic()
            self.forget_one(over)
            over.wait(max(self.PAUSE, (time.monotonic() - begun) / self.SHARE))
        self.disconnect()

    def until_answered(self, over, *arguments, **options):
        """Repeats a request as clients do; None when the run is over, or a promise is broken."""
        while not over.is_set() and not self.judge.faults:
            answer = self.ask(*arguments, **options)
            if answer:
                return answer[1]
            time.sleep(0.05)
        return None

    def forget_one(self, over):
        user = f"{self.NAME} {self.forgotten}"
        sent = [{"user": user, "listened_at": FIRST + n, "artist": user, "title": f"song {n}"}
                for n in range(self.random.randint(1, 40))]
        added = self.until_answered(over, "POST", "/v1/listens", self.admin, body={"listens": sent})
        if added is None:
            return
        stored = self.count(over, user)
        if stored is not None and stored != len(sent):
            self.judge.break_promise(f"{user}: {len(sent)} listens acknowledged, {stored} stored")
        gone = self.until_answered(over, "DELETE", "/v1/users/{user}", self.admin, user=user)
        if gone is None:
            return
        if gone["listens"] not in (0, len(sent)):  # 0: an earlier request did it, and its reply was lost
            self.judge.break_promise(f"{user}: {len(sent)} listens stored, {gone['listens']} forgotten")
        self.forgotten += 1
        left = self.count(over, user)
        if left:
            self.judge.break_promise(f"{user}: forgotten, and {left} listens are left")

    def count(self, over, user):
        answer = self.until_answered(over, "GET", "/1/user/{user}/listen-count", self.admin, user=user)
        return None if answer is None else answer["payload"]["count"]
