"""Columns of a text: every word is predicted once, from the word before it, and the state is carried on."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.recurrent_reference import EOS, random_text
from oracles.reference import TinyCorpus

import gluon_softmax as gs
from gluon_softmax.backend import mx

V = 9


def columns_of(batches: gs.LanguageModelBatches) -> list[list[tuple[int, int]]]:
    """(input, target) of each column, put together again over the batches."""
    columns: list[list[tuple[int, int]]] = [[] for _ in range(batches.batch_size)]
    for batch in batches.epoch(0):
        assert batch.batch_axis == 1 and batch.inputs.shape == batch.targets.shape
        assert batch.inputs.dtype == batch.targets.dtype == numpy.int32
        for j in range(batch.inputs.shape[1]):
            columns[j] += zip(batch.inputs[:, j].tolist(), batch.targets[:, j].tolist())
    return columns


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 7), st.integers(1, 9))
def test_every_word_is_predicted_once_from_the_word_before_it(n: int, batch_size: int, bptt: int) -> None:
    batch_size = min(batch_size, n)
    corpus = random_text(n, V)
    batches = gs.LanguageModelBatches(corpus, batch_size, bptt, "valid")
    words = [EOS, *corpus.ids("valid").tolist()]
    read = columns_of(batches)
    assert [pair for column in read for pair in column] == list(zip(words[:-1], words[1:]))
    lengths = [len(column) for column in read]
    assert max(lengths) - min(lengths) <= 1 and lengths == sorted(lengths, reverse=True)
    assert batches.produced == {"tokens": n} and batches.expected_positions == n
    sizes = [batch.inputs.shape for batch in batches.epoch(1)]
    assert all(size == (bptt, batch_size) for size in sizes[: n // batch_size // bptt])
    assert all(size[0] <= bptt for size in sizes) and len(sizes) <= n // batch_size // bptt + 2


def test_a_remainder_can_be_dropped() -> None:
    corpus = random_text(23, V)
    batches = gs.LanguageModelBatches(corpus, 4, 3, drop_remainder=True)
    assert [batch.inputs.shape for batch in batches] == [(3, 4), (2, 4)]
    assert batches.produced == {"tokens": 20} and batches.expected_positions == 20
    words = corpus.ids("train").tolist()
    assert [[target for _, target in column] for column in columns_of(batches)] == [
        words[0:5],
        words[5:10],
        words[10:15],
        words[15:20],
    ]


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"^batch_size takes at most the 5 words of test; got 6"):
        gs.LanguageModelBatches(random_text(5, V), 6, 3, "test")
    with pytest.raises(ValueError, match=r"^bptt takes an integer of at least 1, got 0"):
        gs.LanguageModelBatches(random_text(5, V), 2, 0)
    corpus = random_text(5, V)
    corpus.eos = False
    with pytest.raises(ValueError, match=r"^corpus takes a text with sentence ends"):
        gs.LanguageModelBatches(corpus, 2, 3)


@pytest.mark.parametrize("drop_remainder", [False, True])
def test_plain_iteration_and_len(drop_remainder: bool) -> None:
    corpus: Any = TinyCorpus([[1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4]], 8)
    corpus.eos = True
    batches = gs.LanguageModelBatches(corpus, 3, 2, drop_remainder=drop_remainder)
    assert len(batches) == len(list(batches)) == len(list(batches.epoch(0))) == (2 if drop_remainder else 3)
    for batch, plain in zip(batches, batches.epoch(0)):
        assert batch.batch_axis == 1
        for array, wanted in zip(batch, plain):
            assert type(wanted) is numpy.ndarray
            numpy.testing.assert_array_equal(array.as_in_ctx(mx.cpu()).asnumpy(), wanted)
