"""The folder of model2vec and StaticEmbedding: both open it and give a text its words' mean vector."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import numpy
import pytest

from gluon_softmax.models.vectors import WordVectors

ALL = pytest.mark.filterwarnings("ignore")  # what these libraries warn of at import is theirs


@pytest.fixture(params=[True, False], ids=["with <unk>", "without"])
def vectors(request: pytest.FixtureRequest, royal: WordVectors) -> WordVectors:
    if not request.param:
        return royal
    return WordVectors(["<unk>", *royal.tokens], numpy.concatenate([[[9.0, 9.0]], royal.matrix]))


@ALL
def test_model2vec_reads_the_folder(vectors: WordVectors, tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec")
    vectors.save(tmp_path / "v", format="safetensors")
    model = model2vec.StaticModel.from_pretrained(str(tmp_path / "v"))
    texts = ["queen", "king  apple", "nothing", "nothing man"]
    expected = [vectors["queen"], (vectors["king"] + vectors["apple"]) / 2, [0, 0], vectors["man"]]
    assert numpy.allclose(model.encode(texts), expected, atol=1e-6)
    for token in vectors.tokens:
        assert model.tokenizer.token_to_id(token) == vectors.tokens.index(token)


@ALL
def test_static_embedding_reads_the_folder(vectors: WordVectors, tmp_path: Path) -> None:
    sentence_transformers = pytest.importorskip("sentence_transformers")
    models = pytest.importorskip("sentence_transformers.models")
    vectors.save(tmp_path / "v", format="safetensors")
    static = models.StaticEmbedding.load(str(tmp_path / "v"))
    assert numpy.allclose(static.embedding.weight.detach().numpy()[: len(vectors)], vectors.matrix)
    model = sentence_transformers.SentenceTransformer(str(tmp_path / "v"), device="cpu")
    expected = [vectors["queen"], (vectors["king"] + vectors["apple"]) / 2]
    assert numpy.allclose(model.encode(["queen", "king apple"]), expected, atol=1e-6)


@ALL
def test_what_model2vec_writes_is_read(tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec")
    tokenizers = pytest.importorskip("tokenizers")
    words = {"[UNK]": 0, "chip": 1, "intel": 2, "##s": 3}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordPiece(words, unk_token="[UNK]"))
    matrix = numpy.random.default_rng(0).normal(size=(4, 6)).astype(numpy.float32)
    model2vec.StaticModel(matrix, tokenizer).save_pretrained(str(tmp_path / "v"))
    again = WordVectors.load(tmp_path / "v")
    assert again.tokens == list(words) and (again.matrix == matrix).all()


def test_a_file_s_own_name(royal: WordVectors, tmp_path: Path) -> None:
    royal.save(tmp_path / "model.safetensors")
    assert WordVectors.load(tmp_path).tokens == WordVectors.load(tmp_path / "model.safetensors").tokens
    with pytest.raises(ValueError, match=r"path takes a folder or a file named model.safetensors"):
        royal.save(tmp_path / "v.safetensors")


def test_the_folder_of_something_else_is_left_alone(royal: WordVectors, tmp_path: Path) -> None:
    for content in ('{"options": {}}', '{"model_type": "bert"}', "[]", "no JSON"):
        (tmp_path / "config.json").write_text(content)
        with pytest.raises(ValueError, match=r"path takes a folder of its own for model.safetensors"):
            royal.save(tmp_path, format="safetensors")
        assert [path.name for path in tmp_path.iterdir()] == ["config.json"]
        assert (tmp_path / "config.json").read_text() == content


def _in_tokenizer(change: Callable[[Any], None]) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        tokenizer = json.loads((folder / "tokenizer.json").read_text())
        change(tokenizer)
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer))

    return prepare


@pytest.mark.parametrize(
    "prepare, message",
    [
        (_in_tokenizer(lambda t: t["model"]["vocab"].pop("king")), "tokenizer.json is damaged: it takes a"),
        (_in_tokenizer(lambda t: t["model"]["vocab"].update(more=6)), "takes a row for each of the 7 words"),
        (_in_tokenizer(lambda t: t["model"]["vocab"].update(king=0)), "tokenizer.json is damaged"),
        (_in_tokenizer(lambda t: t["model"]["vocab"].update(king="2")), "tokenizer.json is damaged"),
        (_in_tokenizer(lambda t: t.update(model=3)), "tokenizer.json is damaged"),
        (lambda folder: (folder / "tokenizer.json").write_text("[]"), "tokenizer.json is damaged"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"x"), "takes a safetensors file"),
    ],
)
def test_wrong_files(
    prepare: Callable[[Path], None], message: str, royal: WordVectors, tmp_path: Path
) -> None:
    royal.save(tmp_path, format="safetensors")
    prepare(tmp_path)
    with pytest.raises(ValueError, match=message):
        WordVectors.load(tmp_path)


def test_a_unigram_vocabulary_and_added_tokens(royal: WordVectors, tmp_path: Path) -> None:
    royal.save(tmp_path, format="safetensors")
    pairs = [[token, -1.0] for token in royal.tokens[:4]]

    def change(tokenizer: dict[str, Any]) -> None:
        tokenizer["model"] = {"type": "Unigram", "vocab": pairs}
        tokenizer["added_tokens"] = [{"id": 4, "content": "apple"}, {"id": 5, "content": "<unk>"}]

    _in_tokenizer(change)(tmp_path)
    assert WordVectors.load(tmp_path).tokens == royal.tokens
