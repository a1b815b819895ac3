"""Signals at every moment of a server's life, and of a command's: SIGHUP reloads and never ends a server, SIGTERM and
SIGINT end it with status 0 at any time, a second one ends it at once, SIGPIPE does nothing. The service manager is told.
"""

import concurrent.futures
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

from server import Server, make_model

SEGUE, MAKE_MODEL = (os.path.abspath(word) for word in sys.argv[1:])
MOMENTS = 8
PATIENCE = 30  # seconds


def blocks(process, number):
    """Whether main() has blocked this signal. (Before, starting a thread blocks all of them for a moment.)"""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    mask = int(next(line for line in status.splitlines() if line.startswith("SigBlk:")).split()[1], 16)
    return bool(mask >> (number - 1) & 1) and not mask >> (signal.SIGUSR1 - 1) & 1


def wait_until_held(process, number):
    """Returns within a millisecond of main()'s first line."""
    until = time.monotonic() + PATIENCE
    while not blocks(process, number):
        assert time.monotonic() < until and process.poll() is None, "signals are never held"


def spawn(folder, name, held=()):
    """`held`: signals that are blocked from the very start, as if sent right before main()."""
    options = ["--port", "0", "--store", folder / f"{name}.sqlite", "--cache", folder / f"{name}.cache"]
    return subprocess.Popen([SEGUE, "serve", folder / "model", *options], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True,
                            preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, held))


def seconds_to_start(folder):
    started = time.monotonic()
    process = spawn(folder, "measured")
    assert "serving" in process.stderr.readline()
    process.terminate()
    assert process.wait(PATIENCE) == 0
    return time.monotonic() - started


def hang_up_before_main(folder, attempt):
    process = spawn(folder, f"first{attempt}", held=[signal.SIGHUP])
    process.send_signal(signal.SIGHUP)
    check_reloads(process, "before main")


def hang_up_while_starting(folder, delay):
    process = spawn(folder, f"hup{delay}")
    wait_until_held(process, signal.SIGHUP)
    time.sleep(delay)
    for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGHUP):
        process.send_signal(number)
    check_reloads(process, delay)


def check_reloads(process, delay):
    lines = []
    while not any("model loaded" in line for line in lines):
        line = process.stderr.readline()
        assert line, (delay, process.wait(), lines)
        lines.append(line)
    process.terminate()
    process.stderr.read()
    assert process.wait(PATIENCE) == 0, (delay, lines)


def stop_while_starting(folder, delay, number):
    process = spawn(folder, f"stop{number}-{delay}")
    wait_until_held(process, number)
    time.sleep(delay)
    process.send_signal(number)
    log = process.stderr.read()
    assert process.wait(PATIENCE) == 0, (number, delay, process.returncode, log)


def check_start(folder):
    whole = seconds_to_start(folder)
    delays = [whole * moment / MOMENTS for moment in range(MOMENTS)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [pool.submit(hang_up_before_main, folder, attempt) for attempt in range(MOMENTS)]
        waiting += [pool.submit(hang_up_while_starting, folder, delay) for delay in delays]
        waiting += [pool.submit(stop_while_starting, folder, delay, number)
                    for number in (signal.SIGTERM, signal.SIGINT) for delay in delays]
        for one in waiting:
            one.result()


@contextlib.contextmanager
def a_request_in_flight(server):
    """A request that the server has begun to read; the block ends it. Yields its connection."""
    with socket.create_connection(server.address, timeout=PATIENCE) as connection:
        connection.sendall(b"POST /v1/recommendations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 25\r\n\r\n{")
        time.sleep(0.2)  # until it is read
        yield connection


def check_stop(folder):
    """While a request is being finished, only a second signal to stop ends the server."""
    server = Server(SEGUE, folder / "model", folder / "stop.sqlite", "--open-loopback").start()
    with a_request_in_flight(server) as connection:
        server.process.send_signal(signal.SIGTERM)
        for _ in range(20):
            server.process.send_signal(signal.SIGHUP)
            server.process.send_signal(signal.SIGPIPE)
            time.sleep(0.01)
        connection.sendall(b'"songs": ["song 0"]    }')
        assert connection.recv(100).startswith(b"HTTP/1.1 200"), "".join(server.log)
    assert server.process.wait(PATIENCE) == 0, "".join(server.log)
    for number in (signal.SIGTERM, signal.SIGINT):
        server = Server(SEGUE, folder / "model", folder / "stop.sqlite", "--open-loopback").start()
        with a_request_in_flight(server):
            server.process.send_signal(number)
            time.sleep(0.1)
            server.process.send_signal(number)
            assert server.process.wait(2) == -number, server.process.returncode


def check_service_manager(folder, name):
    """systemd's end of NOTIFY_SOCKET: a path, or an abstract name."""
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind("\0" + name[1:] if name.startswith("@") else name)
    manager.settimeout(PATIENCE)
    state = lambda: manager.recv(4096).decode().splitlines()  # noqa: E731
    os.environ["NOTIFY_SOCKET"] = name
    try:
        server = Server(SEGUE, folder / "model", folder / "notify.sqlite").start()
        ready, status = state()
        assert ready == "READY=1" and status.startswith("STATUS=serving "), (ready, status)
        assert server.ask("GET", "/health/ready")[0] == 200
        server.process.send_signal(signal.SIGHUP)
        reloading, since, _ = state()
        assert reloading == "RELOADING=1" and 0 < int(since.removeprefix("MONOTONIC_USEC=")), (reloading, since)
        assert state()[0] == "READY=1"
        server.stop()
        assert state()[0] == "STOPPING=1"
    finally:
        del os.environ["NOTIFY_SOCKET"]
        manager.close()


def check_commands(folder):
    """SIGHUP stops other commands, unless nohup started them."""
    rows = "".join(f"u{user},{1_700_000_000 + user * 9000 + song * 200},s{song}\n" for user in range(600) for song in range(20))
    (folder / "listens.csv").write_text("user,time,song_id\n" + rows)
    subprocess.run([SEGUE, "ingest", "listens.csv", "-o", "dataset"], cwd=folder, check=True, capture_output=True)
    train = [SEGUE, "train", "dataset", "-o", "trained", "--epochs", "10000", "--quiet"]
    process = subprocess.Popen(train, cwd=folder, stderr=subprocess.DEVNULL)
    wait_until_held(process, signal.SIGHUP)
    process.send_signal(signal.SIGHUP)
    assert process.wait(PATIENCE) == 130, process.returncode

    process = subprocess.Popen(["nohup", *train], cwd=folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_until_held(process, signal.SIGTERM)
    for _ in range(10):
        process.send_signal(signal.SIGHUP)
        time.sleep(0.02)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 130, process.returncode


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    make_model(MAKE_MODEL, folder / "model")
    check_start(folder)
    check_stop(folder)
    check_service_manager(folder, str(folder / "notify"))
    check_service_manager(folder, f"@segue-test-{os.getpid()}")
    check_commands(folder)
    print(f"signals at {4 * MOMENTS} moments of starting and at each stage of stopping")
