"""HTTPS with --tls-certificate and --tls-key: only with the right certificate, and never in plain text."""

import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import warnings

from server import Server, eventually, make_model

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]
warnings.simplefilter("ignore", DeprecationWarning)  # this test requests old versions on purpose


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"], check=True, capture_output=True)


def served_certificate(server):
    return ssl.get_server_certificate(server.address)


def plain(server, sent):
    with socket.create_connection(server.address, timeout=30) as client:
        client.sendall(sent)
        try:
            return client.recv(1000)
        except ConnectionResetError:
            return b""


with tempfile.TemporaryDirectory() as scratch:
    folder = pathlib.Path(scratch)
    make_certificate(folder)
    model = make_model(MAKE_MODEL, folder / "model")
    server = Server(SEGUE, model, folder / "listens.sqlite", "--open-loopback", "--tls-certificate",
                    folder / "certificate.pem", "--tls-key", folder / "key.pem", "--max-connections", "40")
    with server.running():
        assert server.url.startswith("https://"), server.url
        trusting = ssl.create_default_context(cafile=folder / "certificate.pem")
        with urllib.request.urlopen(server.url + "/v1/songs/song%200/similar?k=3", context=trusting) as reply:
            assert reply.status == 200 and b'"items"' in reply.read()
        try:
            urllib.request.urlopen(server.url + "/health/live", context=ssl.create_default_context())
            raise AssertionError("an untrusted certificate was accepted")
        except urllib.error.URLError as error:
            assert isinstance(error.reason, ssl.SSLCertVerificationError), error
        assert not plain(server, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200")
        assert not plain(server, bytes(range(256)) * 40).startswith(b"HTTP/1.1 200")
        for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            context = ssl.create_default_context(cafile=folder / "certificate.pem")
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = old
            try:
                urllib.request.urlopen(server.url + "/health/live", context=context)
                raise AssertionError(f"{old.name} was accepted")
            except (urllib.error.URLError, ConnectionResetError):
                pass
        # Of TLS 1.2 only authenticated encryption.
        for ciphers, is_fit in (("ECDHE-ECDSA-AES128-GCM-SHA256", True), ("ECDHE-ECDSA-CHACHA20-POLY1305", True),
                                ("ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA", False)):
            context = ssl.create_default_context(cafile=folder / "certificate.pem")
            context.set_ciphers(ciphers + ":@SECLEVEL=0")
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            try:
                urllib.request.urlopen(server.url + "/health/live", context=context).close()
                assert is_fit, ciphers
            except urllib.error.URLError:
                assert not is_fit, ciphers
        # SIGHUP reads certificate and key again; while they do not fit, the old ones stay.
        first = served_certificate(server)
        (folder / "key.pem").rename(folder / "old.pem")
        (folder / "key.pem").write_text("no key")
        server.process.send_signal(signal.SIGHUP)
        eventually("the broken key is refused", lambda: any("certificate refused" in line for line in server.log))
        assert served_certificate(server) == first
        make_certificate(folder)
        server.process.send_signal(signal.SIGHUP)
        eventually("the new certificate is served", lambda: served_certificate(server) != first)
        assert any("certificate loaded" in line for line in server.log)
        trusting = ssl.create_default_context(cafile=folder / "certificate.pem")
        # Unfinished handshakes block neither other clients nor the shutdown.
        open_ones = [socket.create_connection(server.address) for _ in range(20)]
        with urllib.request.urlopen(server.url + "/health/live", context=trusting) as reply:
            assert reply.status == 200
    print("TLS 1.2 and newer only, nothing in plain text")
