"""Word2Vec: scripts from gensim's documentation with the import changed, and vectors as good as gensim's."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import half, queues
from gensim.models import Word2Vec as GensimWord2Vec
from gensim.test.utils import common_texts, datapath

import segue
from segue.keyed_vectors import KeyedVectors
from segue.word2vec import OPTIONS, LineSentence, Word2Vec


def agreement(vectors: Any) -> float:
    """The share of songs whose nearest song is of the same half."""
    return float(
        np.mean([half(song) == half(vectors.most_similar(song, topn=1)[0][0]) for song in vectors.index_to_key])
    )


def test_usage_examples_of_gensims_documentation(tmp_path: Path) -> None:
    model = Word2Vec(sentences=common_texts, vector_size=100, window=5, min_count=1, workers=4)
    model.save(tmp_path / "word2vec.model")
    vector = model.wv["computer"]
    sims = model.wv.most_similar("computer", topn=10)
    assert vector.shape == (100,) and len(sims) == 10
    word_vectors = model.wv
    word_vectors.save(tmp_path / "word2vec.wordvectors")
    wv = KeyedVectors.load(tmp_path / "word2vec.wordvectors", mmap="r")
    np.testing.assert_array_equal(wv["computer"], vector)
    wv_from_text = KeyedVectors.load_word2vec_format(datapath("word2vec_pre_kv_c"), binary=False)
    wv_from_bin = KeyedVectors.load_word2vec_format(datapath("euclidean_vectors.bin"), binary=True)
    assert len(wv_from_text) > 0 and len(wv_from_bin) > 0


def test_streamed_sentences_in_two_steps() -> None:
    class MyCorpus:
        def __iter__(self) -> Iterator[list[str]]:
            yield from common_texts

    sentences = MyCorpus()
    model = Word2Vec(vector_size=20, min_count=1, workers=1)
    model.build_vocab(sentences)
    assert model.corpus_count == 9 and model.corpus_total_words == 29 and len(model.wv) == 12
    assert not model.wv.vectors.any()
    words, raw = model.train(sentences, total_examples=model.corpus_count, epochs=30)
    assert words == raw == 29 * 30 and model.epochs == 30
    assert model.wv.vectors.any()


@pytest.mark.parametrize(
    "parameters",
    [{"min_count": 1}, {"min_count": 2}, {"min_count": 3}, {"min_count": 1, "max_final_vocab": 5}],
    ids=str,
)
def test_the_vocabulary_is_gensims(parameters: dict[str, int]) -> None:
    ours = Word2Vec(common_texts, workers=1, **parameters).wv
    theirs = GensimWord2Vec(common_texts, workers=1, **parameters).wv
    assert set(ours.index_to_key) == set(theirs.index_to_key)
    assert all(ours.get_vecattr(word, "count") == theirs.get_vecattr(word, "count") for word in ours.index_to_key)
    counts = [ours.get_vecattr(word, "count") for word in ours.index_to_key]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("sg", [0, 1])
def test_vectors_are_as_good_as_gensims(sg: int) -> None:
    parameters: dict[str, Any] = {"vector_size": 16, "window": 5, "epochs": 10, "sg": sg, "workers": 1, "sample": 0}
    theirs = agreement(GensimWord2Vec(queues(), **parameters).wv)
    ours = agreement(Word2Vec(queues(), **parameters).wv)
    assert theirs > 0.9 and ours >= theirs - 0.05


def test_every_parameter_reaches_training() -> None:
    given = {
        "vector_size": 7, "window": 3, "min_count": 2, "negative": 4, "ns_exponent": 0.5, "sample": 0.01, "alpha": 0.03,
        "min_alpha": 0.002, "epochs": 2, "workers": 1, "seed": 9, "shrink_windows": False,
    }  # fmt: skip
    assert set(given) == set(OPTIONS)
    for sg, architecture in ((0, "cbow"), (1, "skipgram")):
        trained = Word2Vec(queues(count=50), sg=sg, **given).segue_model
        assert trained is not None
        options = trained.manifest["options"]
        assert {name: options[option] for name, option in OPTIONS.items()} == given
        assert options["architecture"] == architecture and options["place_plays"] == 2


def test_one_worker_and_one_seed_give_the_same_vectors() -> None:
    one, again = (Word2Vec(queues(count=50), workers=1, seed=4, min_count=1).wv.vectors for _ in range(2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, Word2Vec(queues(count=50), workers=1, seed=5, min_count=1).wv.vectors)


def test_a_corpus_file_is_the_same_as_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "corpus.txt.gz"
    with gzip.open(file, "wt") as out:
        out.writelines(" ".join(sentence) + "\n" for sentence in common_texts)
    assert list(LineSentence(file)) == common_texts
    assert list(LineSentence(file, max_sentence_length=2, limit=1)) == [["human", "interface"], ["computer"]]
    of_file, of_lists = (
        Word2Vec(**source, workers=1, min_count=1).wv for source in ({"corpus_file": file}, {"sentences": common_texts})
    )
    assert of_file.index_to_key == of_lists.index_to_key
    np.testing.assert_array_equal(of_file.vectors, of_lists.vectors)


def test_saved_models_are_models_of_segue(tmp_path: Path) -> None:
    model = Word2Vec(queues(), vector_size=12, workers=1, sg=1)
    model.save(tmp_path / "model")
    read = Word2Vec.load(tmp_path / "model")
    assert (read.vector_size, read.sg, read.workers, read.min_count) == (12, 1, 1, 5)
    assert read.wv.index_to_key == model.wv.index_to_key
    np.testing.assert_array_equal(read.wv.vectors, model.wv.vectors)
    np.testing.assert_array_equal(read.syn1neg, model.syn1neg)
    assert segue.Model.open(tmp_path / "model").ids == model.wv.index_to_key
    assert 0 < read.get_latest_training_loss() < 10


def test_output_words_are_those_of_the_context() -> None:
    model = Word2Vec(queues(), vector_size=16, epochs=10, workers=1, sample=0)
    predicted = model.predict_output_word(["s1", "s2", "unknown"], topn=20)
    assert predicted is not None and len(predicted) == 20
    assert sum(half(word) for word, _ in predicted) >= 18
    chances = [chance for _, chance in predicted]
    assert chances == sorted(chances, reverse=True) and 0 < sum(chances) < 1
    assert model.predict_output_word(["unknown"]) is None


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"hs": 1}, "hs=0, found 1.*negative sampling"),
        ({"negative": 0}, "negative of at least 1"),
        ({"cbow_mean": 0}, "cbow_mean=1"),
        ({"callbacks": [object()]}, "callbacks"),
        ({"trim_rule": len}, "filter the sentences"),
        ({"max_vocab_size": 10}, "max_final_vocab"),
        ({"hashfxn": len}, "hashfxn"),
        ({"vector_size": 0}, "expected"),
        ({"corpus_file": "also"}, "either sentences or corpus_file"),
    ],
)
def test_what_segue_cannot_do_is_refused(parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(segue.WrongUse, match=sentence):
        Word2Vec(common_texts, **{"min_count": 1, **parameters})


def test_steps_in_a_wrong_order_are_refused(tmp_path: Path) -> None:
    model = Word2Vec(min_count=1, workers=1)
    with pytest.raises(segue.WrongUse, match="build_vocab first"):
        model.train(common_texts)
    with pytest.raises(segue.WrongUse, match="without train"):
        model.save(tmp_path / "model")
    model.build_vocab(common_texts)
    with pytest.raises(segue.WrongUse, match="found others"):
        model.train(common_texts[:3])
    model.train(common_texts)
    with pytest.raises(segue.Unsupported, match="trained already"):
        model.train([["hello", "world"]], total_examples=1, epochs=1)
    with pytest.raises(segue.WrongUse, match="neither update"):
        model.build_vocab(common_texts, update=True)
    for text in ("one sentence as a text", ["a sentence", "another"]):
        with pytest.raises(segue.WrongUse, match="found the text"):
            Word2Vec(text, min_count=1)
    with pytest.raises(segue.Error):
        Word2Vec([], min_count=1)
    with pytest.raises(segue.Error, match="min"):
        Word2Vec(common_texts, min_count=1000)
