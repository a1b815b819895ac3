"""/metrics as Prometheus reads it, and the dashboard and the alerts that are made of it; the access log on the way.

Usage: metrics_test.py SEGUE MAKE_MODEL
"""

import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request

import yaml

import server as servers

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
OF_PROMETHEUS = {"up"}  # made by the scrape itself
FUNCTIONS = {"by", "sum", "min", "max", "count", "rate", "increase", "or", "vector", "topk", "histogram_quantile", "on"}


def scraped(server, token):
    request = urllib.request.Request(server.url + "/metrics", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return reply.read().decode()


def names_in(expression):
    """The metrics that an expression of PromQL uses."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\bby \([^)]*\)", "", bare)
    return set(re.findall(r"\b[a-z_][a-z0-9_]*\b", bare)) - FUNCTIONS


def promtool(*arguments, text=None):
    done = subprocess.run(["promtool", *map(str, arguments)], input=text, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def expressions_of_dashboard():
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"]
    for variable in dashboard["templating"]["list"]:
        if found := re.match(r"label_values\((.*), \w+\)", variable["query"]):
            yield found.group(1)


def expressions_of_alerts():
    for group in yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["expr"]


def check_metrics(server, token, log):
    user = server.token("ann", "read", "submit")
    listen = {"user": "ann", "listened_at": 1600000000, "artist": "a", "title": "b"}
    # A line is written after its reply is sent, so requests on several connections wait for those before them.
    def logged(count):
        servers.eventually("the access log", lambda: len(log.read_text().splitlines()) == count)

    assert server.ask("POST", "/v1/listens", {"listens": [listen, {}]}, user)[2]["added"] == 1
    logged(1)
    server.ask("GET", "/v1/users/ann/recommendations", token=user)
    logged(2)
    server.ask("POST", "/v1/recommendations", {"songs": ["nowhere"]}, token=user)
    logged(3)
    server.ask("GET", "/no/such/path?name=ann", token=user)
    logged(4)
    urllib.request.urlopen(server.url + "/", timeout=30).read()
    logged(5)

    text = scraped(server, token)
    assert promtool("check", "metrics", text=text).strip() == "", "promtool has complaints"
    families = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    helped = set(re.findall(r"^# HELP (\S+) \S", text, re.M))
    assert set(families) == helped, set(families) ^ helped
    samples = set(re.findall(r"^([a-z_0-9]+)[{ ]", text, re.M))
    for line in ('segue_listens_total{result="added"} 1', 'segue_listens_total{result="refused"} 1',
                 'segue_requests_total{method="ANY",route="none",code="4xx"} 1',
                 'segue_requests_total{method="ANY",route="static",code="2xx"} 1',
                 "segue_http_requests_in_flight 1"):  # the scrape
        assert line in text.splitlines(), text

    printed = samples | set(families)
    for expression in [*expressions_of_dashboard(), *expressions_of_alerts()]:
        unknown = names_in(expression) - printed - OF_PROMETHEUS
        assert names_in(expression) and not unknown, (expression, unknown)
    shown = set().union(*map(names_in, expressions_of_dashboard()))
    hidden = {name for name in families if not any(used.startswith(name) for used in shown)}
    # What Grafana computes itself, or would show beside something better.
    assert hidden <= {"process_start_time_seconds", "process_virtual_memory_bytes", "segue_uptime_seconds"}, hidden

    for path in ("/v1/status", "/v1/songs?q=a"):
        assert server.ask("GET", path, token=token)[0] == 403, path
    assert server.ask("GET", "/metrics", token=user)[0] == 403, "a listener's token"

    servers.eventually("the access log", lambda: "/v1/songs" in log.read_text())
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    routes = [line["route"] for line in lines]
    assert routes[:5] == ["/v1/listens", "/v1/users/{user}/recommendations", "/v1/recommendations", "none", "static"], routes
    assert lines[0]["asker"] == "user" and lines[5]["asker"] == "service" and lines[0]["bytes_in"] > 0
    assert lines[1]["model"] == "default" and re.fullmatch("[0-9a-f]{32}", lines[1]["request_id"])
    assert "ann" not in log.read_text() and user not in log.read_text() and "address" not in lines[0]


def check_rotation(server, token, log):
    rotated = log.with_suffix(".1")
    log.rename(rotated)
    server.process.send_signal(signal.SIGHUP)

    def is_written_again():
        scraped(server, token)
        return log.exists() and log.read_text()
    servers.eventually("a new access log", is_written_again)


def check_names():
    assert names_in('sum by (le) (rate(a_b{route=~"x/y"}[5m])) / c or vector(0) > 0.5') == {"a_b", "c"}


def main(segue, make_model):
    check_names()
    promtool("check", "rules", DEPLOY / "alerts.yaml")
    promtool("test", "rules", ROOT / "tests/serve/alerts_test.yaml")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        log = folder / "access.log"
        server = servers.Server(segue, servers.make_model(make_model, folder / "model"), folder / "store.sqlite",
                                "--access-log", "all", "--access-log-file", log)
        token = server.token("", "metrics")
        with server.running():
            check_metrics(server, token, log)
            check_rotation(server, token, log)


if __name__ == "__main__":
    main(*sys.argv[1:])
