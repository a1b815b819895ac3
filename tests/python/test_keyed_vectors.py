"""KeyedVectors: the same answers as gensim's, and what it does differently on purpose."""

from __future__ import annotations

import gzip
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import KeyedVectors as GensimKeyedVectors

import segue
from segue.keyed_vectors import KeyedVectors

SONGS = [f"song-{i}" for i in range(300)]
VECTORS = np.random.default_rng(7).normal(size=(300, 20)).astype(np.float32)
COUNTS = np.arange(300, 0, -1)
PROBE = np.random.default_rng(8).normal(size=20).astype(np.float32)


@pytest.fixture
def ours() -> KeyedVectors:
    return KeyedVectors(list(SONGS), VECTORS.copy(), counts=COUNTS)


@pytest.fixture
def theirs() -> GensimKeyedVectors:
    made = GensimKeyedVectors(20)
    made.add_vectors(SONGS, VECTORS.copy())
    for song, count in zip(SONGS, COUNTS.tolist()):
        made.set_vecattr(song, "count", count)
    return made


def assert_same(one: Any, other: Any) -> None:
    if isinstance(other, list) and other and isinstance(other[0], tuple):
        assert [key for key, _ in one] == [key for key, _ in other]
        one, other = [score for _, score in one], [score for _, score in other]
    np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-6)


QUERIES: list[dict[str, Any]] = [
    {"positive": "song-1"},
    {"positive": 5},
    {"positive": ["song-1", "song-2"], "negative": ["song-3"]},
    {"positive": [("song-1", 0.3), ("song-2", 2.0)], "negative": [("song-3", -0.5)], "topn": 25},
    {"positive": [PROBE, "song-4"], "negative": ["song-9", PROBE / 3]},
    {"positive": PROBE},
    {"negative": ["song-7"]},
    {"positive": np.stack([PROBE, PROBE * PROBE])},
    {"positive": ["song-1", "song-1"], "topn": 299},
    {"positive": ["song-1"], "topn": None},
    {"positive": ["song-1"], "topn": 0},
    {"positive": ["song-1"], "restrict_vocab": 40},
    {"positive": ["song-250"], "clip_start": 100, "clip_end": 200},
    {"positive": ["song-120"], "clip_start": 100, "clip_end": 200, "topn": None},
    {"positive": ["song-1"], "topn": 10_000},
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_most_similar_is_gensims(query: dict[str, Any], ours: KeyedVectors, theirs: GensimKeyedVectors) -> None:
    assert_same(ours.most_similar(**query), theirs.most_similar(**query))


@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`")
@pytest.mark.parametrize(
    "query",
    [
        {"positive": "song-1"},
        {"positive": ["song-1", "song-2"], "negative": ["song-3"]},
        {"positive": ["song-1", "song-1"], "negative": "song-2", "topn": 299},
        {"positive": ["song-1", "song-5"], "negative": ["song-3", "song-4"], "topn": None},
        {"positive": ["song-1"], "topn": 0},
    ],
    ids=str,
)
def test_cosmul_is_gensims(query: dict[str, Any], ours: KeyedVectors, theirs: GensimKeyedVectors) -> None:
    assert_same(ours.most_similar_cosmul(**query), theirs.most_similar_cosmul(**query))


@pytest.mark.parametrize(
    "ask",
    [
        lambda kv: kv.similar_by_key("song-3", topn=7),
        lambda kv: kv.similar_by_word("song-3", restrict_vocab=50),
        lambda kv: kv.similar_by_vector(PROBE),
        lambda kv: kv.similarity("song-3", "song-8"),
        lambda kv: kv.distance("song-3", "song-8"),
        lambda kv: kv.distances("song-3"),
        lambda kv: kv.distances(PROBE, ["song-8", "song-9"]),
        lambda kv: kv.n_similarity(["song-1", "song-2"], ["song-3", "unknown"]),
        lambda kv: kv.get_mean_vector(["song-1", "song-2", "unknown"]),
        lambda kv: kv.get_mean_vector(["song-1", PROBE], weights=[1, -2], post_normalize=True),
        lambda kv: kv.get_mean_vector(["song-1", "song-2"], pre_normalize=False),
        lambda kv: kv.get_vector("song-1", norm=True),
        lambda kv: kv["song-1"],
        lambda kv: kv[["song-1", "song-5", "song-1"]],
        lambda kv: kv[17],
        lambda kv: kv.get_normed_vectors(),
        lambda kv: kv.relative_cosine_similarity("song-1", "song-2"),
        lambda kv: kv.cosine_similarities(PROBE, VECTORS[:9]),
        lambda kv: kv.rank("song-3", "song-8"),
        lambda kv: [score for score, _ in kv.rank_by_centrality(["song-1", "song-2", "song-3"])],
        lambda kv: kv.vectors_for_all(["song-9", "unknown", "song-2", "song-9"]).vectors,
        lambda kv: [kv.get_vecattr(song, "count") for song in SONGS],
        lambda kv: [
            len(kv),
            kv.vector_size,
            kv.get_index("song-7"),
            kv.get_index("unknown", 4),
            "song-1" in kv,
            "x" in kv,
        ],
        lambda kv: [kv.has_index_for("song-1"), kv.has_index_for(299), kv.has_index_for(300)],
    ],
)
def test_answers_are_gensims(ask: Any, ours: KeyedVectors, theirs: GensimKeyedVectors) -> None:
    theirs.fill_norms()
    assert_same(ask(ours), ask(theirs))


@pytest.mark.parametrize(
    "ask",
    [
        lambda kv: kv.closer_than("song-3", "song-8"),
        lambda kv: kv.doesnt_match(["song-1", "song-2", "unknown", "song-3"]),
        lambda kv: kv.most_similar_to_given("song-3", ["song-8", "song-9", "song-10"]),
        lambda kv: kv.index_to_key,
        lambda kv: kv.key_to_index,
    ],
)
def test_keys_are_gensims(ask: Any, ours: KeyedVectors, theirs: GensimKeyedVectors) -> None:
    assert ask(ours) == ask(theirs)


def test_adding_is_gensims(ours: KeyedVectors, theirs: GensimKeyedVectors) -> None:
    for kv in (ours, theirs):
        kv.fill_norms()
        kv.add_vectors(["new-1", "song-2", "new-2"], np.stack([PROBE, PROBE, -PROBE]))
        kv["song-4"] = PROBE
        kv.norms = None
    assert ours.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)
    assert_same(ours.most_similar("song-4", topn=5), theirs.most_similar("song-4", topn=5))
    assert ours.get_vecattr("new-1", "count") == 0


def test_one_by_one_from_an_empty_start() -> None:
    kv = KeyedVectors(20)
    for song, vector in zip(SONGS, VECTORS):
        kv.add_vector(song, vector)
    np.testing.assert_array_equal(kv.vectors, VECTORS)
    assert kv.vectors.base is not None and len(kv.vectors.base) < 2 * len(SONGS)  # room doubles, with no more to spare
    kv.add_vector("song-3", PROBE)
    np.testing.assert_array_equal(kv["song-3"], PROBE)


def test_adding_leaves_the_given_array_alone() -> None:
    mapped = VECTORS.copy()
    mapped.flags.writeable = False
    kv = KeyedVectors(list(SONGS), mapped)
    assert kv.vectors.base is mapped  # no copy to begin with
    kv["song-0"] = PROBE
    np.testing.assert_array_equal(mapped, VECTORS)
    np.testing.assert_array_equal(kv["song-0"], PROBE)


def test_sorting_by_count(ours: KeyedVectors, theirs: GensimKeyedVectors) -> None:
    for kv in (ours, theirs):
        kv.set_vecattr("song-100", "count", 9999)
        kv.sort_by_descending_frequency()
    assert ours.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)


def test_unit_normalising(ours: KeyedVectors) -> None:
    before = ours.most_similar("song-1")
    ours.unit_normalize_all()
    np.testing.assert_allclose(np.linalg.norm(ours.vectors, axis=1), 1, rtol=1e-6)
    assert_same(ours.most_similar("song-1"), before)


def test_vectors_cannot_be_tampered_with(ours: KeyedVectors) -> None:
    with pytest.raises(ValueError, match="read-only"):
        ours["song-1"][0] = 1
    ours.vectors[1] = PROBE
    ours.fill_norms(force=True)
    assert ours.similarity("song-1", "song-1") == pytest.approx(1)


def test_an_indexer_answers(ours: KeyedVectors) -> None:
    class Indexer:
        def most_similar(self, vector: Any, topn: int) -> list[tuple[str, float]]:
            assert vector.shape == (20,) and np.linalg.norm(vector) == pytest.approx(1)
            return [("found", float(topn))]

    assert ours.most_similar("song-1", topn=3, indexer=Indexer()) == [("found", 3.0)]


def test_ties_come_in_the_order_of_rows() -> None:
    kv = KeyedVectors([f"s{i}" for i in range(50)], np.ones((50, 3), np.float32))
    assert [key for key, _ in kv.most_similar("s10", topn=4)] == ["s0", "s1", "s2", "s3"]


def test_a_zero_vector_is_similar_to_nothing(ours: KeyedVectors) -> None:
    ours["song-0"] = np.zeros(20, np.float32)
    with np.errstate(all="raise"):
        assert ours.similarity("song-0", "song-1") == 0
        cosines = ours.most_similar("song-1", topn=None)
        assert cosines[0] == 0 and np.isfinite(cosines).all()
        assert np.isfinite(ours.get_normed_vectors()).all()


def test_threads_that_ask_first_at_the_same_time(ours: KeyedVectors) -> None:
    expected = KeyedVectors(list(SONGS), VECTORS).most_similar("song-1")
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(ours.most_similar("song-1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8


@pytest.mark.parametrize(
    "ask",
    [
        lambda kv: kv["x"],
        lambda kv: kv.get_index("x"),
        lambda kv: kv.most_similar("x"),
        lambda kv: kv.most_similar(["song-1", ("x", 2.0)]),
        lambda kv: kv.most_similar_cosmul(["song-1"], ["x"]),
        lambda kv: kv.similarity("song-1", "x"),
        lambda kv: kv.distances("song-1", ["x"]),
        lambda kv: kv.get_mean_vector(["x"], ignore_missing=False),
        lambda kv: kv.get_vecattr("x", "count"),
    ],
)
def test_an_unknown_key_is_named(ask: Any, ours: KeyedVectors) -> None:
    with pytest.raises(KeyError, match="key 'x' is not among the 300 songs"):
        ask(ours)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda kv: kv.most_similar(), "found none"),
        (lambda kv: kv.most_similar_cosmul(negative=["song-1"]), "found none"),
        (lambda kv: kv.most_similar([("song-1", "song-2")]), "expected a key, a vector, or one of them with a weight"),
        (lambda kv: kv.similar_by_vector(PROBE[:4]), r"expected a vector of 20 numbers, found .* \(4,\)"),
        (lambda kv: kv.similar_by_vector(PROBE * np.nan), "finite"),
        (lambda kv: kv.get_mean_vector(["song-1"], weights=[1, 2]), "expected 1 weights"),
        (lambda kv: kv.doesnt_match(["x"]), "found none"),
        (lambda kv: kv.add_vectors(["a"], np.ones((1, 3))), "expected 1 x 20 numbers"),
        (lambda kv: KeyedVectors(["a", "b"], np.ones((1, 3))), "shape 2 x numbers"),
        (lambda kv: KeyedVectors(["a", "a"], np.ones((2, 3))), "distinct keys"),
        (lambda kv: KeyedVectors(["a"], np.ones((1, 3), int)), "floating-point"),
        (lambda kv: KeyedVectors(["a"], np.ones((1, 3)), counts=[1, 2]), "expected 1 counts"),
        (lambda kv: KeyedVectors(), "vector_size"),
    ],
)
def test_wrong_use_is_a_value_error(ask: Any, sentence: str, ours: KeyedVectors) -> None:
    with pytest.raises(ValueError, match=sentence) as raised:
        ask(ours)
    assert isinstance(raised.value, segue.WrongUse)


def test_names_of_older_gensims_say_what_to_use(ours: KeyedVectors) -> None:
    with pytest.raises(AttributeError, match="vocab: use key_to_index"):
        ours.vocab  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        ours.nonsense  # noqa: B018
    with pytest.raises(TypeError, match="expected values of int64"):
        ours.set_vecattr("song-1", "count", "many")


# Files


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz"])
def test_word2vec_files_go_both_ways(
    binary: bool, suffix: str, tmp_path: Path, ours: KeyedVectors, theirs: GensimKeyedVectors
) -> None:
    ours.add_vector("Ágætis byrjun", PROBE)
    mine, gensims = tmp_path / f"ours{suffix}", tmp_path / f"gensim{suffix}"
    with pytest.raises(segue.WrongUse, match="Ágætis byrjun.*without spaces"):
        ours.save_word2vec_format(mine, binary=binary)
    assert not list(tmp_path.iterdir())
    ours = ours.vectors_for_all(SONGS, copy_vecattrs=True)
    ours.add_vector("Ágætis", PROBE)
    ours.save_word2vec_format(mine, binary=binary)
    read = GensimKeyedVectors.load_word2vec_format(str(mine), binary=binary)
    assert read.index_to_key == ours.index_to_key
    np.testing.assert_array_equal(read.vectors, ours.vectors)
    theirs.save_word2vec_format(str(gensims), binary=binary)
    back = KeyedVectors.load_word2vec_format(gensims, binary=binary)
    assert back.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(back.vectors, theirs.vectors)


@pytest.mark.parametrize("binary", [False, True])
def test_word2vec_files_of_part_and_of_counts(binary: bool, tmp_path: Path, ours: KeyedVectors) -> None:
    ours.set_vecattr("song-200", "count", 5000)
    file, counts = tmp_path / "vectors", tmp_path / "counts.gz"
    ours.save_word2vec_format(file, fvocab=counts, binary=binary, prefix="*")
    read = KeyedVectors.load_word2vec_format(file, fvocab=counts, binary=binary, limit=3, datatype=np.float16)
    assert read.index_to_key == ["*song-200", "*song-0", "*song-1"]
    assert [read.get_vecattr(key, "count") for key in read.index_to_key] == [5000, 300, 299]
    assert read.vectors.dtype == np.float16
    np.testing.assert_array_equal(read.vectors, VECTORS[[200, 0, 1]].astype(np.float16))


def test_a_text_file_without_a_header_and_with_trailing_spaces(tmp_path: Path) -> None:
    file = tmp_path / "glove.txt"
    file.write_text("a 1 2 3 \nb 4 5 6\na 7 8 9\n")
    read = KeyedVectors.load_word2vec_format(file, no_header=True)
    assert read.index_to_key == ["a", "b"]
    np.testing.assert_array_equal(read.vectors, [[1, 2, 3], [4, 5, 6]])
    assert KeyedVectors.load_word2vec_format(file, no_header=True, limit=1).index_to_key == ["a"]


def test_keys_in_another_encoding_and_cut_characters(tmp_path: Path) -> None:
    file = tmp_path / "latin"
    file.write_bytes("1 2\nbjörk 1 2\n".encode("latin-1"))
    assert KeyedVectors.load_word2vec_format(file, encoding="latin-1").index_to_key == ["björk"]
    with pytest.raises(UnicodeDecodeError):
        KeyedVectors.load_word2vec_format(file)
    assert KeyedVectors.load_word2vec_format(file, unicode_errors="ignore").index_to_key == ["bjrk"]


def test_appending_after_a_header_that_says_both(tmp_path: Path, ours: KeyedVectors) -> None:
    file = tmp_path / "both"
    ours.save_word2vec_format(file, binary=True, total_vec=600, prefix="a-")
    ours.save_word2vec_format(file, binary=True, append=True, write_header=False, prefix="b-")
    assert len(KeyedVectors.load_word2vec_format(file, binary=True)) == 600


@pytest.mark.parametrize(
    ("content", "binary", "error", "sentence"),
    [
        (b"", False, segue.BadInput, "expected a first line"),
        (b"song 1 2 3\n", False, segue.BadInput, "expected a first line"),
        (b"2 2\na 1 2\n", False, segue.Corrupt, "expected 2 keys, found 1"),
        (b"1 2\na 1\n", False, segue.BadInput, ":2: expected a key and 2 numbers"),
        (b"1 2\na 1 x\n", False, segue.BadInput, ":2: expected a key and 2 numbers"),
        (b"2 1\na \0\0\0\0b \0\0", True, segue.Corrupt, "expected 2 keys, found 1"),
    ],
)
def test_files_of_another_form(
    content: bytes, binary: bool, error: type[Exception], sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(error, match=sentence):
        KeyedVectors.load_word2vec_format(file, binary=binary)


def test_saving_and_loading(tmp_path: Path, ours: KeyedVectors) -> None:
    ours.set_vecattr("song-1", "loudness", -7.5)
    ours.add_vector(1234567, PROBE)
    ours.add_vector("a key\nwith anything in it ♫", PROBE)
    file = tmp_path / "songs.kv"
    ours.save(str(file))
    assert [path.name for path in tmp_path.iterdir()] == ["songs.kv"]
    for mmap in (None, "r"):
        read = KeyedVectors.load(file, mmap=mmap)
        assert read.index_to_key == ours.index_to_key
        np.testing.assert_array_equal(read.vectors, ours.vectors)
        assert read.get_vecattr("song-1", "loudness") == -7.5
        assert read.get_vecattr("song-1", "count") == 299
        assert read.most_similar("song-1") == ours.most_similar("song-1")
    assert str(file) in Path("/proc/self/maps").read_text()
    assert read.vectors.ctypes.data % 64 == 0 and not read.vectors.flags.writeable


def test_loading_what_is_not_ours(tmp_path: Path, theirs: GensimKeyedVectors) -> None:
    pickled, damaged, other = tmp_path / "pickled", tmp_path / "damaged", tmp_path / "other.npz"
    theirs.save(str(pickled))
    with pytest.raises(segue.Unsupported, match="save_word2vec_format"):
        KeyedVectors.load(pickled)
    np.savez(other, vectors=VECTORS)
    with pytest.raises(segue.Corrupt, match="other.npz"):
        KeyedVectors.load(other)
    KeyedVectors(list(SONGS), VECTORS).save(damaged)
    content = bytearray(damaged.read_bytes())
    content[5000] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(segue.Corrupt, match="damaged"):
        KeyedVectors.load(damaged)
    with pytest.raises(FileNotFoundError):
        KeyedVectors.load(tmp_path / "missing")


# Scores


def test_pairs_and_analogies_are_scored_as_by_gensim(
    tmp_path: Path, ours: KeyedVectors, theirs: GensimKeyedVectors
) -> None:
    rng = np.random.default_rng(3)
    names = [*SONGS[:60], "unknown"]
    pairs = tmp_path / "pairs.tsv.gz"
    with gzip.open(pairs, "wt") as file:
        file.write("# songs\n\nnot a pair\n")
        for _ in range(80):
            one, other = rng.choice(names, 2)
            file.write(f"{one}\t{other}\t{rng.uniform(0, 10):.2f}\n")
    analogies = tmp_path / "analogies.txt"
    with analogies.open("w") as file:
        for section in ("first", "second", "empty"):
            file.write(f": {section}\n")
            for _ in range(30 if section != "empty" else 0):
                a, b, c, d = rng.choice(names, 4)
                answer = ours.most_similar([b, c], [a], topn=1)[0][0] if "unknown" not in (a, b, c) else d
                file.write(f"{a} {b} {c} {answer if rng.random() < 0.5 else d}\n")
    for dummy in (False, True):
        arguments = {"dummy4unknown": dummy, "restrict_vocab": 250, "case_insensitive": not dummy}
        mine, gensims = (
            ours.evaluate_word_pairs(pairs, **arguments),
            theirs.evaluate_word_pairs(str(pairs), **arguments),
        )
        np.testing.assert_allclose(np.hstack([*mine[:2], mine[2]]), np.hstack([*gensims[:2], gensims[2]]), rtol=1e-4)
        score, sections = ours.evaluate_word_analogies(analogies, **arguments)
        their_score, their_sections = theirs.evaluate_word_analogies(str(analogies), **arguments)
        assert 0.2 < score == their_score
        assert sections == their_sections
    with pytest.raises(segue.BadInput, match="found none"):
        ours.evaluate_word_pairs(pairs, restrict_vocab=0)
    headless = tmp_path / "headless"
    headless.write_text("a b c d\n")
    with pytest.raises(segue.BadInput, match="headless:1: expected a line"):
        ours.evaluate_word_analogies(headless)
