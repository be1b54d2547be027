"""Hierarchical softmax beside a walk down the tree in Python, numeric gradients, and sums over all words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.reference import TinyCorpus, numeric_gradient, sigmoid, softplus
from oracles.walks import (
    CHAIN,
    CHAINER,
    CLASSES,
    COUNTS,
    HIDDEN,
    OUT_GRAD,
    RNG,
    TARGET,
    TREES,
    D,
    V,
    make,
    slow_log_prob,
    slow_loss,
    weight_of,
)  # fmt: skip

from gluon_softmax import CBOW, BinaryTree, CBOWBatches, HierarchicalSoftmax, SkipGram, SkipGramPairs, train
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
    """Padding included: what stands behind a shorter path is a node of that path."""
    layer = make(tree=tree, sparse_grad=True)
    with autograd.record():
        loss = layer(np.array(HIDDEN[: len(words)]), words)
    loss.backward()
    on_paths = numpy.unique(numpy.concatenate([layer.tree.points[word] for word in words]))
    numpy.testing.assert_array_equal(layer.weight.grad().indices.asnumpy(), on_paths)


@pytest.mark.parametrize("hybridize", [False, True])
def test_chainers_tree_sums_to_one(hybridize: bool, contexts: Any) -> None:
    """Chainer's test of BinaryHierarchicalSoftmax: the sum of exp(-loss) over all targets."""
    layer = make(contexts, hybridize, CHAINER, counts=[1, 2, 3, 4, 5])
    for ctx in contexts:
        for h in HIDDEN:
            hidden = np.array(numpy.tile(h, (5, 1)), ctx=ctx)
            loss = layer(hidden, numpy.arange(5)).asnumpy().astype(numpy.float64)
            assert abs(numpy.exp(-loss).sum() - 1) < 1e-5
            assert numpy.ptp(loss) > 0.1


def test_one_step_of_sgd_is_word2vecs() -> None:
    """word2vec.c: g = (1 - code - f) alpha; the hidden vector's update is gathered and added at the end."""
    layer, alpha = make(), 0.025
    for h, word in zip(HIDDEN, TARGET):
        weight = weight_of(layer)
        held_back = numpy.zeros(D)
        wanted = weight.copy()
        for code, point in zip(layer.tree.codes[word], layer.tree.points[word]):
            g = (1 - code - sigmoid(h @ weight[point])) * alpha
            held_back += g * weight[point]
            wanted[point] += g * h
        hidden = np.array(h[None])
        hidden.attach_grad()
        trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": alpha}, kvstore=None)
        with autograd.record():
            loss = layer(hidden, numpy.array([word]))
        loss.backward()
        trainer.step(1)
        numpy.testing.assert_allclose(weight_of(layer), wanted, rtol=1e-5, atol=1e-6)
        numpy.testing.assert_allclose(-alpha * hidden.grad.asnumpy()[0], held_back, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("tree", TREES)
def test_log_prob(tree: BinaryTree | None, hybridize: bool, contexts: Any) -> None:
    layer = make(contexts, hybridize, tree)
    wanted = slow_log_prob(layer.tree, HIDDEN, weight_of(layer))
    for ctx in contexts:
        hidden = np.array(HIDDEN.reshape(2, 4, D), ctx=ctx)
        log_prob = layer.log_prob(hidden)
        assert log_prob.shape == (2, 4, V) and log_prob.ctx == ctx
        numpy.testing.assert_allclose(log_prob.asnumpy().reshape(8, V), wanted, rtol=1e-5, atol=1e-6)
        numpy.testing.assert_allclose(numpy.exp(log_prob.asnumpy()).sum(axis=-1), 1, rtol=1e-5)
        found = layer.predict(hidden)
        assert found.shape == (2, 4) and found.dtype == numpy.int32 and found.ctx == ctx
        numpy.testing.assert_array_equal(found.asnumpy().reshape(8), wanted.argmax(axis=1))
        best = layer.topk(hidden, 4)
        assert best.shape == (2, 4, 4) and best.dtype == numpy.int32 and best.ctx == ctx
        numpy.testing.assert_array_equal(
            best.asnumpy().reshape(8, 4), numpy.argsort(-wanted, axis=1, kind="stable")[:, :4]
        )


@pytest.mark.parametrize("hybridize", [False, True])
def test_the_gradient_of_log_prob(hybridize: bool) -> None:
    layer = make(hybridize=hybridize)
    weight = weight_of(layer)
    out_grad = RNG.normal(size=(8, V)).astype(numpy.float32)
    hidden = np.array(HIDDEN)
    hidden.attach_grad()
    with autograd.record():
        log_prob = layer.log_prob(hidden)
    log_prob.backward(np.array(out_grad))
    numpy.testing.assert_allclose(
        hidden.grad.asnumpy(),
        numeric_gradient(lambda h: (slow_log_prob(layer.tree, h, weight) * out_grad).sum(), HIDDEN),
        rtol=1e-4,
        atol=1e-5,
    )
    numpy.testing.assert_allclose(
        layer.weight.grad().asnumpy(),
        numeric_gradient(lambda w: (slow_log_prob(layer.tree, HIDDEN, w) * out_grad).sum(), weight),
        rtol=1e-4,
        atol=1e-5,
    )


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(0, 1000), min_size=1, max_size=30), seed=st.integers(0, 2**32 - 1))
def test_random_counts(counts: list[int], seed: int) -> None:
    counts[seed % len(counts)] = 1
    layer = make(counts=counts)
    hidden = np.array(numpy.random.default_rng(seed).normal(size=(3, D)), dtype="float32")
    every = numpy.arange(len(counts))
    for h in hidden:
        loss = layer(np.tile(h, (len(counts), 1)), every).asnumpy().astype(numpy.float64)
        assert abs(numpy.exp(-loss).sum() - 1) < 1e-5


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


def test_a_tree_of_classes() -> None:
    """The first turns choose a class, the last ones a word in it; a class is as likely as its words."""
    layer = make(tree=CLASSES)
    weight = weight_of(layer)
    probability = numpy.exp(layer.log_prob(np.array(HIDDEN)).asnumpy())
    right = sigmoid(HIDDEN @ weight[CLASSES.root])
    numpy.testing.assert_allclose(probability[:, [4, 7, 1, 8]].sum(axis=1), right, rtol=1e-5)
    below = CLASSES.children[CLASSES.root, 1] - V
    third = (1 - right) * sigmoid(HIDDEN @ weight[below])
    numpy.testing.assert_allclose(probability[:, [0, 6, 2]].sum(axis=1), third, rtol=1e-4)


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


@pytest.mark.parametrize("sparse_grad", [False, True])
def test_the_trees_vectors_are_saved_and_loaded(sparse_grad: bool, contexts: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "net.params")
    net = SkipGram(V, D, make())
    net.embed.initialize(ctx=mx.cpu())
    net.save_parameters(path)
    loaded = SkipGram(V, D, HierarchicalSoftmax(COUNTS, D, sparse_grad=sparse_grad))
    loaded.load_parameters(path, ctx=contexts)
    for ctx in contexts:
        found = loaded.output_layer(np.array(HIDDEN, ctx=ctx), TARGET).asnumpy()
        numpy.testing.assert_array_equal(found, net.output_layer(np.array(HIDDEN), TARGET).asnumpy())
    other = SkipGram(V + 1, D, HierarchicalSoftmax(numpy.ones(V + 1), D))
    with pytest.raises(AssertionError, match="shape"):
        other.load_parameters(path)


@pytest.mark.parametrize("counts", [COUNTS, [4]])
def test_log_prob_as_a_symbol(counts: Any, tmp_path: Path) -> None:
    """What an export does: the graph as JSON, read back, gives the same numbers for another batch size."""
    layer = make(counts=counts)
    arrays = layer._log_prob_inputs(mx.cpu())
    variables = [
        mx.sym.var(f"input{i}", dtype=array.dtype).as_np_ndarray()
        for i, array in enumerate([np.array(HIDDEN), *arrays])
    ]
    layer._log_prob(mx.sym, *variables).save(str(tmp_path / "graph.json"))
    graph = gluon.SymbolBlock(mx.sym.load(str(tmp_path / "graph.json")).as_np_ndarray(), variables)
    for num in (8, 3):
        hidden = np.array(HIDDEN[:num])
        found = graph(hidden, *arrays)
        numpy.testing.assert_allclose(found.asnumpy(), layer.log_prob(hidden).asnumpy(), rtol=1e-6)


def make_corpus() -> TinyCorpus:
    """Words 1 to 8 in couples: 1 stands beside 2, 3 beside 4, and so on."""
    rng = numpy.random.default_rng(3)
    return TinyCorpus([rng.permutation([2 * i + 1, 2 * i + 2]) for i in rng.integers(0, 4, 80)], V)


def train_once(kind: type, contexts: Any, num_epochs: int, sparse_grad: bool, **kwargs: Any) -> Any:
    corpus = make_corpus()
    layer = HierarchicalSoftmax(numpy.maximum(corpus.counts, 1), D, sparse_grad=sparse_grad)
    net = kind(V, D, layer, sparse_grad)
    batches = (SkipGramPairs if kind is SkipGram else CBOWBatches)(corpus, 17, 2, subsampling="none")
    history = train(net, batches, num_epochs, 0.1, "adam", contexts, progress="none", **kwargs)
    return net, history


def parameters(net: Any) -> list[numpy.ndarray]:
    found = []
    for parameter in net._collect_params_with_prefix().values():
        copies = [data.asnumpy() for data in parameter.list_data()]
        for copy in copies[1:]:
            numpy.testing.assert_array_equal(copy, copies[0])
        found.append(copies[0])
    return found


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_training_finds_the_couples(kind: type, sparse_grad: bool, contexts: Any) -> None:
    net, history = train_once(kind, contexts, 15, sparse_grad)
    assert history[-1]["loss"] < 0.2 * history[0]["loss"]
    predicted = net.output_layer.predict(net.embed(np.arange(1, V, dtype="int32", ctx=contexts[0])))
    numpy.testing.assert_array_equal(predicted.asnumpy(), [2, 1, 4, 3, 6, 5, 8, 7])


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_two_contexts_equal_one(kind: type, sparse_grad: bool) -> None:
    one, two = (train_once(kind, ctxs, 2, sparse_grad) for ctxs in ([mx.cpu(1)], [mx.cpu(0), mx.cpu(1)]))
    for a, b in zip(parameters(one[0]), parameters(two[0])):
        numpy.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
    for a, b in zip(one[1], two[1]):
        assert abs(a["loss"] - b["loss"]) < 1e-4 * a["loss"]


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    whole, _ = train_once(SkipGram, None, 3, True)
    train_once(SkipGram, None, 1, True, checkpoint=tmp_path)
    resumed, history = train_once(SkipGram, None, 3, True, checkpoint=tmp_path)
    assert [metrics["epoch"] for metrics in history] == [1, 2, 3]
    for a, b in zip(parameters(whole), parameters(resumed)):
        numpy.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("arguments, error, said", [
    (([3, -1, 2], D), ValueError, "counts takes finite numbers of at least 0; got -1.0 for id 1"),
    (([0, 0], D), ValueError, "counts takes at least one number above 0"),
    (([], D), ValueError, "counts takes one number a word"),
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
    ((2, D), [1.0, 2.0], TypeError, "target takes integer ids"),
    ((2, D), [1, 2, 3], ValueError, r"target takes the sizes of hidden .*\(2,\); got \(3,\)"),
])  # fmt: skip
def test_wrong_inputs_are_named(hidden: Any, target: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make()(np.zeros(hidden), numpy.array(target))
