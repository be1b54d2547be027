"""Skip-gram and CBOW beside NumPy: which rows become the hidden vector, and what the layer is given."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.reference import numeric_gradient, softplus

from gluon_softmax import CBOW, NegativeSampling, SkipGram, masked_bce
from gluon_softmax.backend import autograd, gluon, mx, np
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.utils.types import Array, Context, Contexts

V, D, K = 12, 4, 3
COUNTS = numpy.arange(V, 0, -1)
RNG = numpy.random.default_rng(2)
CENTER = numpy.array([3, 1, 3, 11, 5], dtype=numpy.int32)
CONTEXT = numpy.array([1, 7, 0, 10, 5], dtype=numpy.int32)
WORDS = RNG.integers(1, V, (5, 6)).astype(numpy.int32)
MASK = (numpy.arange(6) < numpy.array([6, 2, 0, 1, 4])[:, None]).astype(numpy.float32)  # row 2 keeps nothing
LABEL = (numpy.arange(6) < numpy.array([2, 1, 0, 1, 3])[:, None]).astype(numpy.float32)


def make(kind: type, contexts: Contexts = None, hybridize: bool = False, sparse_grad: bool = False) -> Any:
    mx.random.seed(5)
    net = kind(V, D, NegativeSampling(COUNTS, D, K, sparse_grad=sparse_grad), sparse_grad)
    net.initialize(mx.init.Normal(1.0), ctx=contexts)
    if hybridize:
        net.hybridize(static_alloc=True)
    net.output_layer.resample(numpy.random.default_rng(1))
    return net


def tables(net: Any, ctx: Context) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The word vectors and the output vectors."""
    return tuple(
        p.data(ctx).asnumpy().astype(numpy.float64) for p in (net.embed.weight, net.output_layer.weight)
    )


def dense_gradient(parameter: gluon.Parameter, ctx: Context) -> numpy.ndarray:
    gradient: Any = parameter.grad(ctx)  # dense or row-sparse
    dense: Array = gradient.tostype("default") if gradient.stype == "row_sparse" else gradient
    return dense.asnumpy()


def negative_sampling_loss(
    hidden: numpy.ndarray, output: numpy.ndarray, target: numpy.ndarray, noise: numpy.ndarray
) -> numpy.ndarray:
    right = numpy.einsum("bd,bd->b", hidden, output[target])
    wrong = numpy.einsum("bd,bkd->bk", hidden, output[noise])
    losses: numpy.ndarray = softplus(-right) + softplus(wrong).sum(axis=1)
    return losses


def masked_mean(embed: numpy.ndarray) -> numpy.ndarray:
    rows = [embed[words[keep > 0]] for words, keep in zip(WORDS, MASK)]
    return numpy.array([row.mean(axis=0) if len(row) else numpy.zeros(D) for row in rows])


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("kind", [SkipGram, CBOW])
def test_losses_and_gradients_are_those_of_numpy(
    kind: type, sparse_grad: bool, hybridize: bool, contexts: list[Context]
) -> None:
    net = make(kind, contexts, hybridize, sparse_grad)
    target = CONTEXT if kind is SkipGram else CENTER
    inputs = (CENTER, CONTEXT) if kind is SkipGram else (WORDS, MASK, CENTER)
    noise = net.output_layer.noise_words(target, net.output_layer._seed)
    assert 0 not in noise
    embed, output = tables(net, contexts[-1])

    def loss_of(embed: numpy.ndarray, output: numpy.ndarray) -> numpy.ndarray:
        hidden = embed[CENTER] if kind is SkipGram else masked_mean(embed)
        return negative_sampling_loss(hidden, output, target, noise)

    for ctx in contexts:
        with autograd.record():
            loss = net(*(np.array(array, dtype=array.dtype, ctx=ctx) for array in inputs))
        loss.backward()
        assert loss.ctx == ctx
        numpy.testing.assert_allclose(loss.asnumpy(), loss_of(embed, output), rtol=2e-5)
        for parameter, wanted in (
            (net.embed.weight, numeric_gradient(lambda e: loss_of(e, output).sum(), embed)),
            (net.output_layer.weight, numeric_gradient(lambda o: loss_of(embed, o).sum(), output)),
        ):
            numpy.testing.assert_allclose(dense_gradient(parameter, ctx), wanted, rtol=1e-4, atol=1e-5)


def test_a_window_without_words_has_a_hidden_vector_of_zeros() -> None:
    loss = make(CBOW)(np.array(WORDS), np.array(MASK), np.array(CENTER)).asnumpy()
    numpy.testing.assert_allclose(loss[2], (1 + K) * numpy.log(2), rtol=1e-6)
    assert abs(loss[[0, 1, 3, 4]] - loss[2]).min() > 1e-3


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_the_books_four_go_through_score(sparse_grad: bool, hybridize: bool, contexts: list[Context]) -> None:
    net = make(SkipGram, contexts, hybridize, sparse_grad)
    embed, output = tables(net, contexts[-1])

    def loss_of(embed: numpy.ndarray, output: numpy.ndarray) -> numpy.ndarray:
        scores = numpy.einsum("bd,bld->bl", embed[CENTER], output[WORDS])
        terms = numpy.where(LABEL > 0, softplus(-scores), softplus(scores)) * MASK
        total: numpy.ndarray = (terms.sum(axis=1) / numpy.maximum(MASK.sum(axis=1), 1)).sum()
        return total

    for ctx in contexts:
        batch = [np.array(a, dtype=a.dtype, ctx=ctx) for a in (CENTER[:, None], WORDS, MASK, LABEL)]
        wanted = numpy.einsum("bd,bld->bl", embed[CENTER], output[WORDS])
        scores = net.score(*batch[:2])
        numpy.testing.assert_allclose(scores.asnumpy(), wanted, rtol=1e-4, atol=1e-5)
        with autograd.record():
            loss = net(*batch)
        loss.backward()
        numpy.testing.assert_array_equal(loss.asnumpy(), masked_bce(scores, batch[3], batch[2]).asnumpy())
        numpy.testing.assert_allclose(loss.sum().asnumpy(), loss_of(embed, output), rtol=1e-5)
        for parameter, gradient in (
            (net.embed.weight, numeric_gradient(lambda e: loss_of(e, output), embed)),
            (net.output_layer.weight, numeric_gradient(lambda o: loss_of(embed, o), output)),
        ):
            numpy.testing.assert_allclose(dense_gradient(parameter, ctx), gradient, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
def test_unknown_words_are_never_noise_and_all_parameters_are_seen(kind: type) -> None:
    net = make(kind)
    noise = [net.output_layer.noise_words(numpy.arange(V), seed) for seed in range(50)]
    assert set(numpy.unique(noise)) == set(range(1, V))
    assert list(net._collect_params_with_prefix()) == ["embed.weight", "output_layer.weight"]
    assert len(net.collect_params().keys()) == 2
    assert repr(net.embed) in repr(net) and repr(net.output_layer) in repr(net)


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
@pytest.mark.parametrize("arguments, error, said", [
    ((V + 1, D), ValueError, f"output_layer takes the vocabulary .* {V + 1} words; got one over {V}"),
    ((V, D + 2), ValueError, f"output_layer takes in_units equal to embed_size, {D + 2}; got in_units {D}"),
])  # fmt: skip
def test_a_layer_that_does_not_fit_is_named(
    kind: type, arguments: tuple[int, int], error: type, said: str
) -> None:
    with pytest.raises(error, match=f"^{said}"):
        kind(*arguments, NegativeSampling(COUNTS, D))
    with pytest.raises(
        TypeError, match=r"^output_layer takes an output layer such as NegativeSampling; got str"
    ):
        kind(V, D, "full")


def ids(*shape: int, fill: int = 1) -> Array:
    array: Array = np.full(shape, fill, dtype="int32")
    return array


@pytest.mark.parametrize("batch, error, said", [
    ((ids(3), ids(4)), ValueError, r"context takes the sizes of center, \(3,\); got \(4,\)"),
    ((ids(3), np.ones(3) / 2), TypeError, "target takes integer ids"),
    ((np.ones(3) / 2, ids(3)), TypeError, "ids takes integer ids"),
    ((ids(3, fill=V), ids(3)), ValueError, rf"ids takes ids in \[0, {V}\); got {V}"),
    ((ids(3), ids(3, fill=-1)), ValueError, rf"target takes ids in \[0, {V}\); got -1"),
    ((ids(3, 1), ids(3, 5), np.ones((3, 4)), np.ones((3, 5))), ValueError, "mask takes the sizes of pred"),
    ((ids(3, 1), ids(3, 5), np.ones((3, 5)), np.ones((3, 4))), ValueError, "label takes the sizes of pred"),
    ((ids(2, 1), ids(3, 5), np.ones((3, 5)), np.ones((3, 5))), ValueError, "ids without its last axis"),
    ((ids(3, 1), ids(3, 5), np.ones((3, 5))), TypeError, "label takes an array of the mask's shape"),
    ((ids(3, 1), ids(3, 5, fill=V), np.ones((3, 5)), np.ones((3, 5))), ValueError, "ids takes ids in"),
])  # fmt: skip
def test_wrong_skip_gram_inputs_are_named(batch: tuple[Array, ...], error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make(SkipGram)(*batch)


@pytest.mark.parametrize("batch, error, said", [
    ((ids(3, 5), np.ones((3, 4)), ids(3)), ValueError, "mask takes the sizes of contexts"),
    ((ids(3, 5), np.ones((3, 5)), ids(3, 1)), ValueError, "center takes the sizes of contexts without"),
    ((np.ones((3, 5)) / 2, np.ones((3, 5)), ids(3)), TypeError, "ids takes integer ids"),
    ((ids(3, 5), np.ones((3, 5)), ids(3, fill=V)), ValueError, "target takes ids in"),
])  # fmt: skip
def test_wrong_cbow_inputs_are_named(batch: tuple[Array, ...], error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make(CBOW)(*batch)


def test_score_needs_a_layer_with_one_vector_a_word() -> None:
    net = SkipGram(V, D, OutputLayer(V, D))
    net.initialize()
    with pytest.raises(TypeError, match=r"^score takes an output layer with one vector per word"):
        net.score(ids(2, 1), ids(2, 3))
