"""Training speed, memory and hit rate of Segue and other trainers: same options, same plays, turn by turn.

    make bench
    .venv/bin/python bench/training/training.py --epochs 1 5 --seeds 3 --word2vec word2vec.c=path/to/word2vec
    .venv/bin/python bench/training/training.py --playlists PLAYLISTS.tsv.gz --threads 1
    .venv/bin/python bench/training/training.py --segue default= --segue wide="--window 20" --peers

Without --playlists the corpus is generated (bench/support/corpus.h), and the test is the last song of each held-out
session, ranked among all songs by cosine to the song before. With --playlists a tenth is held out, and the test is
every song after the first; the last ten songs heard are omitted from the ranking. Every seed is another corpus, and the
seed of those trainers that take one.

All trainers take turns, run after run, so that a machine that slows down slows all of them. Speed is that of training
alone: each trains with the fewest epochs and with the most, and the difference in CPU time (of all threads) and in time
is what the added epochs cost. With one number of epochs given, one more is trained for this.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import corpora
import hit_rate
import measured_run
import peers

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/support"))
import table  # noqa: E402

LIBRARIES = {"gensim": "gensim", "fastText": "fasttext"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--build", type=pathlib.Path, default=ROOT / "build/release/bin", help="where segue and write_corpus are")
    add("--playlists", type=pathlib.Path, help="a .tsv.gz with a column track_ids, instead of the generated corpus")
    add("--corpus", nargs="*", default=["plays=21000000", "held_out=30000"], metavar="NAME=VALUE",
        help="options of the generated corpus")
    add("--segue", action="append", metavar="NAME=FLAGS", help="a mode of Segue: more flags of `segue train`")
    add("--peers", nargs="*", default=list(LIBRARIES), choices=list(LIBRARIES), help="from the Python environment")
    add("--word2vec", action="append", default=[], metavar="NAME=PROGRAM", help="a binary with word2vec.c's flags")
    add("--other", action="append", default=[], metavar="NAME=COMMAND",
        help="one with other flags: PROGRAM -f {text} -o {output} -s {dim} -i {epochs} -t {threads} …, {FIELD} also any "
             "of seed, window, negatives, subsample, min_plays, learning_rate")
    add("--epochs", type=int, nargs="+", default=[1])
    add("--threads", type=int, nargs="+", default=[1], help="the hit rate is that of the first")
    add("--seeds", type=int, default=1)
    add("--runs", type=int, default=1, help="rounds with each seed, for the speed")
    add("--dim", type=int, default=128)
    add("--window", type=int, default=5)
    add("--negatives", type=int, default=5)
    add("--subsample", type=float, help="0 for the generated corpus, 1e-3 for playlists")
    add("--min-plays", type=int, default=5)
    add("--learning-rate", type=float, default=0.025)
    add("--json", type=pathlib.Path, help="append every run to this file, a line each")
    return parser.parse_args()


def trainers_of(arguments):
    chosen = [peers.Segue(name, arguments.build / "segue", flags)
              for name, _, flags in (mode.partition("=") for mode in arguments.segue or ["Segue="])]
    chosen += [peers.Library(name, LIBRARIES[name]) for name in arguments.peers]
    chosen += [peers.Word2Vec(name, program) for name, _, program in (word.partition("=") for word in arguments.word2vec)]
    for name, _, command in (word.partition("=") for word in arguments.other):
        program, _, flags = command.partition(" ")
        chosen.append(peers.Word2Vec(name, program, flags))
    return chosen


def options_of(arguments):
    options = {name: getattr(arguments, name) for name in
               ("dim", "window", "negatives", "subsample", "min_plays", "learning_rate")}
    if options["subsample"] is None:
        options["subsample"] = 1e-3 if arguments.playlists else 0.0
    options["min_learning_rate"] = options["learning_rate"] * 1e-4  # what word2vec.c ends at
    return options


def train(trainer, options, epochs, threads, seed, questions):
    """What one run cost, and with questions its hit rate."""
    with tempfile.TemporaryDirectory() as scratch:
        output = pathlib.Path(scratch) / "vectors"
        command = trainer.command(options, epochs, threads, seed, output)
        # One BLAS thread for each training thread: more would only wait for each other.
        cost = measured_run.run(list(map(str, command)), f"{scratch}/cost.json", {"OPENBLAS_NUM_THREADS": "1"})
        judged = {"hit_rate": hit_rate.hit_rate(*trainer.vectors(output), questions)} if questions else {}
    return {**vars(cost), **judged}


def one_seed(arguments, trainers, options, seed, folder):
    """Yields a dict for each run of this seed."""
    if arguments.playlists:
        corpus = corpora.from_playlists(arguments.playlists, seed, folder)
    else:
        corpus = corpora.generated(arguments.build / "write_corpus", arguments.corpus, seed, folder)
    for trainer in trainers:
        trainer.prepare(corpus, folder, options)
    judged = sorted(set(arguments.epochs))
    few, many = judged[0], judged[-1] if len(judged) > 1 else judged[0] + 1
    for threads in arguments.threads:
        for run in range(arguments.runs):
            judging = run == 0 and threads == arguments.threads[0]
            for trainer in trainers:
                for epochs in sorted({few, many, *(judged if judging else [])}):
                    result = train(trainer, options, epochs, threads, seed,
                                   corpus.questions if judging and epochs in judged else None)
                    yield {"trainer": trainer.name, "threads": threads, "seed": seed, "round": run, "epochs": epochs,
                           "tokens": corpus.tokens, **result}


def main():
    arguments = parse()
    trainers, options = trainers_of(arguments), options_of(arguments)
    reference = "gensim" if "gensim" in arguments.peers else trainers[0].name
    runs = []
    for seed in range(1, arguments.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            for row in one_seed(arguments, trainers, options, seed, pathlib.Path(folder)):
                runs.append(row)
                print(json.dumps(row), file=sys.stderr, flush=True)
                if arguments.json:
                    with arguments.json.open("a") as file:
                        file.write(json.dumps(row) + "\n")
    print(table.comparison(runs, [trainer.name for trainer in trainers], reference))


if __name__ == "__main__":
    main()
