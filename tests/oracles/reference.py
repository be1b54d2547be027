"""Slow and plain: optimizers, losses and gradients in NumPy and a corpus by hand, to compare with."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import numpy
from numpy.typing import ArrayLike

from gluon_softmax.utils.types import Numbers


class TinyCorpus:
    """Sentences of ids, with what the batches ask of a `Corpus`; every split is the same text."""

    def __init__(self, sentences: Sequence[Any], vocab_size: int, counts: Numbers | None = None) -> None:
        self.sentences = [list(sentence) for sentence in sentences]
        self._ids = numpy.array([i for sentence in self.sentences for i in sentence], dtype=numpy.int32)
        self._offsets = numpy.cumsum([0] + [len(sentence) for sentence in self.sentences])
        self.counts = (
            numpy.bincount(self._ids, minlength=vocab_size) if counts is None else numpy.array(counts)
        )

    def ids(self, _split: str) -> numpy.ndarray:
        return self._ids

    def offsets(self, _split: str) -> numpy.ndarray:
        return self._offsets


def softplus(x: ArrayLike) -> numpy.ndarray:
    """log(1 + e^x) in float64."""
    result: numpy.ndarray = numpy.logaddexp(0.0, numpy.asarray(x, dtype=numpy.float64))
    return result


def sigmoid(x: ArrayLike) -> numpy.ndarray:
    """1 / (1 + e^-x) in float64."""
    result: numpy.ndarray = 1.0 / (1.0 + numpy.exp(-numpy.asarray(x, dtype=numpy.float64)))
    return result


def scatter_add(ids: ArrayLike, rows: ArrayLike, num_rows: int) -> numpy.ndarray:
    """The dense gradient of a lookup: rows[i] added to row ids[i]."""
    gradient = numpy.zeros((num_rows, numpy.shape(rows)[-1]))
    for i, row in zip(numpy.ravel(ids), numpy.reshape(rows, (-1, numpy.shape(rows)[-1]))):
        gradient[i] += row
    return gradient


class Optimizer:
    """sgd, adam and adagrad with MXNet's constants; a lazy one leaves rows without a gradient alone."""

    def __init__(self, name: str, lr: float, lazy: bool) -> None:
        self.name, self.lr, self.lazy = name, lr, lazy
        self.t = 0
        self.mean: Any = 0.0
        self.square: Any = 0.0

    def step(self, weight: numpy.ndarray, gradient: numpy.ndarray) -> numpy.ndarray:
        self.t += 1
        mean, square = self.mean + 0 * weight, self.square + 0 * weight
        if self.name == "sgd":
            new = weight - self.lr * gradient
        elif self.name == "adagrad":
            square = square + gradient**2
            new = weight - self.lr * gradient / numpy.sqrt(square + 1e-7)
        else:
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * gradient**2
            rate = self.lr * numpy.sqrt(1 - 0.999**self.t) / (1 - 0.9**self.t)
            new = weight - rate * mean / (numpy.sqrt(square) + 1e-8)
        moved = gradient.any(axis=1, keepdims=True) if self.lazy else numpy.ones((len(weight), 1), dtype=bool)
        self.mean = numpy.where(moved, mean, self.mean)
        self.square = numpy.where(moved, square, self.square)
        return numpy.where(moved, new, weight)


def numeric_gradient(
    f: Callable[[numpy.ndarray], Any], x: numpy.ndarray, step: float = 1e-5
) -> numpy.ndarray:
    """Central differences of a float64 function."""
    x = x.astype(numpy.float64)
    gradient = numpy.zeros_like(x)
    for place in numpy.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[place] += step
        down[place] -= step
        gradient[place] = (f(up) - f(down)) / (2 * step)
    return gradient
