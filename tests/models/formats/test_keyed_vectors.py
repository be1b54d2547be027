"""gensim's KeyedVectors: gensim loads what is written, its files are read, and no pickle runs anything."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from gluon_softmax.models.vectors import WordVectors


def gensim_models() -> Any:
    return pytest.importorskip("gensim.models")


def test_gensim_loads_the_file(random_vectors: WordVectors, tmp_path: Path) -> None:
    keyed_vectors = gensim_models().KeyedVectors
    random_vectors.save(tmp_path / "v.kv")
    assert os.listdir(tmp_path) == ["v.kv"]
    peer = keyed_vectors.load(str(tmp_path / "v.kv"))
    assert peer.index_to_key == random_vectors.tokens and (peer.vectors == random_vectors.matrix).all()


@pytest.mark.parametrize("sep_limit", [10 * 1024**2, 1])
def test_gensim_s_own_file_is_read(sep_limit: int, random_vectors: WordVectors, tmp_path: Path) -> None:
    """Of a trained model, with counts; and with its array in a file beside it, as large ones are."""
    models = gensim_models()
    model = models.Word2Vec([["chip", "intel", "bank"]] * 20, vector_size=5, min_count=1, epochs=1, workers=1)
    model.wv.save(str(tmp_path / "v.kv"), sep_limit=sep_limit)
    assert (tmp_path / "v.kv.vectors.npy").exists() == (sep_limit == 1)
    vectors = WordVectors.load(tmp_path / "v.kv")
    assert vectors.tokens == model.wv.index_to_key and (vectors.matrix == model.wv.vectors).all()
    plain = models.KeyedVectors(vector_size=7)
    plain.add_vectors(random_vectors.tokens, random_vectors.matrix)
    plain.save(str(tmp_path / "plain.kv"))
    assert WordVectors.load(tmp_path / "plain.kv").tokens == random_vectors.tokens


class Harm:
    """A pickle that would call a function."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_that_a_pickle_names_is_run(protocol: int, tmp_path: Path) -> None:
    (tmp_path / "v.kv").write_bytes(pickle.dumps(Harm(tmp_path / "made"), protocol))
    with pytest.raises(ValueError, match=r"v.kv: takes a file of gensim's .*; it names posix\.mkdir"):
        WordVectors.load(tmp_path / "v.kv")
    assert os.listdir(tmp_path) == ["v.kv"]


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "Ran out of input"),
        (b"2 2\na 1 2\n", "takes a file of gensim's"),
        (pickle.dumps([1, 2]), "it holds list"),
        (pickle.dumps(ValueError("x")), "it names builtins.ValueError"),
    ],
)
def test_wrong_files(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "v.kv").write_bytes(content)
    with pytest.raises(ValueError, match=f"v.kv: .*{message}"):
        WordVectors.load(tmp_path / "v.kv")


def test_an_array_that_is_missing_or_damaged_beside_the_file(tmp_path: Path) -> None:
    peer = gensim_models().KeyedVectors(vector_size=2)
    peer.add_vectors(["a", "b"], [[1, 2], [3, 4]])
    peer.save(str(tmp_path / "v.kv"), sep_limit=1)
    (tmp_path / "v.kv.vectors.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(ValueError, match=r"vectors.npy: takes an array of NumPy"):
        WordVectors.load(tmp_path / "v.kv")
    (tmp_path / "v.kv.vectors.npy").unlink()
    with pytest.raises(FileNotFoundError, match=r"vectors.npy"):
        WordVectors.load(tmp_path / "v.kv")
