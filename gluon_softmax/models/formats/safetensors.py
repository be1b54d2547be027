"""The folder that model2vec and sentence-transformers' ``StaticEmbedding`` read: safetensors and a tokenizer.

    model.safetensors   one tensor ``embeddings``, float32 (V, d)
    tokenizer.json      the words as a WordLevel tokenizer of the library tokenizers: white space separates
    config.json         that it is a static model, and whether a row for ``<unk>`` was added
    modules.json        what ``SentenceTransformer(FOLDER)`` builds of it

A tokenizer needs a word for what it does not know. Where the vectors have no ``<unk>`` a row of zeros is
added, and left out when the folder is read back.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy

from ...utils.checks import shown
from ...utils.files import parse_json, write_whole
from ...vocabulary.tokens import UNK
from .safetensors_container import read_tensors, write_tensors
from .word2vec import Vectors

NAME, _TOKENIZER, _CONFIG, _MODULES = "model.safetensors", "tokenizer.json", "config.json", "modules.json"
_KIND = "model2vec"
_ADDED = "added_unk"  # of config.json
_TENSORS = ("embeddings", "embedding.weight")  # model2vec's name, and sentence-transformers'


def write(path: Path, tokens: Sequence[str], matrix: numpy.ndarray) -> None:
    """Write tokens (V) and matrix float32 (V, d) to the folder `path`, or to that of a model.safetensors.

    Raises ValueError for another file name, and for a folder whose config.json is something else's.
    """
    folder = _folder(path)
    _check_free(folder)
    added = UNK not in tokens
    if added:
        tokens = [*tokens, UNK]
        matrix = numpy.concatenate([matrix, numpy.zeros_like(matrix[:1])])
    config = {
        "model_type": _KIND,
        "architectures": ["StaticModel"],
        "hidden_dim": matrix.shape[1],
        "embedding_dtype": "float32",
        "normalize": False,
        _ADDED: added,
    }
    module = {"idx": 0, "name": "0", "path": ".", "type": "sentence_transformers.models.StaticEmbedding"}
    files = {_CONFIG: config, _MODULES: [module], _TOKENIZER: _tokenizer(tokens)}
    contents = {name: json.dumps(file, ensure_ascii=False, indent=1).encode() for name, file in files.items()}
    folder.mkdir(exist_ok=True)
    write_tensors(folder / NAME, {"embeddings": matrix})
    for name, content in contents.items():
        write_whole(folder / name, content)


def _folder(path: Path) -> Path:
    if path.suffix.lower() != ".safetensors":
        return path
    if path.name != NAME:
        raise ValueError(
            f"path takes a folder or a file named {NAME}, as its readers do; got {shown(path.name)}"
        )
    return path.parent


def _check_free(folder: Path) -> None:
    path = folder / _CONFIG
    if path.exists() and _setting(path, "model_type") != _KIND:
        raise ValueError(f"path takes a folder of its own for {NAME}; {path} is something else's")


def _tokenizer(tokens: Sequence[str]) -> dict[str, Any]:
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {t: i for i, t in enumerate(tokens)}, "unk_token": UNK},
    }


def read(path: Path) -> Vectors:
    """The words and the matrix (V, d); ValueError, with the file, for what is missing or damaged."""
    folder = _folder(path)
    tensors = read_tensors(folder / NAME)
    name = next((name for name in _TENSORS if name in tensors), None)
    if name is None:
        raise ValueError(
            f"{folder / NAME}: takes a tensor {' or '.join(_TENSORS)}; got {shown(list(tensors))}"
        )
    matrix = tensors[name]
    if "mapping" in tensors:  # several words share a row
        matrix = _mapped(folder / NAME, matrix, tensors["mapping"])
    try:
        words = _words(parse_json((folder / _TOKENIZER).read_bytes()))
    except ValueError as error:
        raise ValueError(f"{folder / _TOKENIZER} is damaged: {error}") from None
    if matrix.ndim != 2 or len(words) != len(matrix):
        raise ValueError(
            f"{folder / NAME}: takes a row for each of the {len(words)} words of {_TOKENIZER}; got shape "
            f"{matrix.shape}"
        )
    if _setting(folder / _CONFIG, _ADDED) is True and words[-1] == UNK:
        words, matrix = words[:-1], matrix[:-1]
    return words, matrix


def _mapped(path: Path, matrix: numpy.ndarray, mapping: numpy.ndarray) -> numpy.ndarray:
    fits = mapping.ndim == 1 and mapping.dtype.kind in "iu" and mapping.size
    if not fits or mapping.min() < 0 or mapping.max() >= len(matrix):
        raise ValueError(f"{path}: takes a mapping of words to its {len(matrix)} rows; got another one")
    rows: numpy.ndarray = matrix[mapping]
    return rows


def _words(tokenizer: object) -> list[str]:
    """The words of a tokenizer in the order of their ids."""
    vocab = _member(_member(tokenizer, "model"), "vocab")
    if isinstance(vocab, list):  # a Unigram model has pairs of a word and its score
        vocab = {pair[0]: i for i, pair in enumerate(vocab) if isinstance(pair, list) and pair}
    ids = dict(vocab) if isinstance(vocab, dict) else {}
    more = _member(tokenizer, "added_tokens")
    for token in more if isinstance(more, list) else []:
        ids[_member(token, "content")] = _member(token, "id")
    by_id = {i: word for word, i in ids.items() if isinstance(i, int) and isinstance(word, str)}
    if not by_id or sorted(by_id) != list(range(len(ids))):
        raise ValueError("it takes a model's vocab, whose ids are 0, 1, 2 and so on")
    return [by_id[i] for i in range(len(by_id))]


def _setting(path: Path, name: str) -> Any:
    """A member of a config.json, or None."""
    try:
        return _member(parse_json(path.read_bytes()), name)
    except (FileNotFoundError, ValueError):
        return None


def _member(value: object, name: str) -> Any:
    """A member of a JSON object, or None."""
    return value.get(name) if isinstance(value, Mapping) else None
