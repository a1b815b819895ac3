"""kill -9, a full disk and a crash of the machine at every single change to the file system, for each command that writes;
and a failed allocation at many of them.

After each fault, either the old folder or the new one must be there, complete (`segue info --verify`), or nothing if there
was nothing before. A full disk and a lack of memory must be reported in a sentence. The next run of the same command must
succeed and leave no temporary files.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SEGUE, SHIM = sys.argv[1], sys.argv[2]
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # thousands of syncs take minutes on a disk


def run(arguments, **faults):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SEGUE_FAULT")}
    if faults:
        environment["LD_PRELOAD"] = SHIM
        environment.update({f"SEGUE_FAULT_{name.upper()}": str(value) for name, value in faults.items()})
    return subprocess.run([SEGUE, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=120)


def succeed(arguments, **faults):
    done = run(arguments, **faults)
    assert done.returncode == 0, (arguments, done.returncode, done.stderr)
    return done


def remove(target):
    if target.is_dir():
        shutil.rmtree(target)
    elif target.exists():
        target.unlink()


def copy(source, target):
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def digest(target):
    """The digest of a complete, verified folder, or of an exported file or folder; None if there is none."""
    if not target.exists():
        return None
    if target.is_file():
        return hashlib.sha256(target.read_bytes()).hexdigest()
    if not (target / "manifest.json").exists():
        return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(target.iterdir()))).hexdigest()
    folder = target
    done = run(["info", folder, "--verify", "--json", "--quiet"])
    assert done.returncode == 0, f"a broken folder was left: {done.stderr}"
    return json.loads((folder / "manifest.json").read_text())["digest"]


def litter(parent):
    return sorted(path.name for path in parent.iterdir() if path.name.startswith("."))


def whole(target):
    """The digest of a folder whose files are those of its manifest, checked here because it is done thousands of times; of
    a file, that of its bytes; None if there is neither. Half a folder fails."""
    if not target.exists():
        return None
    if target.is_file():
        return hashlib.sha256(target.read_bytes()).hexdigest()
    manifest = json.loads((target / "manifest.json").read_text())
    for name, listed in manifest["files"].items():
        found = hashlib.sha256((target / name).read_bytes()).hexdigest()
        assert found == listed["sha256"], f"{target / name}: half a file was left"
    return manifest["digest"]


def lose_everywhere(name, parent, target, arguments, next_arguments):
    """Kills the command, or the machine under it, at each of its changes, also where names cannot be exchanged. After a
    crash, changes that were not synced are lost: all of them, or some, so that later ones outlive earlier ones."""
    stash = parent.parent / f"stash-{name}"
    old_copy = parent.parent / f"kept-{name}"
    remove(target)
    succeed(arguments)
    copy(target, old_copy)
    old = whole(old_copy)
    kept = replaced = restored = 0
    cases = [("kill", True, 0)] + [("crash", no_exchange, seed) for no_exchange in (False, True) for seed in range(4)]
    for kind, no_exchange, seed in cases:
        faults = {"kind": kind, "seed": seed, "stash": stash} | ({"no_exchange": 1} if no_exchange else {})
        remove(target)
        copy(old_copy, target)
        remove(stash)
        stash.mkdir()
        succeed(next_arguments, count=parent.parent / "count", **faults)
        calls = int((parent.parent / "count").read_text())
        for at in range(1, calls + 1):
            remove(target)
            copy(old_copy, target)
            remove(stash)
            stash.mkdir()
            done = run(next_arguments, at=at, **faults)
            assert done.returncode == -9, (name, kind, at, done)
            where = f"{name}: {kind} at {at} of {calls}, seed {seed}, {'no ' if no_exchange else ''}exchange of names"
            if not target.exists():
                assert no_exchange and target.suffix == "", f"{where}: the old version is gone"
                restored += 1
                succeed(["info", target])  # puts it back
                assert whole(target) == old, f"{where}: another version was put back"
            after = whole(target)
            kept, replaced = kept + (after == old), replaced + (after != old)
            succeed(next_arguments)
            assert whole(target) is not None
            assert litter(parent) == [], f"{where}: litter after the next run: {litter(parent)}"
    assert kept and replaced and (restored or target.suffix), (name, kept, replaced, restored)
    print(f"{name}: {kept} crashes kept the old, {replaced} have the new, {restored} were put back by a reader")


def without_memory(name, parent, target, arguments, points=60):
    """One failed allocation at points all over the run: reported in a sentence, and the old folder or the new one is there:
    the new one only for the few points at the end, where the run prints what it did.
    Some end the process, because libstdc++ iterates over folders in functions that may not throw: then as after a kill.
    Not for ingest: Arrow's reader of CSV waits for ever for a thread that it had no memory to start."""
    counter = parent.parent / "count"
    succeed(arguments, kind="enomem", count=counter)
    calls = int(counter.read_text())
    points = min(points, calls)
    before = whole(target)
    reported = ended = survived = late = 0
    for i in range(points):
        at = 1 + i * (calls - 1) // (points - 1)
        done = run(arguments, kind="enomem", at=at)
        after = whole(target)
        assert after is not None, f"{name}: allocation {at} of {calls}: {done}"
        if done.returncode == 1:
            reported += 1
            assert "memory" in done.stderr, f"{name}: allocation {at} of {calls}: {done.stderr}"
            late += after != before
            assert late <= points // 20, f"{name}: allocation {at} of {calls}: reported, but replaced"
            assert litter(parent) == [], f"{name}: litter after allocation {at}: {litter(parent)}"
        elif done.returncode != 0:
            ended += 1
            assert done.returncode == -6 and "terminate called" in done.stderr, f"{name}: allocation {at} of {calls}: {done}"
            succeed(arguments)
            assert litter(parent) == [], f"{name}: litter after allocation {at} and the next run: {litter(parent)}"
        else:
            survived += 1
        before = whole(target)
    assert reported > points / 4 and ended < points / 4, (name, reported, ended, survived)
    print(f"{name}: {points} of {calls} allocations failed: {reported} were reported, {ended} ended the process, "
          f"{survived} did no harm")


def is_old_version(parent, digest_of_old):
    """Whether the only litter is the whole old version: it stays if the new one's name could not be synced."""
    names = litter(parent)
    return len(names) == 1 and digest(parent / names[0]) == digest_of_old


def break_everywhere(name, parent, target, arguments):
    """Runs the command with a fault at each of its changing calls, with and without an older folder in its place."""
    counter = parent.parent / "count"
    succeed(arguments, count=counter)
    calls = int(counter.read_text())
    assert calls > 5, f"{name}: only {calls} changes to the file system were seen: is the shim loaded?"
    whole = digest(target)
    old_copy = parent.parent / f"old-{name}"
    if arguments[0] == "export":  # the same model gives the same bytes: make the old one differ
        copy(target, old_copy)
        victim = old_copy if old_copy.is_file() else sorted(old_copy.iterdir())[-1]
        victim.write_bytes(victim.read_bytes() + b"of old")
    else:
        copy(target, old_copy)
    kept = replaced = refused = 0
    for kind in ("kill", "enospc"):
        for has_old in (False, True):
            for at in range(1, calls + 1):
                remove(target)
                if has_old:
                    copy(old_copy, target)
                before = digest(target)
                done = run(arguments, at=at, kind=kind)
                after = digest(target)
                if kind == "kill":
                    assert done.returncode in (-9, 0), (name, at, done)
                else:
                    assert done.returncode in (0, 1), (name, at, done)
                    if done.returncode == 1:
                        refused += 1
                        assert "No space left" in done.stderr, (name, at, done.stderr)
                        unsynced = after != before and has_old and target.is_dir()
                        assert litter(parent) == [] or (unsynced and is_old_version(parent, before)), \
                            f"{name}: litter after a full disk: {litter(parent)}"
                if after == before:
                    kept += 1
                else:
                    replaced += 1
                    assert after is not None, f"{name}: fault {at} destroyed the old one"
                    assert arguments[0] != "export" or after == whole, f"{name}: fault {at} left half a file"
                succeed(arguments)
                digest(target)
                assert litter(parent) == [], f"{name}: litter after the next run: {litter(parent)}"
    assert kept and replaced and refused, (name, kept, replaced, refused)
    print(f"{name}: {calls} faults, {kept} kept the old, {replaced} have the new, {refused} reported a full disk")


def trained(model):
    """What two training runs must have in common: the vectors, and the history except the seconds."""
    manifest = json.loads((model / "manifest.json").read_text())
    history = [{key: value for key, value in epoch.items() if key != "seconds"} for epoch in manifest["history"]]
    return history, [hashlib.sha256((model / name).read_bytes()).hexdigest() for name in ("vectors.npy", "context.npy")]


def resume_everywhere(root):
    """A training run that writes a checkpoint after every block, with a fault at each of its changes to the file system:
    whatever is left is complete, and --resume ends with the same model as a run without a fault."""
    source = root / "blocks.tsv"
    source.write_text("playlist_id\ttrack_ids\n" + "".join(
        f"p{i}\t" + " ".join(f"song{(i * 7 + j * j) % 50}" for j in range(20)) + "\n" for i in range(1200)),
        encoding="utf-8")
    parent = root / "resumed"
    parent.mkdir()
    succeed(["ingest", source, "-o", root / "blocks"])
    model, checkpoint = parent / "m", parent / "m.checkpoint"
    train = ["train", "--fit-blend", "off", root / "blocks", "-o", model, "--dim", "8", "--epochs", "2", "--threads", "1"]
    succeed(train)
    whole = trained(model)
    remove(model)
    train += ["--checkpoint-every", "1ms"]
    succeed(train, count=root / "count")
    calls = int((root / "count").read_text())
    assert trained(model) == whole and os.listdir(parent) == ["m"], os.listdir(parent)
    resumed = restarted = reported = 0
    # The number of checkpoints depends on how long they take: try a few more calls than were counted.
    faults = [("kill", at) for at in range(1, calls + 10)] + [("enospc", at) for at in range(1, calls + 10, 3)]
    for kind, at in faults:
        remove(model)
        remove(checkpoint)
        done = run(train, at=at, kind=kind)
        assert done.returncode in ((-9, 0) if kind == "kill" else (0, 1)), (kind, at, done)
        if kind == "enospc":
            assert done.returncode == 0 or "No space left" in done.stderr, (at, done.stderr)
            reported += "no checkpoint" in done.stderr
        if done.returncode == 0:
            assert trained(model) == whole, (kind, at)
        kept = digest(checkpoint) is not None
        resumed, restarted = resumed + kept, restarted + (not kept)
        done = succeed([*train, "--resume"])
        assert (f" from {checkpoint}: " in done.stderr) == kept, (kind, at, done.stderr)
        assert trained(model) == whole, f"{kind} at {at}: another model (checkpoint: {kept})"
        assert os.listdir(parent) == ["m"], f"litter after {kind} at {at}: {os.listdir(parent)}"
    assert resumed > 10 and restarted > 2 and reported, (resumed, restarted, reported)
    print(f"resume: {calls} faults, {resumed} resumed from a checkpoint, {restarted} started again, "
          f"{reported} continued without a checkpoint")


def search_everywhere(root):
    """A search for options with a fault at each of its changes to the file system: the journal reopens with every trial
    except the current one, and the same command ends with the same options as a search without a fault."""
    parent = root / "searched"
    parent.mkdir()
    best, journal = parent / "best.toml", parent / "best.toml.trials"
    tune = ["tune", root / "data" / "d", "-o", best, "--trials", "3", "--space", "epochs=1..2,dim=8", "--threads", "1"]
    succeed(tune, count=root / "count")
    calls = int((root / "count").read_text())
    whole, trials = best.read_text(), len(journal.read_text().splitlines()) - 1
    assert calls > 2 * trials, (calls, trials)
    kept = reported = 0
    for kind in ("kill", "enospc"):
        for at in range(1, calls + 1):
            remove(best)
            remove(journal)
            done = run(tune, at=at, kind=kind)
            assert done.returncode in ((-9, 0) if kind == "kill" else (0, 1)), (kind, at, done)
            if done.returncode == 1:
                reported += 1
                assert "No space left" in done.stderr, (at, done.stderr)
            assert not best.exists() or best.read_text() == whole, f"{kind} at {at} left half a file"
            lines = journal.read_text().count("\n") if journal.exists() else 0
            noted = done.stderr.count("NDCG@10")
            assert lines >= noted + (noted > 0), f"{kind} at {at}: {noted} trials were reported, {lines} lines are in the journal"
            kept += noted > 0
            succeed(tune)
            assert best.read_text() == whole, f"{kind} at {at}: other options"
            assert len(journal.read_text().splitlines()) - 1 == trials, (kind, at)
            assert sorted(os.listdir(parent)) == ["best.toml", "best.toml.trials"], os.listdir(parent)
    assert kept > trials and reported > 3, (kept, reported)
    print(f"tune: {calls} faults, trials were kept in {kept}, {reported} reported a full disk")


def lists_everywhere(root):
    """A folder of lists for everybody, with a fault at each of its changes to the file system: the parts that it lists are
    whole, and the next run continues after them and ends with the bytes of a run without a fault."""
    parent, stash = root / "lists", root / "stash-lists"
    parent.mkdir()
    folder = parent / "out"
    model = root / "models" / "m"
    make = ["recommend", model, "--users", "all", "--dataset", root / "data" / "d", "-k", "3", "--shard-lists", "30",
            "-o", f"{folder}/", "--threads", "1"]
    succeed(make)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    parts = {name: data for name, data in files.items() if name.startswith("part-")}
    assert len(parts) == 2 and "_SUCCESS" in files, sorted(files)
    continued = again = reported = 0
    for kind, seeds in (("kill", [0]), ("enospc", [0]), ("crash", [0, 1])):
        for seed in seeds:
            faults = {"kind": kind, "seed": seed, "stash": stash}
            remove(folder)
            remove(stash)
            stash.mkdir()
            succeed(make, count=root / "count", **faults)
            for at in range(1, int((root / "count").read_text()) + 1):
                remove(folder)
                remove(stash)
                stash.mkdir()
                done = run(make, at=at, **faults)
                assert done.returncode in ((1, 0) if kind == "enospc" else (-9,)), (kind, at, done)
                if done.returncode == 1:
                    reported += 1
                    assert "No space left" in done.stderr, (at, done.stderr)
                listed = 0
                if (folder / "_lists.json").exists():
                    listed = len(json.loads((folder / "_lists.json").read_text())["parts"])
                for name in sorted(parts)[:listed]:
                    assert (folder / name).read_bytes() == parts[name], f"{kind} at {at}, seed {seed}: {name} is broken"
                continued, again = continued + (listed > 0), again + (listed == 0)
                succeed(make)
                after = {path.name: path.read_bytes() for path in folder.iterdir()}
                assert after == files, f"{kind} at {at}, seed {seed}: {sorted(after)}"
                assert os.listdir(parent) == ["out"], os.listdir(parent)
    assert continued > 10 and again > 2 and reported > 3, (continued, again, reported)
    print(f"lists: {continued} runs continued after whole parts, {again} began anew, {reported} reported a full disk")


def full_tmpfs(parent, source):
    """A real full disk: a tmpfs of 64 KiB. Skipped with a note without permission to mount."""
    mount = parent / "small"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", mount], capture_output=True).returncode:
        print("no permission to mount a tmpfs: only the injected full disk above was tested")
        return
    try:
        done = run(["ingest", source, "-o", mount / "d"])
        assert done.returncode == 1 and "No space left" in done.stderr, done
        assert list(mount.iterdir()) == [], list(mount.iterdir())
    finally:
        subprocess.run(["umount", mount], check=True)
    print("full tmpfs: refused, nothing left")


def main():
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        root = pathlib.Path(folder)
        source = root / "playlists.tsv"
        rows = ["playlist_id\ttrack_ids"]
        rows += [f"p{i}\t" + " ".join(f"song{(i * 7 + j * j) % 50}" for j in range(12)) for i in range(60)]
        source.write_text("\n".join(rows) + "\n", encoding="utf-8")
        big = root / "big.tsv"
        big.write_text("playlist_id\ttrack_ids\n" + "".join(
            f"p{i}\t" + " ".join(f"song{i}x{j}" for j in range(40)) + "\n" for i in range(200)), encoding="utf-8")

        data = root / "data"
        data.mkdir()
        ingest = ["ingest", source, "-o", data / "d"]
        break_everywhere("ingest", data, data / "d", ingest)
        lose_everywhere("ingest", data, data / "d", ingest, [*ingest, "--min-session", "3"])
        models = root / "models"
        models.mkdir()
        train = ["train", "--fit-blend", "off", data / "d", "-o", models / "m", "--dim", "8", "--epochs", "1", "--threads", "1"]
        break_everywhere("train", models, models / "m", train)
        without_memory("train", models, models / "m", train)
        resume_everywhere(root)
        lists_everywhere(root)
        search_everywhere(root)
        exports = root / "exports"
        exports.mkdir()
        for form in ("word2vec", "projector"):
            break_everywhere(form, exports, exports / form,
                             ["export", models / "m", "--format", form, "-o", exports / form])
        export = ["export", models / "m", "--format", "word2vec", "-o", exports / "words.txt"]
        succeed(export)
        without_memory("word2vec", exports, exports / "words.txt", export)
        lose_everywhere("word2vec", exports, exports / "words.txt", export, [*export, "--normalise"])
        full_tmpfs(root, big)


if __name__ == "__main__":
    main()
