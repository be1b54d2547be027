"""Hierarchical softmax beside a walk down the tree in Python, numeric gradients, and sums over all words."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from oracles.reference import numeric_gradient, softplus
from oracles.walks import (
    CHAIN,
    CHAINER,
    COUNTS,
    HIDDEN,
    OUT_GRAD,
    TARGET,
    TREES,
    D,
    V,
    make,
    slow_loss,
    weight_of,
)  # fmt: skip

from gluon_softmax import BinaryTree, HierarchicalSoftmax
from gluon_softmax.backend import autograd, gluon, mx, np
from gluon_softmax.runs.layers import build_output_layer


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("tree", TREES)
def test_loss_and_gradients_are_those_of_a_walk(
    tree: BinaryTree | None, sparse_grad: bool, hybridize: bool, contexts: Any
) -> None:
    layer = make(contexts, hybridize, tree, sparse_grad=sparse_grad)
    weight = weight_of(layer)
    for ctx in contexts:
        hidden = np.array(HIDDEN, ctx=ctx)
        hidden.attach_grad()
        with autograd.record():
            loss = layer(hidden, np.array(TARGET, ctx=ctx))
        loss.backward(np.array(OUT_GRAD, ctx=ctx))
        numpy.testing.assert_allclose(
            loss.asnumpy(), slow_loss(layer.tree, HIDDEN, weight, TARGET), rtol=2e-5
        )
        numpy.testing.assert_allclose(
            hidden.grad.asnumpy(),
            numeric_gradient(lambda h: slow_loss(layer.tree, h, weight, TARGET) @ OUT_GRAD, HIDDEN),
            rtol=1e-4,
            atol=1e-5,
        )
        gradient = layer.weight.grad(ctx)
        assert gradient.stype == ("row_sparse" if sparse_grad else "default")
        if sparse_grad:
            gradient = gradient.tostype("default")
        numpy.testing.assert_allclose(
            gradient.asnumpy(),
            numeric_gradient(lambda w: slow_loss(layer.tree, HIDDEN, w, TARGET) @ OUT_GRAD, weight),
            rtol=1e-4,
            atol=1e-5,
        )


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("words", [[6], [0, 3], [4, 4, 7]])
def test_a_sparse_gradient_holds_the_nodes_on_the_paths_alone(
    words: list[int], tree: BinaryTree | None
) -> None:
    """Padding included: what fills up a shorter path is a node of that path."""
    layer = make(tree=tree, sparse_grad=True)
    with autograd.record():
        loss = layer(np.array(HIDDEN[: len(words)]), words)
    loss.backward()
    on_paths = numpy.unique(numpy.concatenate([layer.tree.points[word] for word in words]))
    numpy.testing.assert_array_equal(layer.weight.grad().indices.asnumpy(), on_paths)


def test_nothing_overflows() -> None:
    """float32 scores of ±1e4: a loss is 1e4 or 0, and no gradient is NaN."""
    for hybridize in (False, True):
        layer = make(hybridize=hybridize, counts=[5, 3, 2, 1])
        layer.weight.set_data(np.full((3, D), 1e4 / D))
        hidden = np.concatenate([np.ones((4, D)), -np.ones((4, D))])
        hidden.attach_grad()
        target = numpy.tile(numpy.arange(4), 2)
        with autograd.record():
            loss = layer(hidden, target)
        loss.backward()
        turns = numpy.array([sum(code) for code in layer.tree.codes])  # each turn 1 costs 1e4, or each turn 0
        wanted = numpy.concatenate([turns, layer.tree.lengths - turns]) * 1e4
        numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=1e-5)
        assert numpy.isfinite(hidden.grad.asnumpy()).all()
        assert numpy.isfinite(layer.weight.grad().asnumpy()).all()
        log_prob = layer.log_prob(hidden).asnumpy()
        numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=1), 1)
        numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy(), log_prob.argmax(axis=1))
        sampled = layer.sample(hidden, numpy.random.default_rng(0)).asnumpy()
        numpy.testing.assert_array_equal(sampled, log_prob.argmax(axis=1))


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
@pytest.mark.parametrize("num_words", [1, 2])
def test_the_smallest_trees(num_words: int, sparse_grad: bool, hybridize: bool) -> None:
    layer = make(hybridize=hybridize, counts=[3, 5][:num_words], sparse_grad=sparse_grad)
    assert layer.weight.shape == (1, D)
    trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.5})
    before = weight_of(layer)
    hidden = np.array(HIDDEN)
    hidden.attach_grad()
    target = TARGET % num_words
    with autograd.record():
        loss = layer(hidden, target)
    loss.backward()
    trainer.step(8)
    log_prob = layer.log_prob(hidden).asnumpy()
    assert log_prob.shape == (8, num_words)
    assert layer.predict(hidden).shape == layer.sample(hidden).shape == (8,)
    if num_words == 1:
        assert not loss.asnumpy().any() and not hidden.grad.asnumpy().any() and not log_prob.any()
        assert not layer.topk(hidden, 1).asnumpy().any() and not layer.sample(hidden).asnumpy().any()
        numpy.testing.assert_array_equal(weight_of(layer), before)
    else:  # word 0 is the rarer one, which is turn 0
        score = HIDDEN @ before[0]
        numpy.testing.assert_allclose(
            loss.asnumpy(), numpy.where(target, softplus(score), softplus(-score)), rtol=1e-5
        )
        assert (weight_of(layer) != before).all()


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (2, 1, 3)])
def test_any_leading_shape(shape: tuple[int, ...], contexts: Any) -> None:
    layer = make(contexts, hybridize=True)
    rng = numpy.random.default_rng(8)
    hidden = rng.normal(size=(*shape, D)).astype(numpy.float32)
    target = rng.integers(V, size=shape)
    wanted = slow_loss(layer.tree, hidden.reshape(-1, D), weight_of(layer), target.reshape(-1)).reshape(shape)
    for ctx in contexts:
        on_device = np.array(hidden, ctx=ctx)
        loss = layer(on_device, np.array(target, dtype="int64", ctx=ctx))
        assert loss.shape == shape and loss.ctx == ctx
        numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=2e-5)
        assert layer.log_prob(on_device).shape == (*shape, V)
        assert layer.predict(on_device).shape == layer.sample(on_device).shape == shape
        assert layer.topk(on_device, 3).shape == (*shape, 3)


def test_batches_of_other_depths_in_one_compiled_layer() -> None:
    """The table of paths is as wide as the batch's longest path, so its shape changes from batch to batch."""
    layer = make(hybridize=True, tree=CHAIN)
    weight = weight_of(layer)
    for words in ([8, 8], [0, 1], [8, 7], [0, 8], [5, 5], [8, 8]):
        assert layer.paths(numpy.array(words))[0].shape == (2, CHAIN.lengths[words].max())
        with autograd.record():
            loss = layer(np.array(HIDDEN[:2]), words)
        loss.backward()
        numpy.testing.assert_allclose(loss.asnumpy(), slow_loss(CHAIN, HIDDEN[:2], weight, words), rtol=1e-5)
        numpy.testing.assert_allclose(
            layer.weight.grad().asnumpy(),
            numeric_gradient(lambda w, words=words: slow_loss(CHAIN, HIDDEN[:2], w, words).sum(), weight),  # type: ignore[misc]
            rtol=1e-4,
            atol=1e-5,
        )


def test_nothing_is_drawn() -> None:
    layer = make()
    wanted = layer(np.array(HIDDEN), TARGET).asnumpy()
    layer.exclude([0, 3])
    for rng in (numpy.random.default_rng(0), None):
        layer.resample(rng)
        with autograd.train_mode():
            numpy.testing.assert_array_equal(layer(np.array(HIDDEN), TARGET).asnumpy(), wanted)


def test_ignored_positions_and_weights_of_positions() -> None:
    layer, plain = make(ignore_index=-1), make()
    target = TARGET.copy()
    target[[2, 6]] = -1
    weights = numpy.array([1, 0.5, 2, 1, 0, 1, 3, 1], dtype=numpy.float32)
    wanted = plain(np.array(HIDDEN), TARGET).asnumpy() * weights * (target >= 0)
    loss = layer(np.array(HIDDEN), target, np.array(weights))
    numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=1e-6)


def test_parameters_and_repr() -> None:
    layer = make()
    assert list(layer._collect_params_with_prefix()) == ["weight"]
    assert list(layer.collect_params().values()) == [layer.weight]
    assert layer.weight.shape == (V - 1, D)
    numpy.testing.assert_array_equal(weight_of(make(sparse_grad=True)), weight_of(layer))
    assert repr(layer) == (
        "HierarchicalSoftmax(5 -> 9, tree=BinaryTree(9 words, codes of 2 to 7 turns), sparse_grad=False)"
    )
    zeros = HierarchicalSoftmax(COUNTS, D, weight_initializer=mx.init.Zero())
    zeros.initialize()
    assert not weight_of(zeros).any()
    named = build_output_layer("hierarchical", COUNTS, D, {"sparse_grad": True})
    assert isinstance(named, HierarchicalSoftmax) and "sparse_grad=True" in repr(named)


@pytest.mark.parametrize("arguments, error, said", [
    (([3, -1, 2], D), ValueError, "counts takes finite numbers of at least 0; got -1.0 for id 1"),
    (([0, 0], D), ValueError, "counts takes at least one number above 0"),
    (([], D), ValueError, "counts takes one number per word"),
    ((None, D), TypeError, "counts takes a sequence of numbers"),
    ((COUNTS, 0), ValueError, "in_units takes an integer of at least 1, got 0"),
    ((COUNTS, 2.5), TypeError, "in_units takes an integer"),
    ((COUNTS, D, CHAINER), ValueError, "tree takes the words of counts, 9; got a tree of 5 words"),
    ((COUNTS, D, ((0, 1), 2)), TypeError, "tree takes a BinaryTree or None; got tuple"),
])  # fmt: skip
def test_wrong_arguments_are_named(arguments: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        HierarchicalSoftmax(*arguments)


@pytest.mark.parametrize("hidden, target, error, said", [
    ((2, D + 1), [1, 2], ValueError, rf"hidden takes shape \(\.\.\., {D}\), .*got \(2, {D + 1}\)"),
    ((2, D), [1, V], ValueError, rf"target takes ids in \[0, {V}\); got {V}"),
    ((2, D), [-1, 1], ValueError, r"target takes ids .* got -1"),
    ((2, D), [1.0, 2.5], TypeError, "target takes integer ids"),
    ((2, D), [1, 2, 3], ValueError, r"target takes the sizes of hidden .*\(2,\); got \(3,\)"),
])  # fmt: skip
def test_wrong_inputs_are_named(hidden: Any, target: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make()(np.zeros(hidden), numpy.array(target))
