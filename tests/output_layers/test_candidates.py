"""What sampled softmax and NCE share: draws, their expected counts, excluded words, hits, and bad input."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from gluon_softmax import NCE, LogUniformSampler, SampledSoftmax, UniformSampler, UnigramSampler
from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.output_layers.candidates import SamplingLayer

V, D, S = 12, 5, 6
COUNTS = numpy.array([40, 27, 0, 25, 13, 12, 10, 9, 7, 3, 2, 1])
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(8, D)).astype(numpy.float32)
TARGET = numpy.array([1, 3, 3, 8, 5, 2, 0, 4], dtype=numpy.int32)
KINDS = ["sampled", "nce"]


def make(kind: str, contexts: Any = None, num_sampled: Any = S, sampler: Any = None, **kwargs: Any) -> Any:
    mx.random.seed(7)
    if kind == "sampled":
        layer: SamplingLayer = SampledSoftmax(V, D, num_sampled, sampler, **kwargs)
    else:
        layer = NCE(COUNTS, D, num_sampled, sampler=sampler, **kwargs)
    layer.initialize(mx.init.Normal(1.0), ctx=contexts)
    return layer


def train_loss(layer: SamplingLayer, ctx: Any = None) -> numpy.ndarray:
    with autograd.train_mode():
        return layer(np.array(HIDDEN, ctx=ctx), TARGET).asnumpy()


@pytest.mark.parametrize("kind", KINDS)
def test_resample_fixes_the_candidates_until_the_next_call(kind: str) -> None:
    layer = make(kind)

    def resampled(seed: int) -> numpy.ndarray:
        layer.resample(numpy.random.default_rng(seed))
        return train_loss(layer)

    first = resampled(0)
    numpy.testing.assert_array_equal(train_loss(layer), first)
    assert (resampled(1) != first).any()
    numpy.testing.assert_array_equal(resampled(0), first)
    layer.resample(None)
    numpy.random.seed(3)
    anew = [train_loss(layer) for _ in range(3)]
    assert (anew[0] != anew[1]).any() and (anew[1] != anew[2]).any()
    numpy.random.seed(3)
    numpy.testing.assert_array_equal(train_loss(layer), anew[0])


@pytest.mark.parametrize("kind", KINDS)
def test_all_contexts_share_the_candidates(kind: str, contexts: Any) -> None:
    layer = make(kind, contexts)
    layer.resample(numpy.random.default_rng(2))
    losses = [train_loss(layer, ctx) for ctx in contexts]
    whole = make(kind)
    whole.resample(numpy.random.default_rng(2))
    for loss in losses:
        numpy.testing.assert_allclose(loss, train_loss(whole), rtol=1e-6)


@pytest.mark.parametrize("unique", [False, True])
@pytest.mark.parametrize("excluded", [[0], [0, 4, 7]])
@pytest.mark.parametrize(
    "sampler", [LogUniformSampler(V), UniformSampler(V), UnigramSampler(COUNTS, 0.5)], ids=repr
)
@pytest.mark.parametrize("kind", KINDS)
def test_excluded_words_and_the_counts_of_the_others(
    kind: str, sampler: Any, excluded: Any, unique: bool
) -> None:
    """The distribution is conditioned on the others; what is drawn meets the expected counts."""
    layer = make(kind, sampler=sampler, unique=unique)
    for word in excluded:  # one after another adds up
        layer.exclude([word])
    p = sampler.prob(numpy.arange(V))
    p[excluded] = 0
    p = p / p.sum()
    numpy.testing.assert_allclose(layer._sampler.prob(numpy.arange(V)), p, rtol=1e-12)
    rng = numpy.random.default_rng(4)
    seen, expected = numpy.zeros(V), numpy.zeros(V)
    for _ in range(2000):
        layer.resample(rng)
        ids, num_tries = layer._candidates
        assert ids.shape == (S,) and (not unique or len(set(ids)) == S)
        seen += numpy.bincount(ids, minlength=V)
        expected += numpy.exp(layer._log_expected_count(numpy.arange(V), num_tries))
        if not unique:
            numpy.testing.assert_allclose(
                layer._log_expected_count(ids, num_tries), numpy.log(S * p[ids]), rtol=1e-5, atol=1e-6
            )
    assert not seen[p == 0].any()
    seen, expected = seen[p > 0], expected[p > 0]
    if unique:  # 1 - (1 - p)^tries takes the tries for given, which is a little off, in TensorFlow too
        numpy.testing.assert_allclose(seen, expected, rtol=0.2)
    else:
        assert (abs(seen - expected) < 4.5 * numpy.sqrt(expected)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_excluding_drops_a_draw_that_was_fixed(kind: str) -> None:
    layer = make(kind, num_sampled=10, unique=True)
    layer.resample(numpy.random.default_rng(0))
    assert 1 in layer._candidates.ids
    layer.exclude([1])
    dropped = layer._candidates
    assert dropped is None
    layer.resample(numpy.random.default_rng(0))
    assert 1 not in layer._candidates.ids


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unique", [False, True])
def test_removing_every_candidate_of_a_target_is_an_error(kind: str, unique: bool) -> None:
    p = numpy.zeros(V)
    p[3] = 1
    layer = make(kind, num_sampled=1, sampler=UnigramSampler(p), unique=unique, remove_accidental_hits=True)
    said = "^num_sampled takes more than 1: every candidate is the target 3 itself"
    with autograd.train_mode(), pytest.raises(ValueError, match=said):
        layer(np.array(HIDDEN[:1]), [3])
    kept = make(kind, num_sampled=1, sampler=UnigramSampler(p), unique=unique, remove_accidental_hits=False)
    with autograd.train_mode():
        assert float(kept(np.array(HIDDEN[:1]), [3])) > 0.1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kwargs, error, said", [
    ({"num_sampled": 0}, ValueError, "num_sampled takes an integer of at least 1, got 0"),
    ({"num_sampled": -3}, ValueError, "num_sampled takes an integer of at least 1, got -3"),
    ({"num_sampled": 2.0}, TypeError, "num_sampled takes an integer"),
    ({"num_sampled": None}, TypeError, "num_sampled takes an integer"),
    ({"num_sampled": V + 1}, ValueError, f"num_sampled takes at most vocab_size, {V}; got {V + 1}"),
    ({"num_sampled": V + 1, "unique": False}, ValueError, "num_sampled takes at most vocab_size, 12; got 13"),
    ({"num_sampled": V, "unique": True, "sampler": UnigramSampler(COUNTS)}, ValueError,
     "num_sampled takes at most 11 where unique=True, .* got 12"),
    ({"sampler": UniformSampler(V + 1)}, ValueError, "sampler takes one over the layer's 12 words"),
    ({"sampler": "uniform"}, TypeError, "sampler takes a sampler such as LogUniformSampler; got str"),
    ({"sampler": COUNTS}, TypeError, "sampler takes a sampler such as LogUniformSampler; got ndarray"),
    ({"ignore_index": 1.5}, TypeError, "ignore_index takes"),
])  # fmt: skip
def test_wrong_arguments_are_named(kind: str, kwargs: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^{said}"):
        make(kind, **kwargs)


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_exclusions_are_named_and_change_nothing(kind: str) -> None:
    layer = make(kind, num_sampled=10, unique=True)
    for ids, error, said in [
        ([V], ValueError, r"ids takes ids in \[0, 12\)"),
        ([0.5], TypeError, "ids takes integer ids"),
        (numpy.arange(V), ValueError, "ids takes ids that leave a word to draw; got 12"),
        ([0, 1, 3], ValueError, "num_sampled takes at most [89] where unique=True"),
    ]:
        with pytest.raises(error, match=f"^{said}"):
            layer.exclude(ids)
    layer.resample(numpy.random.default_rng(0))
    assert len(layer._candidates.ids) == 10
    assert layer._sampler is layer._given


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hidden, target, error, said", [
    ((2, D + 1), [1, 2], ValueError, "hidden takes shape"),
    ((2, D), [1, V], ValueError, "target takes ids in"),
    ((2, D), [-1, 1], ValueError, "target takes ids in"),
    ((2, D), [1.0, 2.5], TypeError, "target takes integer ids"),
    ((2, D), [1, 2, 3], ValueError, "target takes the sizes of hidden"),
])  # fmt: skip
def test_wrong_inputs_are_named(kind: str, hidden: Any, target: Any, error: type, said: str) -> None:
    layer = make(kind)
    for mode in (autograd.train_mode, autograd.predict_mode):
        with mode(), pytest.raises(error, match=f"^{said}"):
            layer(np.zeros(hidden), target)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_weights_with_and_without_sparse_grad(kind: str) -> None:
    one, other = make(kind), make(kind, sparse_grad=True)
    assert list(one._collect_params_with_prefix()) == ["weight", "bias"]
    assert list(one.collect_params().values()) == [one.weight, one.bias]
    assert (one.weight.shape, one.bias.shape) == ((V, D), (V, 1))
    numpy.testing.assert_array_equal(one.weight.data().asnumpy(), other.weight.data().asnumpy())
    numpy.testing.assert_array_equal(one.bias.data().asnumpy(), other.bias.data().asnumpy())
    assert list(make(kind, use_bias=False)._collect_params_with_prefix()) == ["weight"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (2, 1, 3)])
def test_any_leading_shape(kind: str, shape: tuple[int, ...]) -> None:
    layer = make(kind)
    layer.resample(numpy.random.default_rng(1))
    rng = numpy.random.default_rng(8)
    hidden = rng.normal(size=(*shape, D)).astype(numpy.float32)
    target = rng.integers(0, V, shape)
    with autograd.train_mode():
        loss = layer(np.array(hidden), target)
        flat = layer(np.array(hidden.reshape(-1, D)), target.reshape(-1)).asnumpy()
    assert loss.shape == shape
    numpy.testing.assert_allclose(loss.asnumpy().reshape(-1), flat, rtol=1e-6)
    assert len(set(flat.round(5))) == flat.size
