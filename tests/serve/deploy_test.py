"""The files in deploy/ fit the program: the systemd unit's command line runs, and so does the image's health check."""

import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

from server import Server, eventually, make_model, write_listens

SEGUE, MAKE_MODEL = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"


def unit_value(name, unit="segue.service"):
    return re.search(rf"^{name}=(.*)$", (DEPLOY / unit).read_text(), re.MULTILINE).group(1)


def check_unit_is_valid(folder):
    if shutil.which("systemd-analyze") is None:
        print("no systemd-analyze here: the unit was not verified")
        return
    units = []
    for name in ("segue.service", "segue-retrain.service", "segue-retrain.timer"):
        units.append(folder / name)
        units[-1].write_text((DEPLOY / name).read_text().replace("/usr/local/bin/segue", str(SEGUE)))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "segue" in line and "user" not in line.lower()]
    assert not ours, ours


MOST_EXPOSED = 1.5  # of 10; systemd calls less than 2 safe


def check_unit_is_confined(folder):
    if shutil.which("systemd-analyze") is None:
        return
    unit = folder / "segue.service"
    unit.write_text((DEPLOY / "segue.service").read_text())
    done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", unit], capture_output=True,
                          text=True)
    exposure = re.search(r"Overall exposure level for segue.service: ([0-9.]+)", done.stdout)
    if not exposure:
        return print(f"this systemd-analyze cannot judge units: {done.stderr.strip()}")
    assert float(exposure.group(1)) <= MOST_EXPOSED, done.stdout


def check_retraining(folder):
    """The units' and the container's command lines replace a model by one of the store's listens."""
    listens = write_listens(folder / "listens.csv")
    store, model, config = folder / "own.sqlite", folder / "own", folder / "own.toml"
    run = lambda *words: subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120)
    assert run(SEGUE, "listens", "import", listens, "--store", store).returncode == 0
    config.write_text(f'[retrain]\nstore = "{store}"\nmin_learned = 0\n')
    words = shlex.split(unit_value("ExecStart", "segue-retrain.service"))
    places = {"/usr/local/bin/segue": SEGUE, "/var/lib/segue/models/current": model, "/etc/segue.toml": config}
    assert set(places) <= set(words), words
    done = run(*[places.get(word, word) for word in words])
    assert done.returncode == 0 and (model / "manifest.json").exists(), done.stderr
    compose = (DEPLOY / "compose.yaml").read_text()
    words = shlex.split(re.search(r"segue (retrain [^;]*);", compose).group(1))
    words = [word.replace("/data/model", str(model)).replace("/data/segue.sqlite", str(store)) for word in words]
    done = run(SEGUE, *words, "--min-learned", "0")
    assert done.returncode == 0, done.stderr
    served = re.search(r"command: \[(serve, .*)\]", compose).group(1)
    for option in re.findall(r"--[a-z-]+", served):
        assert option in run(SEGUE, "serve", "--help").stdout, option


def check_unit_runs(folder):
    """ExecStart runs with this test's model and settings; ExecReload's signal reloads the model, SIGTERM ends it."""
    model = make_model(MAKE_MODEL, folder / "current")
    config = folder / "segue.toml"
    config.write_text(f'[serve]\nstore = "{folder}/listens.sqlite"\nopen_loopback = true\nport = 0\n')
    words = shlex.split(unit_value("ExecStart"))
    assert words[0] == "/usr/local/bin/segue", words
    places = {words[0]: str(SEGUE), "/var/lib/segue/models/current": str(model), "/etc/segue.toml": str(config)}
    assert set(places) <= set(words), words
    server = Server(SEGUE, model, folder / "listens.sqlite").start([places.get(word, word) for word in words])
    status, _, found = server.ask("GET", "/v1/songs?rows=0")
    assert status == 200 and len(found["items"]) == 1, found
    assert "-HUP" in unit_value("ExecReload")
    server.process.send_signal(signal.SIGHUP)
    eventually("the model is reloaded", lambda: any("model loaded" in line for line in server.log))
    server.stop(int(unit_value("TimeoutStopSec")))


def check_reload_during_start(folder):
    """A SIGHUP that arrives while the service starts neither ends it nor is lost."""
    model, report = make_model(MAKE_MODEL, folder / "model"), folder / "report.json"
    os.mkfifo(report)  # the service reads its evaluation report before it listens, and waits here until it is written

    def hang_up():
        with open(report, "w") as pipe:  # returns when the service opens the report
            eventually("the service runs", lambda: server.process is not None)
            server.process.send_signal(signal.SIGHUP)
            pipe.write('{"runs": [{}]}')

    server = Server(SEGUE, model, folder / "start.sqlite", "--evaluation", report)
    thread = threading.Thread(target=hang_up, daemon=True)
    thread.start()
    server.start()
    thread.join()
    eventually("the model is reloaded", lambda: any("model loaded" in line for line in server.log))
    server.stop()


def check_health_check(folder):
    """The image's check succeeds on a server that runs, and fails without one."""
    model = make_model(MAKE_MODEL, folder / "healthy")
    server = Server(SEGUE, model, folder / "health.sqlite").start()
    check = lambda: subprocess.run([DEPLOY / "healthcheck"], env={**os.environ, "SEGUE_HEALTH_PORT": port},  # noqa: E731
                                   capture_output=True, timeout=30).returncode
    port = str(server.address[1])
    assert check() == 0
    server.stop()
    assert check() != 0


def check_base_is_exact():
    text = (DEPLOY / "Dockerfile").read_text()
    base = re.search(r"^ARG BASE=(.*)$", text, re.MULTILINE).group(1)
    assert re.fullmatch(r"debian:bookworm-\d{8}-slim(@sha256:[0-9a-f]{64})?", base), base
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["$BASE", "$BASE"], text


with tempfile.TemporaryDirectory() as scratch:
    check_unit_is_valid(pathlib.Path(scratch))
    check_unit_is_confined(pathlib.Path(scratch))
    check_unit_runs(pathlib.Path(scratch))
    check_retraining(pathlib.Path(scratch))
    check_health_check(pathlib.Path(scratch))
    check_base_is_exact()
    check_reload_during_start(pathlib.Path(scratch))
