"""The adaptive input beside a loop over words, and its tables shared with an adaptive softmax."""

from __future__ import annotations

import re
from typing import Any

import numpy
import pytest
from oracles.candidate_reference import dense_gradient
from oracles.reference import numeric_gradient

from gluon_softmax import AdaptiveEmbedding, AdaptiveSoftmax
from gluon_softmax.backend import autograd, mx, nn, np
from gluon_softmax.training.trainer import make_trainer

V, D, CUTOFFS = 20, 16, [5, 10, 15]
IDS = numpy.array([[0, 19, 5], [4, 4, 16]], dtype=numpy.int32)  # none in [10, 15)
OUT_GRAD = numpy.random.default_rng(2).normal(size=(2, 3, D)).astype(numpy.float32)


def make(contexts: Any = None, **kwargs: Any) -> AdaptiveEmbedding:
    mx.random.seed(7)
    embed = AdaptiveEmbedding(V, D, CUTOFFS, 2, **kwargs)
    embed.initialize(mx.init.Normal(1.0), ctx=contexts)
    return embed


def slow_rows(parameters: dict[str, numpy.ndarray], ids: Any) -> numpy.ndarray:
    rows = []
    for word in numpy.ravel(ids):
        i = sum(word >= cutoff for cutoff in CUTOFFS)
        if i == 0:
            rows.append(parameters["head_weight"][word])
        else:
            narrow = parameters[f"tail{i - 1}_weight"][word - CUTOFFS[i - 1]]
            rows.append(narrow @ parameters[f"tail{i - 1}_projection"])
    return numpy.array(rows).reshape(*numpy.shape(ids), D)


def values(block: Any) -> dict[str, numpy.ndarray]:
    return {name: p.list_data()[0].asnumpy() for name, p in block._reg_params.items()}


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_rows_and_gradients_are_those_of_a_loop(sparse_grad: bool, hybridize: bool, contexts: Any) -> None:
    embed = make(contexts, sparse_grad=sparse_grad)
    embed.hybridize(hybridize)
    parameters = values(embed)
    for ctx in contexts:
        with autograd.record():
            rows = embed(np.array(IDS, ctx=ctx))
        rows.backward(np.array(OUT_GRAD, ctx=ctx))
        assert rows.ctx == ctx
        numpy.testing.assert_allclose(rows.asnumpy(), slow_rows(parameters, IDS), rtol=1e-5, atol=1e-6)
        for name, parameter in embed._reg_params.items():
            wanted = numeric_gradient(
                lambda p, name=name: float((slow_rows({**parameters, name: p}, IDS) * OUT_GRAD).sum()),
                parameters[name],
            )
            numpy.testing.assert_allclose(
                dense_gradient(parameter, ctx), wanted, rtol=1e-4, atol=1e-5, err_msg=name
            )
            sparse = sparse_grad and name.endswith("weight")
            assert parameter.grad(ctx).stype == ("row_sparse" if sparse else "default")


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("sparse_grad", [False, True])
def test_a_step_without_a_cluster(sparse_grad: bool, optimizer: str, contexts: Any) -> None:
    """The Trainer takes it, and rows of words that did not occur stay where they were."""
    embed = make(contexts, sparse_grad=sparse_grad)
    before = values(embed)
    trainer = make_trainer(embed, optimizer, 0.1, contexts)
    with autograd.record():
        rows = [embed(np.array([[3, 6]], dtype="int32", ctx=ctx)) for ctx in contexts]
    autograd.backward(rows)
    trainer.step(1)
    after = values(embed)
    for name in before:
        moved = numpy.flatnonzero((before[name] != after[name]).any(axis=1)).tolist()
        wanted: dict[str, list[int]] = {
            "head_weight": [3],
            "tail0_weight": [1],
            "tail0_projection": list(range(8)),
        }
        assert moved == wanted.get(name, []), name
        for ctx in contexts:
            numpy.testing.assert_array_equal(embed._reg_params[name].data(ctx).asnumpy(), after[name])


def test_the_same_seed_gives_the_same_rows_sparse_or_not() -> None:
    numpy.testing.assert_array_equal(make()(IDS).asnumpy(), make(sparse_grad=True)(IDS).asnumpy())


@pytest.mark.parametrize("share_projections", [False, True])
def test_tables_shared_with_a_softmax(share_projections: bool, contexts: Any) -> None:
    """One parameter that learns from both uses."""
    net = nn.HybridSequential()
    softmax = AdaptiveSoftmax(V, D, CUTOFFS, 2)
    embed = AdaptiveEmbedding(V, D, softmax=softmax, share_projections=share_projections)
    net.add(softmax, embed)
    net.initialize(mx.init.Normal(0.5), ctx=contexts)
    assert (embed.cutoffs, embed.div_value) == ((5, 10, 15), 2)
    assert len(list(net.collect_params())) == 7 + (0 if share_projections else 3)
    target = numpy.array([[6, 1, 3], [19, 12, 0]], dtype=numpy.int32)
    inputs, outputs = values(embed), values(softmax)
    for ctx in contexts:
        with autograd.record():
            loss = softmax(embed(np.array(IDS, ctx=ctx)), np.array(target, ctx=ctx))
        loss.backward()
        wanted = slow_loss(inputs, outputs, target)
        numpy.testing.assert_allclose(loss.asnumpy(), wanted, rtol=1e-4, atol=1e-5)
        for name, parameter in softmax._reg_params.items():
            shared = embed._reg_params[name] is parameter
            assert shared == (share_projections or name.endswith("weight"))

            def total(p: Any, name: str = name, shared: bool = shared) -> float:
                own = {**inputs, name: p} if shared else inputs
                return float(slow_loss(own, {**outputs, name: p}, target).sum())

            wanted = numeric_gradient(total, outputs[name])
            numpy.testing.assert_allclose(parameter.grad(ctx).asnumpy(), wanted, rtol=1e-3, atol=1e-4)


def slow_loss(inputs: Any, outputs: Any, target: numpy.ndarray) -> numpy.ndarray:
    """Of an adaptive softmax right above the rows."""
    losses = []
    for h, word in zip(slow_rows(inputs, IDS).reshape(-1, D), target.ravel()):
        i = sum(word >= cutoff for cutoff in CUTOFFS)
        steps = [(outputs["head_weight"] @ h, word if i == 0 else 4 + i)]
        if i:
            narrow = outputs[f"tail{i - 1}_projection"] @ h
            steps.append((outputs[f"tail{i - 1}_weight"] @ narrow, word - CUTOFFS[i - 1]))
        losses.append(sum(numpy.log(numpy.exp(scores).sum()) - scores[place] for scores, place in steps))
    return numpy.array(losses).reshape(target.shape)


@pytest.mark.parametrize("kwargs, error, said", [
    ({"cutoffs": [5, 5]}, ValueError, "cutoffs takes at least one integer"),
    ({"cutoffs": None}, ValueError, "cutoffs takes at least one integer"),
    ({"share_projections": True}, ValueError, "share_projections takes False without a softmax"),
    ({"softmax": nn.Dense(3)}, TypeError, "softmax takes an AdaptiveSoftmax; got Dense"),
    ({"softmax": (V, D + 1, [5, 10])}, ValueError, "softmax takes a layer over 20 words with in_units 16"),
    ({"softmax": (V, D, [5, 11])}, ValueError, "cutoffs takes those of the softmax"),
    ({"softmax": (V, D, CUTOFFS), "div_value": 3}, ValueError, "div_value takes that of the softmax"),
    ({"softmax": (V, D, CUTOFFS), "sparse_grad": True}, ValueError, "sparse_grad takes False for tables"),
])  # fmt: skip
def test_bad_arguments_are_named(kwargs: Any, error: Any, said: str) -> None:
    kwargs = {"cutoffs": CUTOFFS, **kwargs}
    if isinstance(kwargs.get("softmax"), tuple):
        kwargs["softmax"] = AdaptiveSoftmax(*kwargs["softmax"], div_value=2)
    with pytest.raises(error, match=f"^{re.escape(said)}"):
        AdaptiveEmbedding(V, D, **kwargs)


def test_bad_ids_are_named() -> None:
    with pytest.raises(ValueError, match=r"^ids takes ids in \[0, 20\); got 20"):
        make()(numpy.array([3, 20]))
    with pytest.raises(TypeError, match=r"^ids takes integer ids"):
        make()(numpy.array([3.5]))


def test_repr() -> None:
    assert repr(make()) == "AdaptiveEmbedding(20 -> 16, cutoffs=[5, 10, 15], div_value=2, sparse_grad=False)"
