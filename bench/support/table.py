"""Results as Markdown tables."""

import collections
import statistics


def low_middle_high(values, digits=2):
    values = [f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values))]
    return values[0] if len(set(values)) == 1 else " … ".join(values)


def mean_and_error(values):
    text = f"{statistics.mean(values):.4f}"
    return text if len(values) < 2 else f"{text} ± {statistics.stdev(values) / len(values) ** 0.5:.4f}"


def plural(count, noun):
    return f"{count} {noun}{'' if count == 1 else 's'}"


def markdown(rows):
    """A table with a line under its first row."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def speeds(runs):
    """(trainer, threads) -> for each round, in M tokens: (a CPU second, a second) of training alone.

    A round trains every trainer for few and for many epochs; what the added epochs cost is training alone, without
    reading the vocabulary, setting up and saving.
    """
    by_round = collections.defaultdict(dict)
    for run in runs:
        by_round[run["trainer"], run["threads"], run["seed"], run["round"]][run["epochs"]] = run
    result = collections.defaultdict(list)
    for (trainer, threads, *_), trained in sorted(by_round.items()):
        few, many = trained[min(trained)], trained[max(trained)]
        tokens = few["tokens"] * (many["epochs"] - few["epochs"]) * 1e-6
        result[trainer, threads].append((tokens / max(many["cpu_seconds"] - few["cpu_seconds"], 1e-3),
                                         tokens / max(many["seconds"] - few["seconds"], 1e-3)))
    return result


def comparison(runs, trainers, reference):
    """Medians over the rounds; the ratio to `reference` is taken round by round, CPU seconds to CPU seconds."""
    threads = sorted({run["threads"] for run in runs})
    epochs = sorted({run["epochs"] for run in runs if "hit_rate" in run})
    speed = speeds(runs)

    def hits(trainer, count):
        return [run["hit_rate"] for run in runs
                if run["trainer"] == trainer and run["epochs"] == count and "hit_rate" in run]

    header = ["trainer"]
    for count in threads:
        header += [f"{plural(count, 'thread')}: M tokens/CPU s", "M tokens/s", f"× {reference}"]
    rows = [header + ["peak MB", *(f"HR@10, {plural(count, 'epoch')}" for count in epochs)]]
    for trainer in trainers:
        row = [trainer]
        for count in threads:
            ours, theirs = speed[trainer, count], speed[reference, count]
            row += [f"{statistics.median(cpu for cpu, _ in ours):.3f}", f"{statistics.median(wall for _, wall in ours):.3f}",
                    low_middle_high([a / b for (a, _), (b, _) in zip(ours, theirs)], 1)]
        peaks = [run["peak_bytes"] for run in runs if run["trainer"] == trainer and run["threads"] == threads[0]]
        row += [f"{max(peaks) * 1e-6:.0f}", *(mean_and_error(hits(trainer, count)) for count in epochs)]
        rows.append(row)
    return markdown(rows)
