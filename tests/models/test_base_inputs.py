"""What every model takes: lists, legacy arrays, batches of nothing, whose gradient is zero."""

from __future__ import annotations

from typing import Any, Callable

import numpy
import pytest
from oracles.every_layer import COUNTS

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, np

D = 6
IDS = [1, 2, 5, 9]
KINDS: dict[str, Callable[[Any, str], Any]] = {
    "lists": lambda values, _: values,
    "NumPy's": lambda values, dtype: numpy.array(values, dtype=dtype),
    "legacy": lambda values, dtype: mx.nd.array(values, dtype=dtype),
}


def ready(net: Any) -> Any:
    net.initialize(init="normal")
    net.apply(lambda b: b.resample(numpy.random.default_rng(3)) if hasattr(b, "resample") else None)
    return net


def mx_array(values: Any, dtype: str) -> Any:
    return np.array(values, dtype=dtype)


@pytest.mark.parametrize("kind", KINDS)
def test_lists_and_arrays_of_every_kind_are_taken(kind: str) -> None:
    give = KINDS[kind]
    square, mask = [[1, 2], [5, 9]], [[1.0, 1.0], [1.0, 0.0]]
    skip_gram = ready(gs.SkipGram(10, D, gs.NegativeSampling(COUNTS, D)))
    cbow = ready(gs.CBOW(10, D, gs.HierarchicalSoftmax(COUNTS, D)))
    model = ready(gs.LanguageModel(10, D, D, gs.NCE(COUNTS, D, 3)))
    embedding = ready(gs.AdaptiveEmbedding(10, 8, [4]))
    for net, inputs in (
        (skip_gram, [(IDS, "int32"), (IDS[::-1], "int32")]),
        (skip_gram, [([[1], [2]], "int32"), (square, "int32"), (mask, "float32"), (mask, "float32")]),
        (cbow, [(square, "int32"), (mask, "float32"), ([3, 4], "int32")]),
        (model, [(square, "int32"), (square[::-1], "int32")]),
        (embedding, [(square, "int32")]),
    ):
        wanted, found = net(*(mx_array(*one) for one in inputs)), net(*(give(*one) for one in inputs))
        if isinstance(wanted, tuple):
            (wanted, _), (found, _) = wanted, found
        numpy.testing.assert_array_equal(found.asnumpy(), wanted.asnumpy())


NOTHING = numpy.zeros((0,), dtype=numpy.int32)
EMPTY = {
    "pairs": ("skip-gram", (NOTHING, NOTHING), (0,)),
    "the book's four": ("book", (NOTHING.reshape(0, 1), *(numpy.zeros((0, 3), "int32"),) * 3), (0,)),
    "windows without words": (
        "book",
        (numpy.ones((2, 1), "int32"), *(numpy.zeros((2, 0), "int32"),) * 3),
        (2,),
    ),
    "CBOW": ("cbow", (NOTHING.reshape(0, 4), numpy.zeros((0, 4)), NOTHING), (0,)),
    "CBOW without contexts": ("cbow", (numpy.zeros((2, 0), "int32"), numpy.zeros((2, 0)), [1, 2]), (2,)),
    "adaptive embedding": ("embedding", (NOTHING,), (0, 8)),
}
MODELS = {
    "skip-gram": lambda s: gs.SkipGram(10, D, gs.SampledSoftmax(10, D, 3, sparse_grad=s), sparse_grad=s),
    "book": lambda s: gs.SkipGram(10, D, gs.NegativeSampling(COUNTS, D, sparse_grad=s), sparse_grad=s),
    "cbow": lambda s: gs.CBOW(10, D, gs.HierarchicalSoftmax(COUNTS, D, sparse_grad=s), sparse_grad=s),
    "embedding": lambda s: gs.AdaptiveEmbedding(10, 8, [4], sparse_grad=s),
}


@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("name", EMPTY)
def test_a_batch_of_nothing_has_no_loss_and_a_gradient_of_zero(name: str, sparse_grad: bool) -> None:
    kind, inputs, shape = EMPTY[name]
    net = ready(MODELS[kind](sparse_grad))
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1.0})
    before = [parameter.data().asnumpy() for parameter in net.collect_params().values()]
    for parameter in net.collect_params().values() if not sparse_grad else []:
        parameter.grad()[:] = 7  # which must not stay
    with autograd.record():
        loss = net(*inputs)
    assert loss.shape == shape
    loss.backward()
    trainer.step(1)
    mx.nd.waitall()
    if name != "CBOW without contexts":  # its hidden vector is zero, and the layer learns
        for parameter, value in zip(net.collect_params().values(), before):
            numpy.testing.assert_array_equal(parameter.data().asnumpy(), value)


@pytest.mark.parametrize("shape", [(0, 2), (2, 0)])
def test_a_language_model_says_that_it_takes_a_word(shape: tuple[int, int]) -> None:
    net = ready(gs.LanguageModel(10, D, D, gs.FullSoftmax(10, D)))
    with pytest.raises(ValueError, match=r"^inputs takes shape \(T, B\), time first, both at least 1; got"):
        net(numpy.zeros(shape, "int32"), numpy.zeros(shape, "int32"))
