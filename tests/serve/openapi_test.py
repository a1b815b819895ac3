"""The server does what its own OpenAPI document says: schemathesis sends what the document allows and what it does not.

No request may end in a server error, in a status, a type or a body that the document does not have.
"""

import pathlib
import subprocess
import sys
import tempfile

from server import Server, make_model

SEGUE, MAKE_MODEL = sys.argv[1], sys.argv[2]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES = 8


def hold_against_document(server, folder, token, *options):
    program = pathlib.Path(sys.executable).parent / "schemathesis"
    done = subprocess.run(
        [program, "run", f"{server.url}/openapi.json", "--checks", CHECKS, "--header", f"Authorization: Token {token}",
         "--max-examples", str(EXAMPLES), "--generation-deterministic", "--phases", "coverage,fuzzing",
         "--request-timeout", "30", "--no-color", *options],
        cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
    print("\n".join(done.stdout.splitlines()[-15:]))


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        server = Server(SEGUE, make_model(MAKE_MODEL, folder / "model"), folder / "listens.sqlite",
                        "--token-requests", 0, "--user-requests", 0)
        with server.running():
            hold_against_document(server, folder, server.token("", "read", "submit", "admin"))
            # The ListenBrainz protocol needs a user's token.
            hold_against_document(server, folder, server.token("ann", "read", "submit"), "--include-path-regex", "^/1/")
            assert server.ask("GET", "/health/ready")[0] == 200


if __name__ == "__main__":
    main()
