"""Models that lie elsewhere, behind HTTP and in a store of the S3 protocol: fetched, verified, replaced, kept."""

import functools
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import boto3

from server import Server, eventually, make_model

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]
# Signatures are checked by nobody here; the store only wants some.
os.environ |= {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests-only", "AWS_EC2_METADATA_DISABLED": "true"}


class Files(http.server.SimpleHTTPRequestHandler):
    asked = []

    def log_message(self, *_):
        self.asked.append(self.path)


def digest_of(model):
    return json.loads((model / "manifest.json").read_text())["digest"]


def served(server, token):
    return server.ask("GET", "/v1/models", token=token)[2]["items"][0]["digest"]


def events(server, event):
    lines = [json.loads(line) for line in list(server.log) if line.startswith("{")]
    return [line for line in lines if line["event"] == event]


def publish(model, place):
    """The manifest last, as docs/serve.md says."""
    for file in sorted(model.iterdir(), key=lambda file: file.name == "manifest.json"):
        shutil.copy(file, place / file.name)


def behind_http(folder, small, large):
    place = folder / "published"
    place.mkdir()
    publish(small, place)
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=folder))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    server = Server(SEGUE, f"http://127.0.0.1:{web.server_port}/published", folder / "listens.sqlite", "--fetch-every", "50ms",
                    "--watch", "50ms", "--cache", folder / "cache")
    token = server.token("", "read", "admin")
    with server.running():
        assert served(server, token) == digest_of(small)
        # Half of a new model, as while it is uploaded, or a damaged one: the old one stays in service.
        publish(large, place)
        whole = (place / "vectors.npy").read_bytes()
        (place / "vectors.npy").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        eventually("it is refused", lambda: any("vectors.npy" in line["reason"] for line in events(server, "model not fetched")))
        assert served(server, token) == digest_of(small)
        (place / "vectors.npy").write_bytes(whole)
        eventually("the new model is served", lambda: served(server, token) == digest_of(large))
        assert events(server, "model fetched")
        # What both have is not fetched twice.
        shutil.copytree(large, folder / "mapped")
        subprocess.run([SEGUE, "map", folder / "mapped", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        Files.asked.clear()
        publish(folder / "mapped", place)
        eventually("it has a map", lambda: served(server, token) == digest_of(folder / "mapped"))
        assert "/published/map.arrow" in Files.asked and "/published/vectors.npy" not in Files.asked, set(Files.asked)
        assert len([entry for entry in (folder / "cache/models").iterdir() if entry.is_dir() and not entry.is_symlink()]) == 2
    # Nobody answers any more: the model that was fetched last is served.
    web.shutdown()
    web.server_close()
    with server.running():
        assert events(server, "model not fetched")
        assert served(server, token) == digest_of(folder / "mapped")


def refused(message, *arguments):
    done = subprocess.run([SEGUE, "serve", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.returncode in (1, 2) and message in done.stderr, done


def behind_s3(folder, small, large):
    store = subprocess.Popen([pathlib.Path(sys.executable).parent / "moto_server", "-H", "127.0.0.1", "-p", "0"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        address = next(line for line in store.stderr if "http://127.0.0.1:" in line).split("http://")[1].split()[0]
        threading.Thread(target=store.stderr.read, daemon=True).start()
        bucket = boto3.client("s3", endpoint_url=f"http://{address}", region_name="us-east-1")
        bucket.create_bucket(Bucket="models")

        def upload(model):
            for file in sorted(model.iterdir(), key=lambda file: file.name == "manifest.json"):
                bucket.upload_file(str(file), "models", f"current/{file.name}")

        upload(small)
        query = urllib.parse.urlencode({"endpoint_override": address, "scheme": "http", "region": "us-east-1"})
        server = Server(SEGUE, f"s3://models/current?{query}", folder / "of-s3.sqlite", "--fetch-every", "50ms", "--watch",
                        "50ms")
        token = server.token("", "read", "admin")
        with server.running():
            assert served(server, token) == digest_of(small)
            upload(large)
            eventually("the new model is served", lambda: served(server, token) == digest_of(large))
        refused("manifest.json: no such file", f"s3://models/none?{query}", "--store", folder / "of-s3.sqlite")
    finally:
        store.terminate()
        store.wait()


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    small, large = make_model(MAKE_MODEL, folder / "small", 24), make_model(MAKE_MODEL, folder / "large", 30)
    behind_http(folder, small, large)
    behind_s3(folder, small, large)
    refused("expected s3://, gs://, http:// or https://", "ftp://example.org/model", "--store", folder / "s.sqlite")
    refused("--store: expected one with a model that lies elsewhere", "http://127.0.0.1:9/model")
    refused("--retrain: expected models that are folders here", "http://127.0.0.1:9/model", "--store", folder / "s.sqlite",
            "--retrain", "daily")
print("models from elsewhere are served whole or not at all")
