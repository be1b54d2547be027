"""Parts cover the rows once and in order, and losses and gradients do not depend on how many there are."""

from __future__ import annotations

import numpy
import pytest

from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.fused import row_split as module
from gluon_softmax.fused.linear_cross_entropy import linear_cross_entropy
from gluon_softmax.fused.row_split import split_rows
from gluon_softmax.fused.sampled_cross_entropy import sampled_cross_entropy
from gluon_softmax.utils.types import Context

N, S, D, C = 7, 3, 4, 5
RNG = numpy.random.default_rng(2)
HIDDEN, ROWS, SHIFT, WEIGHT, BIAS = (
    RNG.normal(size=shape).astype(numpy.float32) for shape in ((N, D), (S + N, D), (S + N,), (C, D), (C,))
)
TARGET = RNG.integers(0, C, N)
REMOVED = numpy.array([[0, 2, 3, 3, 6], [1, 0, 0, 2, 1]])
OUT_GRAD = RNG.normal(size=N).astype(numpy.float32)


def cut(monkeypatch: pytest.MonkeyPatch, workers: int, least: int = 1) -> None:
    monkeypatch.setenv("MXNET_CPU_WORKER_NTHREADS", str(workers))
    monkeypatch.setattr(module, "MIN_ROWS", least)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 5, 300])
def test_each_row_once(workers: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(monkeypatch, workers)
    parts = split_rows(size, mx.cpu())
    assert [row for begin, end in parts for row in range(begin, end)] == list(range(size))
    assert len(parts) == min(workers, size) and split_rows(size, mx.gpu()) == [(0, size)]


def test_few_rows_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    cut(monkeypatch, 2, least=128)
    assert [len(split_rows(size, mx.cpu())) for size in (1, 255, 256)] == [1, 1, 2]


@pytest.mark.parametrize("out_grad", [numpy.ones(N), OUT_GRAD])
@pytest.mark.parametrize("loss", ["linear", "sampled"])
def test_one_part_or_three(
    loss: str, out_grad: numpy.ndarray, contexts: list[Context], monkeypatch: pytest.MonkeyPatch
) -> None:
    for ctx in contexts:
        found = []
        for workers in (1, 3):
            cut(monkeypatch, workers)
            host = (HIDDEN, ROWS, SHIFT) if loss == "sampled" else (HIDDEN, WEIGHT, BIAS)
            arrays = [np.array(array, ctx=ctx) for array in host]
            for array in arrays:
                array.attach_grad()
            with autograd.record():
                if loss == "sampled":
                    losses = sampled_cross_entropy(arrays[0], arrays[1], arrays[2], S, REMOVED)
                else:
                    losses = linear_cross_entropy(arrays[0], TARGET, *arrays[1:])
            losses.backward(np.array(out_grad, dtype="float32", ctx=ctx))
            found.append([losses.asnumpy(), *(array.grad.asnumpy() for array in arrays)])
        for one, three in zip(*found):
            numpy.testing.assert_allclose(three, one, rtol=1e-4, atol=1e-6)
