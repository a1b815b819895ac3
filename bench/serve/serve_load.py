"""A served model under load: requests a second and latencies of `segue serve`, the bare index and a FastAPI service.

    .venv/bin/python bench/serve/serve_load.py MODEL
    .venv/bin/python bench/serve/serve_load.py MODEL --seconds 5 --only health song similar
    .venv/bin/python bench/serve/serve_load.py MODEL --tls          # the same over HTTPS
    .venv/bin/python bench/serve/serve_load.py MODEL --soak 10      # only ten minutes of everything at once
    .venv/bin/python bench/serve/serve_load.py MODEL --other MODEL2 # only twenty swaps of these two under load

The server has one core to itself, the client (wrk) another; songs are drawn evenly. "of the bare index" is the rate of
the same kind of searches (k = 50) by index_search in one thread, measured before and after with the other core as busy
as wrk keeps it: two cores of one machine are not two machines. The peer is a common first service: FastAPI on uvicorn,
faiss' HNSW over the same vectors (fastapi_peer.py). Listens are submitted as scrobblers do, each a new one of 300
bytes, to an SQLite file in the folder for temporary files; an answer means that they are on the disk. A soak reports
the server's memory over time. A swap replaces a link, as a deployment does, and asks the server to reload, while
everything is requested at half of the possible rate; no request may fail. Needs Debian's wrk and
tools/requirements-bench.txt.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import numpy as np
import pyarrow as pa

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/support"))
import table  # noqa: E402

K = 50
SONGS_ASKED = 2000
HISTORY = 20
SERVER_CORE, CLIENT_CORE = "0", "1"


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release/bin")
    parser.add_argument("--seconds", type=int, default=10, help="of each measurement")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", nargs="*", help="names of the lines to run")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--other", type=pathlib.Path, metavar="MODEL2")
    parser.add_argument("--soak", type=float, default=0, metavar="MINUTES")
    parser.add_argument("--peer", action=argparse.BooleanOptionalAction, default=True)
    arguments = parser.parse_args()
    for model in (arguments.model, arguments.other or arguments.model):
        if not (model / "songs.arrow").is_file():
            parser.error(f"{model}: expected a model folder, as segue train writes it")
    return arguments


def ids_of(model):
    with pa.memory_map(str(model / "songs.arrow")) as source:
        ids = pa.ipc.open_file(source).read_all()["id"]
    generator = np.random.default_rng(1)
    return [ids[int(row)].as_py() for row in generator.integers(0, len(ids), SONGS_ASKED)]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def serving(command, address, environment=None):
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *map(str, command)], stdout=log, stderr=log,
                                   env={**os.environ, **(environment or {})})
        try:
            for _ in range(1200):
                if process.poll() is not None:
                    log.seek(0)
                    sys.exit(log.read().decode(errors="replace")[-2000:])
                with contextlib.suppress(OSError):
                    open_url(f"{address}/health/live", timeout=5).close()
                    break
                time.sleep(0.25)
            yield process
        finally:
            process.terminate()
            process.wait(60)


def script_of(folder, name, requests, delay):
    """A wrk script that goes through `requests`: (method, path, body)."""
    lines = [f"r = {{}}", "i = 0", 'h = {["Content-Type"] = "application/json"}']
    lines += [f"r[{n + 1}] = {{{json.dumps(method)}, {json.dumps(path)}, {json.dumps(body)}}}".replace("null", "nil")
              for n, (method, path, body) in enumerate(requests)]
    lines += ["function request() i = i % #r + 1; local one = r[i]; return wrk.format(one[1], one[2], h, one[3]) end"]
    if delay:
        lines += [f"function delay() return {delay} end"]
    file = pathlib.Path(folder) / f"{name}.lua"
    file.write_text("\n".join(lines))
    return file


def submit_script(folder, secret, batch, delay=0):
    """A wrk script that submits `batch` listens at a time, none of them twice."""
    after = {"artist_name": "An artist", "track_name": "A title of some length", "release_name": "An album",
             "additional_info": {"recording_mbid": "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae", "media_player": "a player",
                                 "submission_client": "a scrobbler", "submission_client_version": "1.2.3"}}
    text = json.dumps(json.dumps(after)[1:])
    lines = [f"local n, after = {time.time_ns() // 1_000_000 % 100_000_000 + 1_100_000_000}, {text}",
             'h = {["Content-Type"] = "application/json", ["Authorization"] = "Token ' + secret + '"}',
             "function request()", "  local out = {}", f"  for i = 1, {batch} do", "    n = n + 1",
             """    out[i] = '{"listened_at":' .. n .. ',"track_metadata":{"tracknumber":' .. n .. ',' .. after .. '}'""",
             "  end",
             f"""  local body = '{{"listen_type":"{"single" if batch == 1 else "import"}","payload":[' .. table.concat(out, ",") .. ']}}'""",
             '  return wrk.format("POST", "/1/submit-listens", h, body)', "end"]
    if delay:
        lines += [f"function delay() return {delay} end"]
    file = pathlib.Path(folder) / f"submit-{batch}.lua"
    file.write_text("\n".join(lines))
    return file


def to_seconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}[unit]


def address_of(arguments, port):
    return f"{'https' if arguments.tls else 'http'}://127.0.0.1:{port}"


def open_url(asked, timeout):
    return urllib.request.urlopen(asked, timeout=timeout, context=ssl._create_unverified_context())


def wrk_command(port, script, connections, seconds, arguments):
    return ["taskset", "-c", CLIENT_CORE, "wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--latency", "-s",
            str(script), address_of(arguments, port)]


def wrk(port, requests, arguments, folder, delay=0):
    return run_wrk(port, script_of(folder, "load", requests, delay), arguments)


def run_wrk(port, script, arguments):
    command = wrk_command(port, script, arguments.connections, arguments.seconds, arguments)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return read_wrk(done.stdout)


def read_wrk(text):
    faults = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    assert not faults and "Socket errors" not in text, text
    return {"rate": float(re.search(r"Requests/sec:\s+([0-9.]+)", text).group(1)),
            **{name: to_seconds(re.search(rf"\n +{name[1:]}% +(\S+)", text).group(1)) for name in ("p50", "p99")}}


def measure(port, requests, arguments, folder):
    """At full load, and what the slowest hundredth waits at half of it."""
    full = wrk(port, requests, arguments, folder)
    # Each connection asks, waits for the answer, then `delay`: so that together they ask half as often.
    delay = max(1, round(1000 * arguments.connections / (full["rate"] / 2)))
    half = wrk(port, requests, arguments, folder, delay)
    return full, half


def bare_index(arguments):
    """Searches a second, and recall. Through the model's graph; of a model without one, through one that is made here."""
    made = json.loads((arguments.model / "manifest.json").read_text()).get("index", {})
    with tempfile.TemporaryDirectory() as folder:
        graph = arguments.model / "index.hnsw"
        where = ([f"file={graph}", "build=false", f"search_width={made['search_width']}"] if graph.is_file()
                 else [f"file={folder}/index.hnsw"])
        command = ["taskset", "-c", SERVER_CORE, arguments.build / "index_search",
                   f"vectors={arguments.model / 'vectors.npy'}", f"k={K}", f"queries={SONGS_ASKED}", "judged=100", "runs=3", "threads=1", "widths=false", *where]
        busy = subprocess.Popen(["taskset", "-c", CLIENT_CORE, sys.executable, "-c", "while True: pass"])
        try:
            output = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout
        finally:
            busy.kill()
            busy.wait()
    auto = json.loads(output.splitlines()[-1])
    return 1 / auto["wall"], auto["recall"]


def histories_of(arguments):
    """As sessions are: bench/recommend/recommend_lists walks along the model's transitions, from anywhere."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "histories"
        subprocess.run([arguments.build / "recommend_lists", f"model={arguments.model}", f"heard={HISTORY}",
                        f"histories={SONGS_ASKED}", f"write={file}"], check=True)
        return [json.loads(line) for line in file.read_text().splitlines()]


def questions(ids, histories):
    quoted = [urllib.parse.quote(one, safe="") for one in ids]
    return {
        "health": [("GET", "/health/live", None)],
        "song": [("GET", f"/v1/songs/{one}", None) for one in quoted],
        "similar": [("GET", f"/v1/songs/{one}/similar?k={K}", None) for one in quoted],
        "recommendations": [("POST", "/v1/recommendations", json.dumps({"songs": one, "k": K})) for one in histories],
        "recommendations by vectors": [("POST", "/v1/recommendations", json.dumps({"songs": one, "k": K, "by": "vectors"}))
                                       for one in histories],
    }


def resident_mb(process):
    """Of the server's own, without the files it has mapped."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status).group(1)) / 1024


def secret_for(arguments, store, user):
    done = subprocess.run([arguments.build / "segue", "token", "create", "--store", store, "--name", "load", "--user", user,
                           "--read", "--submit", "--admin", "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["secret"]


def submissions(port, secret, arguments, folder):
    rows = [["listens a request", "listens/s", "requests/s", "p50, ms", "p99, ms"]]
    for batch in (1, 10, 100, 1000):
        full = run_wrk(port, submit_script(folder, secret, batch), arguments)
        rows.append([f"{batch:,}", f"{full['rate'] * batch:,.0f}", f"{full['rate']:,.0f}", milliseconds(full["p50"]),
                     milliseconds(full["p99"])])
        print(rows[-1], flush=True)
    return rows


def soak(process, port, secret, asked, arguments, folder):
    """Everything at once for as long as asked; what the server held at its minutes."""
    seconds = round(60 * arguments.soak)
    scripts = [script_of(folder, "mixed", mixed(asked), 0), submit_script(folder, secret, 10, delay=50)]
    loads = [subprocess.Popen(wrk_command(port, script, 8, seconds, arguments), stdout=subprocess.PIPE, text=True) for script in scripts]
    rows = [["minute", "memory, MB"]]
    begin = time.monotonic()
    while any(load.poll() is None for load in loads):
        minute = (time.monotonic() - begin) / 60
        if minute >= len(rows) - 1:
            rows.append([f"{minute:.0f}", f"{resident_mb(process):.1f}"])
            print(rows[-1], flush=True)
        time.sleep(1)
    for load, name in zip(loads, ("mixed", "submissions of 10")):
        print(name, read_wrk(load.communicate()[0]))
    return rows


def milliseconds(seconds):
    return f"{1e3 * seconds:.2f}"


def mixed(asked):
    """One of each kind after the other."""
    return [one for those in zip(*(those * (SONGS_ASKED // len(those)) for those in asked.values())) for one in those]


SWAPS = 20


def swaps(port, secret, served, asked, arguments, folder):
    """Swaps the served link between two models, under half of the load that is possible."""
    questions = mixed(asked)
    _, before = measure(port, questions, arguments, folder)
    script = pathlib.Path(folder) / "load.lua"  # of the half load
    load = subprocess.Popen(wrk_command(port, script, arguments.connections, 3600, arguments), stdout=subprocess.PIPE, text=True)
    took = []
    for swap in range(SWAPS):
        model = (arguments.other, arguments.model)[swap % 2]
        (served.parent / "next").symlink_to(model.resolve())
        os.replace(served.parent / "next", served)
        begin = time.monotonic()
        reload = urllib.request.Request(f"{address_of(arguments, port)}/v1/admin/reload", data=b"{}", method="POST",
                                        headers={"Content-Type": "application/json", "Authorization": f"Token {secret}"})
        with open_url(reload, timeout=300) as reply:
            assert reply.status == 200
        took.append(time.monotonic() - begin)
        print(f"swap {swap + 1}: {took[-1]:.1f} s", flush=True)
    load.send_signal(signal.SIGINT)  # it prints what it measured
    during = read_wrk(load.communicate()[0])
    rows = [["", "requests/s", "p50, ms", "p99, ms"]]
    for name, one in (("half load, before", before), (f"half load, {SWAPS} swaps", during)):
        rows.append([name, f"{one['rate']:,.0f}", milliseconds(one["p50"]), milliseconds(one["p99"])])
    print(f"a swap took {sorted(took)[SWAPS // 2]:.1f} s (median); no request failed")
    return rows


def certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
                    "-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"], check=True, capture_output=True)
    return ["--tls-certificate", f"{folder}/certificate.pem", "--tls-key", f"{folder}/key.pem"]


@contextlib.contextmanager
def segue(arguments, folder, model=None):
    """A server of the model on one core: its process, its port, and a token of a user."""
    port = free_port()
    store = f"{folder}/listens.sqlite"
    secret = secret_for(arguments, store, "load")
    command = [arguments.build / "segue", "serve", model or arguments.model, "--port", port, "--io-threads", 1, "--open-loopback",
               "--store", store, "--address-requests", 0, "--user-requests", 0, "--token-requests", 0, "--quiet"]
    if arguments.tls:
        command += certificate(folder)
    with serving(command, address_of(arguments, port)) as process:
        yield process, port, secret


def main():
    arguments = parse()
    ids = ids_of(arguments.model)
    asked = {name: those for name, those in questions(ids, histories_of(arguments)).items()
             if not arguments.only or name in arguments.only}
    if arguments.soak > 0:
        with tempfile.TemporaryDirectory() as folder, segue(arguments, folder) as (process, port, secret):
            print(table.markdown(soak(process, port, secret, asked, arguments, folder)))
        return
    if arguments.other:
        with tempfile.TemporaryDirectory() as folder:
            served = pathlib.Path(folder) / "current"
            served.symlink_to(arguments.model.resolve())
            with segue(arguments, folder, served) as (_, port, secret):
                print(table.markdown(swaps(port, secret, served, asked, arguments, folder)))
        return
    bare, recall = bare_index(arguments)
    bares = [bare]
    rows = [["one core", "requests/s", "of the bare index", "p50, ms", "p99, ms", "p99 at half load, ms"],
            [f"bare index, k = {K} (recall {recall:.3f})", "", "1.00", "", "", ""]]
    listens = []
    with tempfile.TemporaryDirectory() as folder:
        with segue(arguments, folder) as (_, port, secret):
            for name, those in asked.items():
                full, half = measure(port, those, arguments, folder)
                searches = name not in ("health", "song")
                if searches:
                    bares.append(bare_index(arguments)[0])
                of_bare = full["rate"] / (sum(bares[-2:]) / 2)
                rows.append([f"segue serve: {name}", f"{full['rate']:,.0f}", f"{of_bare:.2f}" if searches else "",
                             milliseconds(full["p50"]), milliseconds(full["p99"]), milliseconds(half["p99"])])
                print(rows[-1], flush=True)
            if not arguments.only or "submit" in arguments.only:
                listens = submissions(port, secret, arguments, folder)
        if arguments.peer and "similar" in asked and not arguments.tls:
            port = free_port()
            peer = [sys.executable, ROOT / "bench/serve/fastapi_peer.py", arguments.model, port]
            with serving(peer, address_of(arguments, port), {"OMP_NUM_THREADS": "1"}):
                full, half = measure(port, asked["similar"], arguments, folder)
                rows.append(["FastAPI + faiss: similar", f"{full['rate']:,.0f}", f"{full['rate'] / bares[-1]:.2f}",
                             milliseconds(full["p50"]), milliseconds(full["p99"]), milliseconds(half["p99"])])
    bare = sorted(bares)[len(bares) // 2]
    rows[1][1], rows[1][3] = f"{bare:,.0f}", milliseconds(1 / bare)
    print(table.markdown(rows))
    if listens:
        print(table.markdown(listens))


if __name__ == "__main__":
    main()
