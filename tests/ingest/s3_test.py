"""Logs in a store of the S3 protocol, as Spark leaves them there: folders of parts, partitions, _SUCCESS.

    s3_test.py SEGUE
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

import boto3
import pyarrow
import pyarrow.ipc
import pyarrow.parquet

CASES = pathlib.Path(__file__).parent / "cases"
PATIENCE = 60
# Signatures are checked by nobody here; the store only wants some.
os.environ |= {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests-only", "AWS_EC2_METADATA_DISABLED": "true"}


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(port, server):
    for _ in range(PATIENCE * 20):
        assert server.poll() is None, "the store ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"the store did not answer within {PATIENCE} s")


def fill(port, folder):
    store = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1")
    store.create_bucket(Bucket="logs")
    for day in (1, 2):
        part = folder / "part.parquet"
        pyarrow.parquet.write_table(pyarrow.table({
            "user": ["ann", "ann"], "time": [1_700_000_000 + day * 86_400, 1_700_000_200 + day * 86_400],
            "song_id": [f"a{day}", f"b{day}"]}), part)
        store.upload_file(str(part), "logs", f"plays/date=2023-11-{14 + day}/part-0.snappy.parquet")
    store.put_object(Bucket="logs", Key="plays/_SUCCESS", Body=b"")
    store.upload_file(str(CASES / "01-json-array/StreamingHistory_music_0.json"), "logs", "spotify.json")


def ingest(segue, port, place, output):
    query = urllib.parse.urlencode({"endpoint_override": f"127.0.0.1:{port}", "scheme": "http", "region": "us-east-1"})
    return subprocess.run([segue, "ingest", f"s3://{place}?{query}", "-o", output], capture_output=True, text=True)


def main():
    segue = pathlib.Path(sys.argv[1]).resolve()
    port = free_port()
    server = subprocess.Popen([pathlib.Path(sys.executable).parent / "moto_server", "-H", "127.0.0.1", "-p", str(port)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        try:
            wait_for(port, server)
            fill(port, folder)
            done = ingest(segue, port, "logs/plays", folder / "plays")
            assert done.returncode == 0 and not done.stderr, done
            assert "4 rows of 2 files" in done.stdout, done.stdout
            queues = pyarrow.ipc.open_file(str(folder / "plays/queues.arrow")).read_all()
            assert queues["songs"].to_pylist() == [[0, 2], [1, 3]], queues["songs"]
            done = ingest(segue, port, "logs/spotify.json", folder / "spotify")
            assert done.returncode == 0 and "recognised: Spotify" in done.stdout, done
            done = ingest(segue, port, "logs/nothing", folder / "none")
            assert done.returncode == 1 and "no such file or folder" in done.stderr, done
            done = ingest(segue, port, "user:secret@logs/plays", folder / "masked")
            assert "secret" not in done.stdout + done.stderr, done
        finally:
            server.terminate()
            server.wait(PATIENCE)
    done = subprocess.run([segue, "ingest", "s3://logs?region=us-east-1&bogus=1", "-o", "x"], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "bogus" in done.stderr, done
    done = subprocess.run([segue, "ingest", "nowhere://user:secret@a/b", "-o", "x"], capture_output=True, text=True)
    assert done.returncode == 1 and "secret" not in done.stderr, done
    print("logs in a store were read")


if __name__ == "__main__":
    main()
