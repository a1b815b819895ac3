"""SLIST, a linear item-item model in closed form (Choi et al. 2021, arXiv:2103.16104), on an exported split.

    segue evaluate DATASET --export-split split
    .venv/bin/python bench/evaluate/slist.py split lists.jsonl [--songs 8000] [--alpha 0.5] [--reg 10]
    segue evaluate DATASET --lists slist=lists.jsonl

Songs of whole queues predict each other (SLIS, similarity), and the songs before each place of a queue those after it
(SLIT, transition):

    B = argmin  alpha |W (X - X B)|^2 + (1 - alpha) |W (T - S B)|^2 + reg |B|^2

with X the queues, S the pasts and T the futures at each place, songs weighing exp(-distance / --train-reach) from the
place, and W the age of a queue, exp(-age / --age-days): the weight of sessions of the paper, with the times that TALE
(Park et al. 2025, arXiv:2412.07382) argues for. With --alpha 1 it is EASE (Steck 2019, arXiv:1905.03375), but for the
diagonal, which may be positive because songs come again.

Only the --songs most played songs take part, because B is dense and its system is solved exactly: 8,000 take 1 GB and a
minute on two cores.
"""


import numpy as np
import scipy.linalg
import scipy.sparse

from exported_split import read_split, split_arguments, write_lists

MICROSECONDS_OF_DAY = 86400e6
CUT = 1e-3  # weights below are left out


def falling(reach):
    return np.exp(-np.arange(max(1, int(-np.log(CUT) * reach))) / reach).astype(np.float32)


def queue_weights(split, age_days):
    if split.starts is None or age_days == 0:
        return np.ones(len(split.queues), dtype=np.float32)
    starts = np.array(split.starts, dtype=np.float64)
    return np.exp((starts - starts.max()) / MICROSECONDS_OF_DAY / age_days).astype(np.float32)


def kept_queues(split, songs):
    """Each queue without the songs that do not take part, and its weight."""
    return [queue[queue < songs] for queue in split.queues]


def similarity_rows(queues, weights, songs):
    """X: a row for each queue, 1 for each of its songs."""
    rows, columns, values = [], [], []
    for number, queue in enumerate(queues):
        distinct = np.unique(queue)
        rows.append(np.full(len(distinct), number))
        columns.append(distinct)
        values.append(np.full(len(distinct), np.sqrt(weights[number]), dtype=np.float32))
    return scipy.sparse.csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
                                   shape=(len(queues), songs))


def transition_rows(queues, weights, songs, reach):
    """S and T: a row for each place of each queue, with the songs before it and those from it on, by distance."""
    falls = falling(reach)
    sides = [([], [], []), ([], [], [])]  # rows, columns, values of S and T
    places = 0
    for number, queue in enumerate(queues):
        root = np.sqrt(weights[number])
        for place in range(1, len(queue)):
            before = queue[max(0, place - len(falls)):place][::-1]
            after = queue[place:place + len(falls)]
            for side, part in zip(sides, (before, after)):
                side[0].append(np.full(len(part), places))
                side[1].append(part)
                side[2].append(root * falls[:len(part)])
            places += 1
    return [scipy.sparse.csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
                                    shape=(places, songs)) for rows, columns, values in sides]


def fit(split, options):
    songs = min(options.songs, split.songs)
    queues = kept_queues(split, songs)
    weights = queue_weights(split, options.age_days)
    system = np.zeros((songs, songs), dtype=np.float32)
    wanted = np.zeros((songs, songs), dtype=np.float32)
    if options.alpha > 0:
        rows = similarity_rows(queues, weights, songs)
        both = options.alpha * (rows.T @ rows).toarray()
        system += both
        wanted += both
    if options.alpha < 1:
        before, after = transition_rows(queues, weights, songs, options.train_reach)
        system += (1 - options.alpha) * (before.T @ before).toarray()
        wanted += (1 - options.alpha) * (before.T @ after).toarray()
    system[np.diag_indices(songs)] += options.reg
    return scipy.linalg.solve(system, wanted, assume_a="pos", overwrite_a=True, overwrite_b=True, check_finite=False)


def main():
    parser = split_arguments(__doc__)
    parser.add_argument("--songs", type=int, default=8000)
    parser.add_argument("--alpha", type=float, default=0.2)
    parser.add_argument("--reg", type=float, default=10)
    parser.add_argument("--age-days", type=float, default=0, help="0: queues of all ages weigh the same")
    parser.add_argument("--train-reach", type=float, default=2)
    parser.add_argument("--heard-reach", type=float, default=2)
    options = parser.parse_args()
    split = read_split(options.split)
    model = fit(split, options)
    songs = len(model)
    falls = falling(options.heard_reach)

    def score_batch(heards):
        query = np.zeros((len(heards), songs), dtype=np.float32)
        for row, heard in enumerate(heards):
            for ago, song in enumerate(reversed(heard[-len(falls):])):
                if song < songs:
                    query[row, song] += falls[ago]
        scores = np.full((len(heards), split.songs), -np.inf, dtype=np.float32)
        scores[:, :songs] = query @ model
        scores[:, :songs][~query.any(axis=1)] = -np.inf
        return scores

    write_lists(options.lists, split, score_batch)


if __name__ == "__main__":
    main()
