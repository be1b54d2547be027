"""A corpus the slow way: a small text in a folder, counted and looked up one word at a time."""

from __future__ import annotations

import collections
from pathlib import Path
from typing import Dict, List, Tuple

import numpy

from gluon_softmax import Corpus

Encoded = Dict[str, Tuple[List[int], List[int]]]  # ids and offsets of each split

TRAIN = "the cat sat on the mat\nthe <unk> sat\n\na dog ate the cat\nyes\n  a   tab\there  \nthe end"
VALID = "the zebra sat\nyes\n"
TEST = "a cat"


def write_folder(
    folder: Path, train: str | bytes = TRAIN, valid: str | bytes = VALID, test: str | bytes = TEST
) -> Path:
    folder.mkdir(exist_ok=True)
    for split, text in {"train": train, "valid": valid, "test": test}.items():
        data = text if isinstance(text, bytes) else text.encode("utf-8")
        (folder / f"{split}.txt").write_bytes(data)
    return folder


def slow(texts: dict[str, str], min_freq: int, eos: bool) -> tuple[list[str], Encoded]:
    """What a corpus is, one word at a time: the vocabulary, then (ids, offsets) by split."""
    sentences = {
        split: [
            words + ["<eos>"] * (eos and words[-1] != "<eos>")
            for words in map(str.split, text.split("\n"))
            if words
        ]
        for split, text in texts.items()
    }
    freqs = collections.Counter(word for sentence in sentences["train"] for word in sentence)
    words = sorted((w for w in freqs if w != "<unk>"), key=lambda w: (-freqs[w], w))
    vocab = ["<unk>"] + [w for w in words if freqs[w] >= min_freq or w == "<eos>"]
    id_of = {word: i for i, word in enumerate(vocab)}
    encoded: Encoded = {}
    for split, lines in sentences.items():
        ids: list[int] = []
        offsets = [0]
        for line in lines:
            ids += [id_of.get(word, 0) for word in line]
            offsets.append(len(ids))
        encoded[split] = ids, offsets
    return vocab, encoded


def assert_is(corpus: Corpus, vocab: list[str], encoded: Encoded) -> None:
    assert corpus._idx_to_token == vocab
    for split, (ids, offsets) in encoded.items():
        assert corpus.ids(split).dtype == numpy.int32
        assert corpus.offsets(split).dtype == numpy.int64
        numpy.testing.assert_array_equal(corpus.ids(split), ids)
        numpy.testing.assert_array_equal(corpus.offsets(split), offsets)
    counts = numpy.bincount(encoded["train"][0], minlength=len(vocab))
    assert corpus.counts.dtype == numpy.int64
    numpy.testing.assert_array_equal(corpus.counts, counts)
