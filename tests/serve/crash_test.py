"""kill -9 under load: no acknowledged listen is lost, none is stored twice.

Clients send listens all the time, each as its own user. Twenty times the server is killed amid requests and restarted
on the same store; each client then sends its unanswered requests again, as scrobblers do. At the end the store has
every listen once and nothing else. The third argument is the kind of store: sqlite or postgresql.
"""

import pathlib
import random
import sys
import tempfile

from postgres import store_of_kind
from server import Server, make_model, run_until_killed
from submitting import SEED, Client, check

SEGUE, MAKE_MODEL, STORE = sys.argv[1:4]
KILLS, CLIENTS = 20, 4


def main():
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder, store_of_kind(STORE, folder) as store:
        server = Server(SEGUE, make_model(MAKE_MODEL, pathlib.Path(folder) / "model"), store, "--token-requests", 0,
                        "--user-requests", 0)
        clients = [Client(i, server.token(f"user{i}", "read", "submit")) for i in range(CLIENTS)]
        unanswered = 0
        for _ in range(KILLS):
            server.start()
            check(server, clients)
            run_until_killed(server, clients, chance.randint(1, 120))
            unanswered += sum(len(client.unanswered) for client in clients)
        with server.running():
            for client in clients:
                client.run(server.address, lambda: False)
                assert not client.unanswered
            check(server, clients)
        sent = sum(client.sent for client in clients)
        assert unanswered > 0, "no request was in flight when the server was killed: the test proves nothing"
        print(f"{KILLS} kills, {sent} listens, {unanswered} unanswered requests sent again: each listen is stored once")


if __name__ == "__main__":
    main()
