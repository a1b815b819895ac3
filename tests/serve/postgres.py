"""A PostgreSQL server for one test, that can be stopped and restarted. For C++: tests/support/postgres_server.h."""

import contextlib
import os
import pathlib
import pwd
import signal
import subprocess
import tempfile
import time

PATIENCE = 60  # seconds


class Postgres:
    """In a folder of its own, with a socket there. PostgreSQL refuses root, so root runs it as the user postgres."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        versions = [found.parent for found in pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")]
        assert versions, "no PostgreSQL server in /usr/lib/postgresql/*/bin: `tools/setup test` installs one"
        self.programs = max(versions, key=lambda bin: int(bin.parent.name))
        self.identity = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.run("initdb", "--pgdata=data", "--username=segue", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
                 "--no-sync", "--no-instructions")
        self.process = None

    def run(self, program, *arguments):
        done = subprocess.run([self.programs / program, *arguments], cwd=self.folder, capture_output=True, text=True,
                              **self.identity)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self):
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", "data", "-c", "listen_addresses=", "-c",
             f"unix_socket_directories={self.folder}", "-c", "shared_buffers=32MB"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.identity)
        until = time.monotonic() + PATIENCE
        while subprocess.run([self.programs / "pg_isready", "-q", "-h", self.folder]).returncode != 0:
            assert self.process.poll() is None and time.monotonic() < until, "postgres does not respond"
            time.sleep(0.05)

    def stop(self):
        """Stops at once: connections are cut, uncommitted transactions are rolled back."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)

    def kill(self):
        """Stops as in a crash: it recovers at the next start."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(PATIENCE)

    def new_database(self, name):
        """The URL of a new, empty database."""
        self.run("createdb", "-h", self.folder, "-U", "segue", name)
        return f"postgresql:///{name}?host={self.folder}&user=segue"


@contextlib.contextmanager
def running_postgres():
    with tempfile.TemporaryDirectory(prefix="segue-pg-", dir="/tmp") as folder:  # a socket's path must be short
        server = Postgres(folder)
        server.start()
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.kill()


@contextlib.contextmanager
def store_of_kind(kind, folder):
    """The --store of a new store: "sqlite" in `folder`, or "postgresql" on a server started for it."""
    if kind == "sqlite":
        yield pathlib.Path(folder) / "listens.sqlite"
        return
    assert kind == "postgresql", kind
    with running_postgres() as server:
        yield server.new_database("listens")
