"""A real `segue serve` with a small model, for tests that connect to it."""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

START_SECONDS = 60


class Server:
    """`segue serve` on a free local port, with a store that outlives it: a path, or postgresql://..."""

    def __init__(self, segue, model, store, *options):
        self.segue, self.store = segue, store
        self.model = model if "://" in str(model) else pathlib.Path(model)
        self.options = [str(option) for option in options]
        self.environment = {}  # variables that only the server gets
        self.process = None
        self.url = None
        self.log = []

    @property
    def address(self):
        """(host, port) of the running server."""
        parts = urllib.parse.urlparse(self.url)
        return parts.hostname, parts.port

    def token(self, user, *scopes):
        """The secret of a new token; with user "" it is a service's."""
        arguments = ["token", "create", "--store", self.store, "--name", "test", "--json"]
        if user:
            arguments += ["--user", user]
        arguments += [f"--{scope}" for scope in scopes]
        done = subprocess.run([self.segue, *map(str, arguments)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["secret"]

    def spawn(self, command=None):
        """A process that starts to serve."""
        return subprocess.Popen(
            command or [self.segue, "serve", self.model, "--port", "0", "--store", self.store, *self.options],
            env={**os.environ, **self.environment}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def start(self, command=None):
        """Starts it, and returns when it listens. `command` replaces the command line made from the options."""
        self.process = self.spawn(command)
        listening = threading.Event()

        def read_log():
            for line in self.process.stderr:
                self.log.append(line)
                found = re.search(r" at (https?://[0-9.]+:[0-9]+)/", line)
                if found and not listening.is_set():
                    self.url = found[1]
                    listening.set()
            listening.set()  # it ended: the assertion below fails

        self.reader = threading.Thread(target=read_log, daemon=True)
        self.url = None
        self.reader.start()
        assert listening.wait(START_SECONDS) and self.url, "".join(self.log)
        return self

    def stop(self, patience=60):
        """Sends SIGTERM: the server must end within `patience` seconds, with status 0."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=patience)
        self.reader.join()
        assert status == 0, (status, "".join(self.log))

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()

    @contextlib.contextmanager
    def running(self):
        self.start()
        try:
            yield self
        finally:
            if self.process.poll() is None:
                self.stop()

    def ask(self, method, path, body=None, token=None):
        """(status, headers, JSON) of the reply, whatever the status."""
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if token:
            request.add_header("Authorization", f"Token {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, reply.headers, json.loads(reply.read())
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.loads(error.read())


def eventually(what, is_so, patience=60):
    until = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < until, f"{what}: not within {patience} s"
        time.sleep(0.02)


def make_model(program, folder, songs=24):
    subprocess.run([program, folder, str(songs)], check=True)
    return folder


def write_listens(file):
    """A log of 400 listens of ann, to 91 songs."""
    rows = (f"ann,{1600000000 + 200 * i},Artist {i % 7},Song {i % 13}\n" for i in range(400))
    file.write_text("user,ts,artist,title\n" + "".join(rows))
    return file


def run_until_killed(server, clients, answers):
    """Lets the clients send until this many requests are answered, then kills the server amid the next ones.

    A client has run(address, answered), which sends until answered(), called after each reply, is false or nobody
    answers.
    """
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
    assert reached.wait(120), "the server stopped answering"
    server.kill()
    for thread in threads:
        thread.join()
