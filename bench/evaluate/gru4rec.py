"""GRU4Rec (Hidasi, Karatzoglou 2018, arXiv:1706.03847) on an exported split, with the options of its authors.

    segue evaluate DATASET --export-split split
    python3 bench/evaluate/gru4rec.py split lists.jsonl [--epochs 10]
    segue evaluate DATASET --lists gru4rec=lists.jsonl

Needs PyTorch (Debian: python3-torch) on the CPU. As in the official implementation, whose details matter (Hidasi,
Czapp 2023, arXiv:2307.14956): queues run side by side in a mini-batch and the hidden state is reset where one ends;
negatives are the other targets of the batch and --n-sample songs drawn by plays^--sample-alpha; the song embedding is
shared by input and output (constrained embedding); cross-entropy with the logQ correction, or BPR-max; Adagrad.
"""

import time

import numpy as np
import torch
from torch import nn

from exported_split import read_split, split_arguments, write_lists


class Gru4Rec(nn.Module):
    def __init__(self, songs, options):
        super().__init__()
        self.songs = nn.Embedding(songs, options.layer)  # constrained: the input is the output weight
        self.bias = nn.Embedding(songs, 1)
        self.cell = nn.GRUCell(options.layer, options.layer)
        self.dropout_embedding = nn.Dropout(options.dropout_embed)
        self.dropout_hidden = nn.Dropout(options.dropout_hidden)
        reach = np.sqrt(6 / (2 * options.layer))
        nn.init.uniform_(self.songs.weight, -np.sqrt(6 / (songs + options.layer)), np.sqrt(6 / (songs + options.layer)))
        nn.init.zeros_(self.bias.weight)
        for name, weight in self.cell.named_parameters():
            nn.init.zeros_(weight) if "bias" in name else nn.init.uniform_(weight, -reach, reach)

    def step(self, songs, hidden):
        hidden = self.cell(self.dropout_embedding(self.songs(songs)), hidden)
        return hidden, self.dropout_hidden(hidden)

    def scores(self, hidden, songs):
        return hidden @ self.songs(songs).T + self.bias(songs).T


class Negatives:
    """Songs drawn by plays^alpha."""

    def __init__(self, queues, songs, alpha):
        plays = np.bincount(np.concatenate(queues), minlength=songs).astype(np.float64)
        weights = np.maximum(plays, 1) ** alpha
        self.ends = torch.from_numpy(np.cumsum(weights) / weights.sum())
        self.log_share = torch.from_numpy(np.log(weights / weights.sum())).float()
        self.log_popularity = torch.from_numpy(np.log(np.maximum(plays, 1) / plays.sum())).float()

    def draw(self, count):
        return torch.searchsorted(self.ends, torch.rand(count, dtype=torch.float64)).clamp(max=len(self.ends) - 1)


def cross_entropy(scores, batch, corrections):
    """scores: batch x (batch + negatives); the diagonal is right."""
    return nn.functional.cross_entropy(scores - corrections, torch.arange(batch))


def bpr_max(scores, batch, regularisation):
    right = scores.diagonal().unsqueeze(1)
    others = scores.masked_fill(torch.eye(batch, scores.shape[1], dtype=torch.bool), -torch.inf)
    weights = torch.softmax(others, dim=1)
    others = others.masked_fill(others == -torch.inf, 0)
    gain = (weights * torch.sigmoid(right - others)).sum(1)
    return (-torch.log(gain + 1e-24) + regularisation * (weights * others ** 2).sum(1)).mean()


def batches(queues, size, draw):
    """Inputs, targets and which rows have begun a new queue, as session-parallel mini-batches."""
    order = draw.permutation([number for number, queue in enumerate(queues) if len(queue) > 1])
    size = min(size, len(order))
    running, places, following = order[:size].copy(), np.zeros(size, dtype=int), size
    is_new = np.ones(size, dtype=bool)
    while True:
        yield (np.array([queues[number][place] for number, place in zip(running, places)]),
               np.array([queues[number][place + 1] for number, place in zip(running, places)]), is_new)
        places += 1
        is_new = np.array([place + 1 >= len(queues[number]) for number, place in zip(running, places)])
        for row in np.flatnonzero(is_new):
            if following == len(order):
                return
            running[row], places[row] = order[following], 0
            following += 1


def train(split, options):
    draw = np.random.default_rng(options.seed)
    torch.manual_seed(options.seed)
    model = Gru4Rec(split.songs, options)
    optimiser = torch.optim.Adagrad(model.parameters(), lr=options.learning_rate, initial_accumulator_value=0, eps=1e-6)
    negatives = Negatives(split.queues, split.songs, options.sample_alpha)
    for epoch in range(options.epochs):
        start, losses, hidden = time.perf_counter(), [], None
        for songs, targets, is_new in batches(split.queues, options.batch, draw):
            if hidden is None:
                hidden = torch.zeros(len(songs), options.layer)
            hidden = hidden.detach() * torch.from_numpy(~is_new).unsqueeze(1)
            hidden, out = model.step(torch.from_numpy(songs), hidden)
            drawn = negatives.draw(options.n_sample)
            candidates = torch.cat([torch.from_numpy(targets), drawn])
            scores = model.scores(out, candidates)
            if options.loss == "cross-entropy":
                # What is drawn often counts less: the other targets come by popularity, the rest by plays^alpha.
                corrections = options.logq * torch.cat([negatives.log_popularity[candidates[:len(songs)]],
                                                        negatives.log_share[drawn]])
                loss = cross_entropy(scores, len(songs), corrections)
            else:
                loss = bpr_max(nn.functional.elu(scores, options.elu), len(songs), options.bpreg)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {time.perf_counter() - start:.0f} s", flush=True)
    return model.eval()


def main():
    parser = split_arguments(__doc__)
    parser.add_argument("--loss", choices=["cross-entropy", "bpr-max"], default="cross-entropy")
    parser.add_argument("--layer", type=int, default=128)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--learning-rate", type=float, default=0.07)
    parser.add_argument("--dropout-embed", type=float, default=0.0)
    parser.add_argument("--dropout-hidden", type=float, default=0.2)
    parser.add_argument("--n-sample", type=int, default=2048)
    parser.add_argument("--sample-alpha", type=float, default=0.3)
    parser.add_argument("--logq", type=float, default=1.0)
    parser.add_argument("--bpreg", type=float, default=0.9)
    parser.add_argument("--elu", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    split = read_split(options.split)
    model = train(split, options)
    everything = torch.arange(split.songs)

    @torch.no_grad()
    def score_batch(heards):
        hidden = torch.zeros(len(heards), options.layer)
        for place in range(max(map(len, heards))):
            rows = [row for row, heard in enumerate(heards) if place < len(heard)]
            songs = torch.tensor([heards[row][place] for row in rows])
            hidden[rows] = model.step(songs, hidden[rows])[0]
        return model.scores(hidden, everything).numpy()

    write_lists(options.lists, split, score_batch)


if __name__ == "__main__":
    main()
