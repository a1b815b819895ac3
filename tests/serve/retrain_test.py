"""A service makes its own next model while it serves: the new one is loaded, a refused one changes nothing."""

import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

from server import Server, eventually, make_model, write_listens

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]


def metric(server, token, result):
    request = urllib.request.Request(server.url + "/metrics", headers={"Authorization": f"Token {token}"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        text = reply.read().decode()
    line = next(line for line in text.splitlines() if line.startswith(f'segue_retrains_total{{result="{result}"}}'))
    return float(line.split()[1])


def logged(server, event):
    lines = [json.loads(line) for line in list(server.log) if line.startswith("{")]
    return [line for line in lines if line["event"] == event]


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    listens = write_listens(folder / "listens.csv")
    store, model, config = folder / "listens.sqlite", make_model(MAKE_MODEL, folder / "model"), folder / "retrain.toml"
    subprocess.run([SEGUE, "listens", "import", listens, "--store", store, "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    config.write_text('[retrain]\nmin_songs = 1\nmin_learned = 0.9\nkeep = false\n')
    server = Server(SEGUE, model, store, "--retrain", "1s", "--retrain-config", config, "--watch", "50ms")
    token = server.token("", "read", "admin")
    with server.running():
        eventually("it is refused", lambda: logged(server, "retraining failed"))
        assert "--min-learned" in logged(server, "retraining failed")[0]["reason"], server.log
        assert metric(server, token, "failed") >= 1 and metric(server, token, "done") == 0
        assert server.ask("GET", "/v1/songs/song%200", token=token)[0] == 200
        config.write_text('[retrain]\nmin_songs = 1\nmin_learned = 0\n')
        eventually("there is a new model", lambda: logged(server, "model retrained"))
        assert logged(server, "model retrained")[0]["listens"] == 400, server.log
        eventually("it is served", lambda: server.ask("GET", "/v1/songs/song%200", token=token)[0] == 404)
        assert metric(server, token, "done") >= 1
    # A service that ends takes its child with it.
    assert not any((folder / "model.retrain").glob("*.jsonl")), list((folder / "model.retrain").iterdir())
    for value, message in (("noon", "--retrain: expected off, daily"), ("500ms", "--retrain: expected off, daily")):
        done = subprocess.run([SEGUE, "serve", model, "--store", store, "--retrain", value], capture_output=True, text=True)
        assert done.returncode == 2 and message in done.stderr, done
    done = subprocess.run([SEGUE, "serve", model, "--store", store, "--retrain", "daily", "--watch", "0s"],
                          capture_output=True, text=True)
    assert done.returncode == 2 and "--watch" in done.stderr, done
print("the service makes its own next model")
