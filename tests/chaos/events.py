"""What happens to the server in the chaos test: each event disturbs it, and returns when it serves as before.

An event takes the world and a random stream that the seed decides. RESTARTS end the process; OTHERS do not, unless the
stream has it killed amid the event.
"""

import contextlib
import os
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "serve"))
from server import Server, eventually  # noqa: E402

DISK = "1g"
PATIENCE = 20     # seconds for the server to serve as before
HALF_DAY = 43_200


class ChaosServer(Server):
    """Its clients may know when it is down on purpose."""

    url = None

    def address_if_up(self):
        url = self.url
        if url is None:
            return None
        parts = urllib.parse.urlparse(url)
        return parts.hostname, parts.port

    def stop(self, patience=60):
        super().stop(patience)
        self.url = None

    def kill(self):
        super().kill()
        self.url = None


class World:
    """A server, its folder, what its clients have had acknowledged, and the judge.

    `folder` has `current`, a link to the model `small` or `large`; `disk` has the store and may be a small file system
    of its own."""

    def __init__(self, server, folder, disk, judge, clock, admin, acknowledged):
        self.server, self.folder, self.disk, self.judge = server, folder, disk, judge
        self.clock, self.admin, self.acknowledged = clock, admin, acknowledged
        self.disk_is_small = False
        self.model = "small"
        self.restarts_allowed = True
        self.kills = 0

    @property
    def store(self):
        return pathlib.Path(self.server.store)

    def kill(self):
        self.server.kill()
        self.kills += 1

    def check_alive(self):
        status = self.server.process.poll()
        if status is not None:
            raise AssertionError(f"the server ended by itself with status {status}: {''.join(self.server.log[-20:])}")

    def is_ready(self):
        self.check_alive()
        with contextlib.suppress(OSError):
            return self.server.ask("GET", "/health/ready")[0] == 200
        return False

    def serves_again(self):
        """Waits for the server to be ready and to acknowledge listens."""
        eventually("ready again", self.is_ready, PATIENCE)
        before = self.acknowledged()
        eventually("listens are acknowledged again",
                   lambda: self.check_alive() or self.judge.faults or self.acknowledged() > before, PATIENCE)

    def link(self, name):
        (self.folder / "next").symlink_to(name)
        os.replace(self.folder / "next", self.folder / "current")


def under_load(chance, most=0.4):
    time.sleep(chance.uniform(0, most))


# ---- the process ends ------------------------------------------------------------------------------------------------

def kill(world, chance):
    """kill -9, and sometimes again while it starts."""
    world.kill()
    if chance.random() < 0.3:
        process = world.server.spawn()
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.communicate()
        world.kills += 1
    world.server.start()


def stop(world, _chance):
    """SIGTERM: the status is 0."""
    world.server.stop(patience=15)
    world.server.start()


def restore_store(world, _chance):
    """The store is copied while the server is down, and the copy takes its place."""
    world.server.stop(patience=15)
    copy = world.folder / "copy.sqlite"
    shutil.copy(world.store, copy)
    for name in ("-wal", "-shm"):
        assert not world.store.with_name(world.store.name + name).exists(), f"a stopped server left its {name}"
    world.store.unlink()
    shutil.move(copy, world.store)
    world.server.start()


def damage_cache(world, chance):
    """kill -9, and files of the search index change before the next start."""
    world.kill()
    files = sorted((world.folder / "cache").iterdir())
    assert files, "there is no search index to damage"
    for file in files:
        data = bytearray(file.read_bytes())
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(data[:chance.randrange(len(data) + 1)] if chance.random() < 0.3 else data)
    world.server.start()


# ---- shortages -------------------------------------------------------------------------------------------------------

def suffer(world, chance, most):
    """Lets the shortage last; a quarter of them end with kill -9. Returns whether the process lives."""
    time.sleep(chance.uniform(0.1, most))
    killed = chance.random() < 0.25 and world.restarts_allowed
    world.check_alive()
    if killed:
        world.kill()
    return not killed


@contextlib.contextmanager
def limited(world, limit, value):
    """The soft limit of the running process; if it is killed meanwhile, a new one has the old limit anyway."""
    pid = world.server.process.pid
    before = resource.prlimit(pid, limit)
    resource.prlimit(pid, limit, (value, before[1]))
    try:
        yield
    finally:
        if world.server.process.poll() is None:
            resource.prlimit(pid, limit, before)


def short_of(world, chance, limit, value, most=0.5):
    with limited(world, limit, value):
        lives = suffer(world, chance, most)
    if not lives:
        world.server.start()


def full_disk(world, chance):
    filler = world.disk / "filler"
    try:
        with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
            free = os.statvfs(world.disk)
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize)
            file.seek(0, os.SEEK_END)
            while True:
                file.write(bytes(1 << 16))
        lives = suffer(world, chance, 0.5)
    finally:
        filler.unlink()
    if not lives:
        world.server.start()


def small_files(world, chance):
    """No file may grow further (ulimit -f)."""
    short_of(world, chance, resource.RLIMIT_FSIZE, 4096)


def no_descriptors(world, chance):
    short_of(world, chance, resource.RLIMIT_NOFILE, chance.choice([1, 16, 24]))


def no_memory(world, chance):
    """No more memory than it has, or a little: of address space, or of memory it may write to."""
    status = pathlib.Path(f"/proc/{world.server.process.pid}/status").read_text()
    limit, name = chance.choice([(resource.RLIMIT_AS, "VmSize"), (resource.RLIMIT_DATA, "VmData")])
    kibibytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:"))
    short_of(world, chance, limit, (kibibytes << 10) + chance.choice([0, 1 << 16, 1 << 20]))


def store_away(world, chance):
    """The store's file is moved away and back: nothing may be acknowledged into a file that has lost its name."""
    away = world.store.with_name("away.sqlite")
    world.store.rename(away)
    try:
        lives = suffer(world, chance, 0.4)
    finally:
        away.rename(world.store)
    if not lives:
        world.server.start()


# ---- the rest --------------------------------------------------------------------------------------------------------

def hang_up(world, chance):
    for _ in range(chance.randint(1, 5)):
        world.server.process.send_signal(signal.SIGHUP)
        time.sleep(chance.uniform(0, 0.02))


def clock_jump(world, chance):
    """The time of day jumps by up to half a day from the true time, in either direction."""
    with open(world.clock, "r+b", buffering=0) as file:
        file.write(struct.pack("=q", chance.randint(-HALF_DAY, HALF_DAY)))


def swap_model(world, _chance):
    world.model = "large" if world.model == "small" else "small"
    world.link(world.model)
    status, _, body = world.server.ask("POST", "/v1/admin/reload", {}, world.admin)
    assert status == 200, f"reload of a good model: {status} {body}"


def bad_model(world, chance):
    """A damaged model is refused, and the old one stays."""
    bad = world.folder / "bad"
    shutil.copytree(world.folder / world.model, bad)
    victim = bad / chance.choice(["vectors.npy", "transitions.arrow", "manifest.json"])
    with open(victim, "r+b") as file:
        file.truncate(chance.randrange(victim.stat().st_size))
    world.link("bad")
    status, _, body = world.server.ask("POST", "/v1/admin/reload", {}, world.admin)
    world.link(world.model)
    assert status == 409, f"reload of a model without the end of {victim.name}: {status} {body}"
    shutil.rmtree(bad)


# name: (event, how often it is chosen)
RESTARTS = {
    "kill -9": (kill, 12),
    "SIGTERM": (stop, 2),
    "store restored from a copy": (restore_store, 1),
    "search index damaged": (damage_cache, 1),
}
OTHERS = {
    "disk full": (full_disk, 2),
    "no file may grow": (small_files, 1),
    "no descriptors": (no_descriptors, 2),
    "no memory": (no_memory, 2),
    "store moved away": (store_away, 1),
    "SIGHUP": (hang_up, 1),
    "clock jump": (clock_jump, 1),
    "model swapped": (swap_model, 1),
    "damaged model": (bad_model, 1),
}
HARMLESS = {"SIGHUP", "clock jump", "model swapped", "damaged model"}  # no request may notice them


def happen(world, name, chance):
    """One event; returns when the server serves as before."""
    event = {**RESTARTS, **OTHERS}[name][0]
    under_load(chance)
    with contextlib.nullcontext() if name in HARMLESS else world.judge.disturbed(name):
        event(world, chance)
        if name not in HARMLESS:
            eventually("ready again", world.is_ready, PATIENCE)
    world.serves_again()


def mount_small_disk(folder):
    """Makes `folder` a small file system of its own, if this user may; returns whether."""
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", folder],
                          capture_output=True).returncode == 0
