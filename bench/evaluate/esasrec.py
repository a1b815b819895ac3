"""eSASRec (Tikhonovich et al. 2025, arXiv:2508.06450) on an exported split.

    segue evaluate DATASET --export-split split
    python3 bench/evaluate/esasrec.py split lists.jsonl [--epochs 10]
    segue evaluate DATASET --lists esasrec=lists.jsonl

With `--teacher next.tsv` it also writes which songs it would play after each song of the catalogue, for
`segue evaluate --teacher next.tsv` and `segue distil`: the songs that follow the mean, over all plays of the song, of
what the network makes of the queue so far.

Needs PyTorch (Debian: python3-torch) on the CPU. SASRec's objective (every song of a queue is predicted from those
before it), with LiGR layers (Borisyuk et al. 2025, arXiv:2502.03417: pre-norm blocks whose outputs pass a gate of their
input, and a gated feed-forward) and sampled softmax over shared song embeddings, with negatives drawn uniformly for
the batch.
"""

import time

import numpy as np
import torch
from torch import nn

from exported_split import read_split, split_arguments, write_lists, write_teacher


class LiGrLayer(nn.Module):
    def __init__(self, dim, heads, dropout):
        super().__init__()
        self.attention_norm = nn.LayerNorm(dim)
        self.attention = nn.MultiheadAttention(dim, heads, dropout=dropout, batch_first=True)
        self.attention_gate = nn.Linear(dim, dim)
        self.feed_norm = nn.LayerNorm(dim)
        self.feed_in = nn.Linear(dim, 4 * dim)
        self.feed_gate = nn.Linear(dim, 4 * dim)
        self.feed_out = nn.Linear(4 * dim, dim)
        self.skip_gate = nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, future):
        normed = self.attention_norm(x)
        attended, _ = self.attention(normed, normed, normed, attn_mask=future, need_weights=False)
        x = x + self.dropout(torch.sigmoid(self.attention_gate(x)) * attended)
        normed = self.feed_norm(x)
        fed = self.feed_out(self.dropout(nn.functional.silu(self.feed_gate(normed)) * self.feed_in(normed)))
        return x + self.dropout(torch.sigmoid(self.skip_gate(x)) * fed)


class ESasRec(nn.Module):
    """Sequences are padded at the end, so that causal attention never sees the padding."""

    def __init__(self, songs, options):
        super().__init__()
        self.songs = nn.Embedding(songs, options.dim)
        self.places = nn.Embedding(options.length, options.dim)
        self.dropout = nn.Dropout(options.dropout)
        self.layers = nn.ModuleList(LiGrLayer(options.dim, options.heads, options.dropout)
                                    for _ in range(options.layers))
        self.norm = nn.LayerNorm(options.dim)
        nn.init.normal_(self.songs.weight, std=options.dim ** -0.5)
        nn.init.normal_(self.places.weight, std=0.02)

    def forward(self, songs):
        length = songs.shape[1]
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        x = self.dropout(self.songs(songs) + self.places(torch.arange(length)))
        for layer in self.layers:
            x = layer(x, future)
        return self.norm(x)


def pad(sequences):
    padded = np.zeros((len(sequences), max(map(len, sequences))), dtype=np.int64)
    for row, sequence in enumerate(sequences):
        padded[row, :len(sequence)] = sequence
    return torch.from_numpy(padded)


def windows(queues, length):
    """Queues cut into pieces of length + 1 songs that share one song, so that each song but the first is predicted."""
    pieces = []
    for queue in queues:
        pieces += [queue[first:first + length + 1] for first in range(0, max(1, len(queue) - 1), length)]
    return [piece for piece in pieces if len(piece) > 1]


def train(split, options):
    draw = np.random.default_rng(options.seed)
    torch.manual_seed(options.seed)
    model = ESasRec(split.songs, options)
    optimiser = torch.optim.Adam(model.parameters(), lr=options.learning_rate, betas=(0.9, 0.98))
    pieces = windows(split.queues, options.length)
    for epoch in range(options.epochs):
        start, losses = time.perf_counter(), []
        order = draw.permutation(len(pieces))
        for first in range(0, len(order), options.batch):
            batch = [pieces[number] for number in order[first:first + options.batch]]
            is_song = torch.from_numpy(np.concatenate(
                [np.pad(np.ones(len(piece) - 1, dtype=bool), (0, max(map(len, batch)) - len(piece)))
                 for piece in batch]).reshape(len(batch), -1))
            hidden = model(pad([piece[:-1] for piece in batch]))[is_song]
            targets = pad([piece[1:] for piece in batch])[is_song]
            drawn = torch.randint(split.songs, (options.negatives,))
            right = (hidden * model.songs(targets)).sum(1, keepdim=True)
            wrong = hidden @ model.songs(drawn).T
            wrong = wrong.masked_fill(targets.unsqueeze(1) == drawn, -torch.inf)
            loss = nn.functional.cross_entropy(torch.cat([right, wrong], dim=1),
                                               torch.zeros(len(targets), dtype=torch.int64))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {time.perf_counter() - start:.0f} s", flush=True)
    return model.eval()


@torch.no_grad()
def mean_hidden(model, split, options):
    """For each song the mean of the hidden states at its plays in training, and the number of these plays."""
    sums = torch.zeros(split.songs, options.dim)
    plays = torch.zeros(split.songs, 1)
    pieces = windows(split.queues, options.length)
    for first in range(0, len(pieces), options.batch):
        batch = [piece[:-1] for piece in pieces[first:first + options.batch]]
        for piece, hidden in zip(batch, model(pad(batch))):
            songs = torch.from_numpy(piece)
            sums.index_add_(0, songs, hidden[:len(piece)])
            plays.index_add_(0, songs, torch.ones(len(songs), 1))
    return sums / plays.clamp(min=1), plays


@torch.no_grad()
def teach(model, split, options):
    hidden, plays = mean_hidden(model, split, options)

    @torch.no_grad()
    def chances_of(songs):
        # Nothing is known of what follows a song that only ended queues.
        return (torch.softmax(hidden[songs] @ model.songs.weight.T, dim=1) * (plays[songs] > 0)).numpy()

    write_teacher(options.teacher, options.split, split, chances_of)


def main():
    parser = split_arguments(__doc__, teaches=True)
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--length", type=int, default=50)
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--negatives", type=int, default=1024)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not options.lists and not options.teacher:
        parser.error("expected a file for the lists, or --teacher with one")
    split = read_split(options.split)
    model = train(split, options)
    if options.teacher:
        teach(model, split, options)
    if not options.lists:
        return

    @torch.no_grad()
    def score_batch(heards):
        heards = [heard[-options.length:] for heard in heards]
        last = torch.tensor([len(heard) - 1 for heard in heards])
        hidden = model(pad(heards))[torch.arange(len(heards)), last]
        return (hidden @ model.songs.weight.T).numpy()

    write_lists(options.lists, split, score_batch)


if __name__ == "__main__":
    main()
