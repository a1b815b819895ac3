"""The evaluation report: refused if it is invalid, shown, read again, and no path revealed when it is gone."""

import pathlib
import subprocess
import sys
import tempfile

from server import Server, eventually, make_model

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]

with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    model, store, report = make_model(MAKE_MODEL, folder / "model"), folder / "listens.sqlite", folder / "report.json"

    def refused(wanted):
        done = subprocess.run([SEGUE, "serve", model, "--store", store, "--port", "0", "--evaluation", report],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode != 0 and wanted in done.stderr, done.stderr

    refused("report.json: no such file")
    report.write_text("{")
    refused("report.json")
    report.write_text('{"runs": []}')
    refused("expected a report of segue evaluate --report, found other JSON")

    listens = folder / "plays.csv"
    rows = (f"u{n},{1_600_000_000 + 100_000 * n + 200 * i},s{(n + i) % 9}\n" for n in range(60) for i in range(6))
    listens.write_text("user,time,song\n" + "".join(rows))
    for command in (["ingest", listens, "-o", folder / "data"],
                    ["evaluate", folder / "data", "--baselines", "popularity", "--report", report]):
        subprocess.run([SEGUE, *map(str, command), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    with Server(SEGUE, model, store, "--open-loopback", "--evaluation", report).running() as server:
        assert server.ask("GET", "/v1/status")[2]["evaluation"] is True
        status, _, document = server.ask("GET", "/v1/evaluation")
        assert status == 200 and document["runs"][0]["modes"], document
        report.write_text(report.read_text().replace('"dataset":"', '"dataset":"another '))
        assert server.ask("GET", "/v1/evaluation")[2]["dataset"].startswith("another "), "a newer report was not read"
        report.unlink()
        status, _, document = server.ask("GET", "/v1/evaluation")
        assert status == 500 and str(folder) not in str(document), document
        eventually("the server logs why", lambda: any("report.json: no such file" in line for line in server.log))
    with Server(SEGUE, model, store, "--open-loopback").running() as server:
        assert server.ask("GET", "/v1/status")[2]["evaluation"] is False
        status, _, document = server.ask("GET", "/v1/evaluation")
        assert status == 404 and document["error"]["code"] == "not_found", document
    print("reports are checked, shown and read again")
