"""The adaptive softmax's predict: the argmax of log_prob, with few words scored."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.adaptive_reference import (
    HIDDEN,
    make,
    slow_log_prob,
)

from gluon_softmax.backend import np


@pytest.mark.parametrize("where", ["head", "tail", "mixed"])
def test_predict_is_the_argmax(where: str, contexts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = make(contexts, head_bias=True)
    shift = {"head": [9.0] * 5 + [0.0] * 3, "tail": [0.0] * 5 + [9.0] * 3, "mixed": [1.0] * 5 + [2.0] * 3}[
        where
    ]
    layer.head_bias.set_data(np.array(shift))
    scored = []
    whole = layer._tail_log_prob
    monkeypatch.setattr(
        layer,
        "_tail_log_prob",
        lambda F, i, hidden, *args: scored.append(len(hidden)) or whole(F, i, hidden, *args),
    )
    hidden = numpy.random.default_rng(2).normal(size=(3, 20, 16)).astype(numpy.float32)
    wanted = slow_log_prob(layer, hidden.reshape(60, 16)).argmax(axis=1)
    in_tail = (wanted >= 5).mean()
    assert {"head": in_tail == 0, "tail": in_tail == 1, "mixed": 0.2 < in_tail < 0.8}[where]
    for ctx in contexts:
        scored.clear()
        words = layer.predict(np.array(hidden, ctx=ctx))
        assert words.dtype == numpy.int32 and words.shape == (3, 20) and words.ctx == ctx
        numpy.testing.assert_array_equal(words.asnumpy().reshape(60), wanted)
        assert (
            sum(scored) < {"head": 1, "tail": 130, "mixed": 100}[where]
        )  # of 180: only where a tail may win


def test_predict_in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = make(cutoffs=[2])
    wanted = slow_log_prob(layer, HIDDEN).argmax(axis=1)
    monkeypatch.setattr(
        "gluon_softmax.output_layers.adaptive._MAX_SCORES", 36
    )  # two rows of the tail at once
    numpy.testing.assert_array_equal(layer.predict(np.array(HIDDEN)).asnumpy(), wanted)
