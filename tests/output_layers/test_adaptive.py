"""The adaptive softmax beside PyTorch's (golden values), NumPy's slow way, and itself in other company."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.candidate_reference import loss_and_gradients
from oracles.reference import TinyCorpus, numeric_gradient

import gluon_softmax as gs
from gluon_softmax import AdaptiveSoftmax
from gluon_softmax.backend import autograd, gluon, mx, nn, np
from gluon_softmax.runs.layers import build_output_layer
from gluon_softmax.training.checkpoint import Checkpoint
from gluon_softmax.training.data_parallel import to_device
from gluon_softmax.training.loop import make_trainer
from gluon_softmax.utils.errors import CheckpointError

with numpy.load(Path(__file__).resolve().parents[1] / "golden" / "adaptive.npz") as file:
    GOLDEN = {name: file[name] for name in file.files}
CASES = sorted({name.split("/")[0] for name in GOLDEN})
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(9, 16)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=9).astype(numpy.float32)
TARGET = numpy.array([0, 19, 5, 4, 14, 9, 10, 15, 0], dtype=numpy.int32)


def golden(case: str) -> dict[str, numpy.ndarray]:
    return {name[len(case) + 1 :]: array for name, array in GOLDEN.items() if name.startswith(case + "/")}


def make_golden(case: str, contexts: Any = None, hybridize: bool = False) -> AdaptiveSoftmax:
    """The layer with PyTorch's weights."""
    arrays = golden(case)
    vocab_size, in_units, div_value, head_bias, *cutoffs = arrays["arguments"].tolist()
    layer = AdaptiveSoftmax(
        int(vocab_size), int(in_units), [int(c) for c in cutoffs], div_value, bool(head_bias)
    )
    layer.initialize(ctx=contexts)
    for name, parameter in layer._reg_params.items():
        parameter.set_data(np.array(arrays[f"parameter/{name}"]))
    if hybridize:
        layer.hybridize(static_alloc=True)
    return layer


def make(contexts: Any = None, cutoffs: Any = (5, 10, 15), **kwargs: Any) -> AdaptiveSoftmax:
    mx.random.seed(7)
    layer = AdaptiveSoftmax(20, 16, cutoffs, 2, weight_initializer=mx.init.Normal(0.5), **kwargs)
    layer.initialize(ctx=contexts)
    return layer


def slow_log_prob(layer: AdaptiveSoftmax, hidden: Any, parameters: Any = None) -> numpy.ndarray:
    """Word by word from the two softmaxes, in float64."""
    given_or_own = {
        name: p.list_data()[0].asnumpy().astype(numpy.float64) for name, p in layer._reg_params.items()
    }
    given_or_own.update(parameters or {})
    get = given_or_own.get

    def softmax(x: numpy.ndarray) -> numpy.ndarray:
        odds = numpy.exp(x - x.max())
        return odds / odds.sum()

    result = []
    for h in numpy.asarray(hidden, dtype=numpy.float64):
        head = softmax(get("head_weight") @ h + get("head_bias", 0.0))
        row = list(head[: layer.cutoffs[0]])
        for i in range(layer.num_tails):
            tail = softmax(get(f"tail{i}_weight") @ (get(f"tail{i}_projection") @ h))
            row += [head[layer.cutoffs[0] + i] * p for p in tail]
        result.append(numpy.log(row))
    return numpy.array(result)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_pytorchs_loss_log_prob_and_gradients(case: str, hybridize: bool, contexts: Any) -> None:
    """torch.nn.AdaptiveLogSoftmaxWithLoss 2.13, same weights; tests/golden/make_adaptive.py."""
    layer, wanted = make_golden(case, contexts, hybridize), golden(case)
    target = wanted["target"]
    mean = numpy.full(target.size, 1 / target.size)
    for ctx in contexts:
        for kind, out_grad in (("weighted", wanted["out_grad"]), ("mean", mean)):
            loss, hidden_grad, gradients = loss_and_gradients(layer, wanted["hidden"], target, out_grad, ctx)
            numpy.testing.assert_allclose(loss, wanted["loss"], rtol=2e-5, atol=5e-6)
            for name, gradient in {"hidden": hidden_grad, **gradients}.items():
                right = wanted[f"{kind}_grad/{name}"]
                numpy.testing.assert_allclose(gradient, right, rtol=2e-4, atol=2e-5, err_msg=name)
        hidden = np.array(wanted["hidden"], ctx=ctx)
        numpy.testing.assert_allclose(
            layer.log_prob(hidden).asnumpy(), wanted["log_prob"], rtol=2e-5, atol=2e-5
        )
        numpy.testing.assert_array_equal(layer.predict(hidden).asnumpy(), wanted["predict"])


def test_gradients_are_those_of_a_loop() -> None:
    layer = make(head_bias=True)
    layer.head_bias.set_data(np.array(numpy.linspace(-1, 1, 8)))
    loss, hidden_grad, gradients = loss_and_gradients(layer, HIDDEN, TARGET, OUT_GRAD)
    rows = numpy.arange(TARGET.size)
    numpy.testing.assert_allclose(loss, -slow_log_prob(layer, HIDDEN)[rows, TARGET], rtol=2e-5, atol=5e-6)

    def total(hidden: Any = HIDDEN, **parameters: Any) -> float:
        return float(-slow_log_prob(layer, hidden, parameters)[rows, TARGET] @ OUT_GRAD)

    wanted = numeric_gradient(lambda h: total(h), HIDDEN)
    numpy.testing.assert_allclose(hidden_grad, wanted, rtol=1e-4, atol=1e-5)
    for name, parameter in layer._reg_params.items():
        wanted = numeric_gradient(lambda p, name=name: total(**{name: p}), parameter.data().asnumpy())
        numpy.testing.assert_allclose(gradients[name], wanted, rtol=1e-4, atol=1e-5, err_msg=name)


def test_shapes() -> None:
    """[5, 10, 15], div 2 on (16, 20), as PyTorch's own test has it."""
    shapes = {name: p.shape for name, p in make()._collect_params_with_prefix().items()}
    assert shapes == {
        "head_weight": (8, 16),
        "tail0_projection": (8, 16), "tail0_weight": (5, 8),
        "tail1_projection": (4, 16), "tail1_weight": (5, 4),
        "tail2_projection": (2, 16), "tail2_weight": (5, 2),
    }  # fmt: skip
    assert make(cutoffs=[5, 10, 19]).tail2_weight.shape == (1, 2)
    assert make(head_bias=True).head_bias.shape == (8,)


def test_every_target_of_a_small_one(contexts: Any) -> None:
    """(8, 4, [2]): the probabilities sum to 1, and loss = -log_prob[target] for every target."""
    layer = make_golden("two_clusters", contexts)
    hidden = numpy.random.default_rng(0).normal(size=(4, 8)).astype(numpy.float32)
    for ctx in contexts:
        log_prob = layer.log_prob(np.array(hidden, ctx=ctx)).asnumpy()
        numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=1), 1, rtol=1e-5)
        for target in range(4):
            loss = layer(np.array(hidden, ctx=ctx), np.full((4,), target, dtype="int32", ctx=ctx))
            numpy.testing.assert_allclose(loss.asnumpy(), -log_prob[:, target], rtol=1e-5, atol=2e-6)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_probabilities_sum_to_one_whatever_the_cuts(data: Any) -> None:
    vocab_size = data.draw(st.integers(2, 30))
    cutoffs = data.draw(
        st.lists(st.integers(1, vocab_size - 1), min_size=1, max_size=4, unique=True).map(sorted)
    )
    in_units = data.draw(st.integers(16, 20))
    kwargs = data.draw(
        st.fixed_dictionaries({"div_value": st.sampled_from([1, 1.5, 2]), "head_bias": st.booleans()})
    )
    layer = AdaptiveSoftmax(vocab_size, in_units, cutoffs, **kwargs)
    layer.initialize(mx.init.Normal(1.0))
    rng = numpy.random.default_rng(data.draw(st.integers(0, 999)))
    hidden = rng.normal(size=(5, in_units)).astype(numpy.float32)
    log_prob = layer.log_prob(np.array(hidden)).asnumpy()
    numpy.testing.assert_allclose(numpy.exp(log_prob).sum(axis=1), 1, rtol=2e-5)
    numpy.testing.assert_allclose(log_prob, slow_log_prob(layer, hidden), rtol=1e-4, atol=1e-4)
    target = rng.integers(0, vocab_size, 5)
    numpy.testing.assert_allclose(
        layer(np.array(hidden), target).asnumpy(), -log_prob[numpy.arange(5), target], rtol=1e-4, atol=1e-5
    )
    numpy.testing.assert_array_equal(layer.predict(np.array(hidden)).asnumpy(), log_prob.argmax(axis=1))


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
        "gluon_softmax.output_layers.adaptive._MOST_SCORES", 36
    )  # two rows of the tail at once
    numpy.testing.assert_array_equal(layer.predict(np.array(HIDDEN)).asnumpy(), wanted)


@pytest.mark.parametrize("target", [[0, 4, 2], [5, 9, 6], [19, 19, 19], [0, 5, 19]])
def test_clusters_that_are_absent(target: list[int], contexts: Any) -> None:
    """A row alone gives what it gives in a batch, and Trainer.step is that of zero gradients."""
    layer = make(contexts)
    before = {name: p.list_data()[0].asnumpy() for name, p in layer._reg_params.items()}
    trainer = make_trainer(layer, "sgd", 1.0, contexts)
    _, _, gradients = loss_and_gradients(make(), HIDDEN[:3], target, numpy.full(3, 1 / 3))
    alone = [float(layer(np.array(HIDDEN[i : i + 1], ctx=contexts[0]), [target[i]])) for i in range(3)]
    with autograd.record():
        losses = [
            layer(h, y) for h, y in to_device((HIDDEN[:3], numpy.array(target, dtype=numpy.int32)), contexts)
        ]
    autograd.backward(losses)
    numpy.testing.assert_allclose(numpy.concatenate([loss.asnumpy() for loss in losses]), alone, rtol=1e-5)
    trainer.step(3)
    for name, parameter in layer._reg_params.items():
        for ctx in contexts:
            numpy.testing.assert_allclose(
                parameter.data(ctx).asnumpy(),
                before[name] - gradients[name],
                rtol=1e-4,
                atol=1e-5,
                err_msg=name,
            )
    absent = [i for i, begin in enumerate((5, 10, 15)) if not any(begin <= y < begin + 5 for y in target)]
    for i in absent:
        assert not gradients[f"tail{i}_weight"].any() and not gradients[f"tail{i}_projection"].any()


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (2, 1, 2)])
def test_any_leading_shape(shape: tuple[int, ...]) -> None:
    layer = make()
    hidden = RNG.normal(size=(*shape, 16)).astype(numpy.float32)
    target = RNG.integers(0, 20, shape).astype(numpy.int32)
    log_prob = slow_log_prob(layer, hidden.reshape(-1, 16))
    wanted = -log_prob[numpy.arange(len(log_prob)), target.reshape(-1)].reshape(shape)
    numpy.testing.assert_allclose(
        layer(np.array(hidden), np.array(target, dtype="int32")).asnumpy(), wanted, rtol=1e-4, atol=1e-5
    )
    assert layer.log_prob(np.array(hidden)).shape == (*shape, 20)
    assert layer.predict(np.array(hidden)).shape == shape


def test_ignored_positions_and_weights_of_positions() -> None:
    target = TARGET.copy()
    target[[1, 4]] = -1
    weights = numpy.array([1, 0.5, 2, 1, 0, 1, 3, 1, 0.1], dtype=numpy.float32)
    factor = weights * (target >= 0)
    _, hidden_grad, gradients = loss_and_gradients(make(), HIDDEN, TARGET, factor)
    layer, hidden = make(ignore_index=-1), np.array(HIDDEN)
    hidden.attach_grad()
    with autograd.record():
        loss = layer(hidden, target, weights)
    loss.backward()
    numpy.testing.assert_allclose(
        loss.asnumpy(), make()(np.array(HIDDEN), TARGET).asnumpy() * factor, rtol=1e-5, atol=1e-6
    )
    numpy.testing.assert_allclose(hidden.grad.asnumpy(), hidden_grad, rtol=1e-4, atol=1e-6)
    for name, gradient in gradients.items():
        numpy.testing.assert_allclose(
            layer._reg_params[name].grad().asnumpy(), gradient, rtol=1e-4, atol=1e-6
        )


@pytest.mark.parametrize("hybridize", [False, True])
def test_label_smoothing(hybridize: bool) -> None:
    layer = make(label_smoothing=0.3)
    layer.hybridize(hybridize)

    def wanted(hidden: Any) -> numpy.ndarray:
        log_prob = slow_log_prob(layer, hidden)
        return -0.7 * log_prob[numpy.arange(9), TARGET] - 0.3 * log_prob.mean(axis=1)

    loss, hidden_grad, gradients = loss_and_gradients(layer, HIDDEN, TARGET, OUT_GRAD)
    numpy.testing.assert_allclose(loss, wanted(HIDDEN), rtol=2e-5)
    numpy.testing.assert_allclose(
        hidden_grad, numeric_gradient(lambda h: wanted(h) @ OUT_GRAD, HIDDEN), rtol=1e-4, atol=1e-5
    )
    assert all(gradient.any() for gradient in gradients.values())
    plain = -slow_log_prob(layer, HIDDEN)[numpy.arange(9), TARGET]
    numpy.testing.assert_allclose(layer(np.array(HIDDEN), TARGET).asnumpy(), plain, rtol=2e-5)


def test_dropout_in_the_tails_alone_and_in_training_alone() -> None:
    layer, plain = make(dropout=0.5), make()
    wanted = plain(np.array(HIDDEN), TARGET).asnumpy()
    numpy.testing.assert_allclose(layer(np.array(HIDDEN), TARGET).asnumpy(), wanted, rtol=1e-6)
    mx.random.seed(0)
    with autograd.train_mode():
        dropped = layer(np.array(HIDDEN), TARGET).asnumpy()
    in_head = TARGET < 5
    numpy.testing.assert_allclose(dropped[in_head], wanted[in_head], rtol=1e-6)
    assert (abs(dropped - wanted)[~in_head] > 1e-4).all()


def test_save_load_and_another_models_checkpoint(tmp_path: Path) -> None:
    layer, hidden = make(head_bias=True), np.array(HIDDEN)
    saved, loaded = nn.Sequential(), nn.Sequential()
    saved.add(layer)
    loaded.add(AdaptiveSoftmax(20, 16, [5, 10, 15], 2, head_bias=True))
    saved.save_parameters(str(tmp_path / "layer.params"))
    loaded.load_parameters(str(tmp_path / "layer.params"))
    numpy.testing.assert_array_equal(loaded[0].log_prob(hidden).asnumpy(), layer.log_prob(hidden).asnumpy())
    trainer = gluon.Trainer(layer.collect_params(), "sgd")
    Checkpoint(tmp_path / "run").save(layer, trainer, [])
    for cutoffs, said in (([5, 10, 16], "takes shape"), ([5, 10], "belongs to another model")):
        other = make(cutoffs=cutoffs, head_bias=True)
        with pytest.raises(CheckpointError, match=said):
            Checkpoint(tmp_path / "run").restore(other)


@pytest.mark.parametrize(
    "cutoffs", [[5, 15, 15], [5, 15, 10], [5, 10, 25], [5, 10, 20], [], [0, 5], [2.5, 5], None]
)
def test_pytorchs_errors_of_cutoffs(cutoffs: Any) -> None:
    with pytest.raises(
        ValueError, match=r"^cutoffs takes at least one integer, all different, in rising order"
    ):
        AdaptiveSoftmax(20, 16, cutoffs, 2)


@pytest.mark.parametrize("kwargs, said", [
    ({"sparse_grad": True}, "sparse_grad takes False for an adaptive softmax"),
    ({"label_smoothing": 1.5}, "label_smoothing takes"),
    ({"dropout": 1}, "dropout takes a probability below 1"),
    ({"div_value": 0}, "div_value takes"),
    ({"div_value": 8}, "div_value takes a number that leaves each of 3 tails"),
    ({"counts": [*range(20)]}, "counts takes numbers in falling order from id 1 on; got 1 for id 1"),
    ({"counts": [3, 2, 1]}, "counts takes 20 numbers"),
])  # fmt: skip
def test_bad_arguments_are_named(kwargs: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        AdaptiveSoftmax(20, 16, [5, 10, 15], **{"div_value": 2, **kwargs})


def test_bad_inputs_are_named() -> None:
    layer, hidden = make(), np.array(HIDDEN[:2])
    with pytest.raises(ValueError, match=r"^target takes the sizes of hidden .* \(2,\); got \(3,\)"):
        layer(hidden, numpy.array([0, 1, 2]))
    for wrong in (20, -1):
        with pytest.raises(ValueError, match=rf"^target takes ids in \[0, 20\); got {wrong}"):
            layer(hidden, numpy.array([0, wrong]))
    for call in (lambda: layer(np.zeros((2, 15)), [0, 1]), lambda: layer.predict(np.zeros((2, 15)))):
        with pytest.raises(ValueError, match=r"^hidden takes shape \(\.\.\., 16\)"):
            call()


def test_counts_that_fall_from_id_1_on_are_right() -> None:
    make(counts=[1, *range(30, 11, -1)])


def test_by_name() -> None:
    counts = [3, *range(40, 1, -1)]
    options = {"cutoffs": "", "num_clusters": 3, "div_value": 2.0, "head_bias": True, "label_smoothing": 0.1}
    layer = build_output_layer("adaptive", counts, 8, options)
    assert list(layer.cutoffs) == gs.optimal_cutoffs(counts, 3)
    assert "head_bias" in layer._reg_params and layer.label_smoothing == 0.1
    layer = build_output_layer("adaptive", counts, 8, {**options, "cutoffs": "7,20"})
    assert repr(layer) == (
        "AdaptiveSoftmax(8 -> 40, cutoffs=[7, 20], div_value=2, head_bias=True, label_smoothing=0.1)"
    )
    with pytest.raises(ValueError, match=r"^cutoffs takes integers with commas between them; got '7;20'"):
        build_output_layer("adaptive", counts, 8, {**options, "cutoffs": "7;20"})


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("model", ["SkipGram", "CBOW"])
def test_training_reaches_the_entropy_of_the_text(model: str, hybridize: bool, contexts: Any) -> None:
    """Words come in pairs, 1 with 2, 3 with 4 and so on: the other of a pair is certain."""
    rng = numpy.random.default_rng(0)
    pairs = rng.choice(5, 300, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    corpus = TinyCorpus([[1 + 2 * p, 2 + 2 * p] for p in pairs], 11)
    layer = AdaptiveSoftmax(11, 8, [3, 6], 2)
    net = getattr(gs, model)(11, 8, layer)
    batches = gs.SkipGramPairs if model == "SkipGram" else gs.CBOWBatches
    history = gs.train(
        net,
        batches(corpus, 32, 1, subsampling="none"),
        12,
        0.05,
        "adam",
        contexts,
        hybridize=hybridize,
        progress="none",
    )
    assert history[0]["loss"] > 0.5 > 0.05 > history[-1]["loss"]
