"""fastText's .vec: fastText starts from the file, and what it writes is read."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from gluon_softmax.models.vectors import WordVectors


def test_gensim_reads_the_file(random_vectors: WordVectors, tmp_path: Path) -> None:
    keyed_vectors = pytest.importorskip("gensim.models").KeyedVectors
    random_vectors.save(tmp_path / "v.vec")
    peer = keyed_vectors.load_word2vec_format(str(tmp_path / "v.vec"), binary=False)
    assert peer.index_to_key == random_vectors.tokens and (peer.vectors == random_vectors.matrix).all()


def test_fasttext_starts_from_the_file(tmp_path: Path) -> None:
    """With no epoch to train, its words have the vectors that it was given."""
    fasttext = pytest.importorskip("fasttext")
    vectors = WordVectors(["chip", "intel", "über"], numpy.array([[1, 2], [0.5, -3], [7, 1e-3]]))
    vectors.save(tmp_path / "v.vec")
    (tmp_path / "text").write_text("__label__x chip intel über\n", "utf-8")
    model = fasttext.train_supervised(
        str(tmp_path / "text"), dim=2, epoch=1, lr=1e-30, pretrainedVectors=str(tmp_path / "v.vec"),
        minCount=1, verbose=0,
    )  # fmt: skip
    for token in vectors.tokens:
        assert numpy.allclose(model.get_word_vector(token), vectors[token], atol=1e-6)


def test_its_own_files_are_read(tmp_path: Path) -> None:
    """A space ends each line of fastText's, and </s> is a word."""
    (tmp_path / "v.vec").write_text("2 3\n</s> 0.1 0.2 0.3 \nchip 1 -2 3e-05 \n")
    vectors = WordVectors.load(tmp_path / "v.vec")
    assert vectors.tokens == ["</s>", "chip"]
    assert vectors["chip"].tolist() == numpy.float32([1, -2, 3e-05]).tolist()


def test_a_binary_file_of_that_name_is_refused(tmp_path: Path) -> None:
    vectors = WordVectors(["a", "b"], [[1.5, 2.5], [3, 4]])
    vectors.save(tmp_path / "v.vec", binary=True)
    with pytest.raises(ValueError, match=r"v.vec, line 2: takes"):
        WordVectors.load(tmp_path / "v.vec")
