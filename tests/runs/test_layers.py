"""Layers by name: each is built with its options, and a new one takes its own file, one line and its test."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy
import pytest
from oracles.small_runs import Call, Value, write_sentences

import gluon_softmax as gs
from gluon_softmax.backend import mx, nn, np
from gluon_softmax.backend.embedding import table_parameter
from gluon_softmax.output_layers.base import OutputLayer, Target
from gluon_softmax.runs.commands import corpus_of
from gluon_softmax.runs.folder import Run
from gluon_softmax.runs.layers import LAYERS, LayerChoice, build_output_layer, class_at, parse_cutoffs
from gluon_softmax.runs.models import MODELS
from gluon_softmax.runs.options import Option
from gluon_softmax.runs.resolve import resolve_options
from gluon_softmax.utils.types import Array, Namespace
from gluon_softmax.vocabulary.cutoffs import optimal_cutoffs

COUNTS = numpy.array([9, 30, 20, 10, 6, 5, 4, 3, 2, 1])


class Mine(OutputLayer):
    """A layer as its own file would hold it: the softmax of scores times `scale`."""

    def __init__(
        self,
        counts: numpy.ndarray,
        in_units: int,
        scale: float = 1.0,
        sparse_grad: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(len(counts), in_units, **kwargs)
        self.scale, self.sparse_grad = scale, sparse_grad
        self.weight = table_parameter(self, "weight", (self.vocab_size, self.in_units))
        self._loss_graph = nn.HybridLambda(self._cross_entropy)

    def _loss(self, hidden: Array, target: Target) -> Array:
        loss: Array = self._loss_graph(hidden, target.ids, *self.log_prob_inputs(hidden.ctx))
        return loss

    def _cross_entropy(self, F: Namespace, hidden: Array, target: Array, *inputs: Array) -> Array:
        return -F.npx.pick(self.log_prob_graph(F, hidden, *inputs), target, axis=-1)

    def log_prob_graph(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        scores = F.npx.fully_connected(hidden, *inputs, num_hidden=self.vocab_size, no_bias=True)  # (N, V)
        return F.npx.log_softmax(self.scale * scores, axis=-1)

    def __repr__(self) -> str:
        return f"Mine({self.in_units} -> {self.vocab_size}, scale={self.scale:g})"


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the new layer, after its one line of registration."""
    own = (Option("scale", float, 1.0, "what scores are multiplied by"),)
    monkeypatch.setitem(LAYERS, "mine", LayerChoice(f"{__name__}:Mine", own))
    return "mine"


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sentences(tmp_path_factory.mktemp("text"))


# A layer of one's own


@pytest.mark.parametrize("hybridize", [False, True])
def test_the_new_layer_is_right_under_the_contract(hybridize: bool) -> None:
    layer = Mine(COUNTS, 4, scale=0.5)
    layer.initialize(mx.init.Normal(1))
    if hybridize:
        layer.hybridize()
    rng = numpy.random.default_rng(0)
    hidden, target = rng.normal(size=(2, 3, 4)).astype("float32"), rng.integers(10, size=(2, 3))
    scores = 0.5 * hidden.astype(float) @ layer.weight.data().asnumpy().astype(float).T  # (2, 3, 10)
    expected = scores - numpy.log(numpy.exp(scores).sum(-1, keepdims=True))
    on_device = np.array(hidden)
    loss = layer(on_device, np.array(target, dtype="int32")).asnumpy()
    picked = numpy.take_along_axis(expected, target[..., None], axis=-1)[..., 0]
    numpy.testing.assert_allclose(loss, -picked, rtol=1e-5)
    numpy.testing.assert_allclose(layer.log_prob(on_device).asnumpy(), expected, rtol=1e-5)
    numpy.testing.assert_array_equal(layer.predict(on_device).asnumpy(), expected.argmax(-1))


@pytest.mark.parametrize("model", list(MODELS))
def test_a_registered_layer_trains_evaluates_and_goes_on_under_every_model(
    model: str, mine: str, text: Path, tmp_path: Path, call: Call
) -> None:
    words = f"train --corpus {text} --model {model} --softmax {mine} --scale 0.5 --embed-size 6 --min-freq 1"
    words += " --batch-size 8 --lr 0.02 --device cpu --schedule constant"
    words += " --num-hiddens 6 --bptt 5" if model == "lm" else " --subsampling none"
    whole, parts = str(tmp_path / "whole"), str(tmp_path / "parts")
    status, out, err = call(*words.split(), "--num-epochs", 2, "--out", whole)
    assert (status, err) == (0, "")
    assert f"{model} with Mine(6 -> {14 if model == 'lm' else 13}, scale=0.5) on cpu(0)" in out
    assert Run(whole).config()["options"]["scale"] == 0.5
    first, last = Run(whole).metrics()
    assert last["valid_loss"] < first["valid_loss"] < math.log(14)
    figures = json.loads(call("evaluate", whole, "--json", "--device", "cpu")[1])
    assert figures["valid"]["loss"] == pytest.approx(last["valid_loss"], rel=1e-5)
    assert call(*words.split(), "--num-epochs", 1, "--out", parts, "--quiet") == (0, "", "")
    assert call("train", "--out", parts, "--resume", "--num-epochs", 2, "--quiet") == (0, "", "")
    assert [m["loss"] for m in Run(parts).metrics()] == [first["loss"], last["loss"]]
    status, _, err = call("train", "--out", parts, "--resume", "--scale", 2)
    assert status == 2 and "goes on with --scale 0.5, as it began; got 2.0" in err


def test_a_language_model_generates_with_a_registered_layer_and_shares_its_table(
    mine: str, text: Path, tmp_path: Path, call: Call
) -> None:
    words = f"train --corpus {text} --model lm --softmax {mine} --embed-size 6 --num-hiddens 6 --tie-weights"
    words += f" --batch-size 8 --bptt 5 --num-epochs 1 --device cpu --quiet --out {tmp_path / 'run'}"
    assert call(*words.split()) == (0, "", "")
    given = ("--words", 20, "--prefix", "the chip", "--seed", 3, "--json")
    shown = json.loads(call("generate", tmp_path / "run", *given)[1])
    assert shown["prefix"] == ["the", "chip"] and len(shown["words"]) == 20
    options = Run(tmp_path / "run").config()["options"]
    assert set(shown["words"]) <= set(corpus_of(options).vocab.idx_to_token)


def test_a_registered_layer_answers_questions_about_words(
    mine: str, text: Path, tmp_path: Path, call: Call
) -> None:
    words = f"train --corpus {text} --softmax {mine} --embed-size 6 --min-freq 1 --subsampling none"
    assert call(*words.split(), "--num-epochs", 1, "--quiet", "--out", tmp_path / "run") == (0, "", "")
    assert len(call("similar", tmp_path / "run", "chip", "-k", 3)[1].splitlines()) == 3


def test_help_of_train_lists_a_registered_layer_and_its_options(
    mine: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "2000")
    assert f", {mine} (default: " in call("train", "--help")[1]
    out = call("train", "--help-all")[1]
    assert f"--softmax {{{','.join(LAYERS)}}}" in out and f",{mine}}}" in out
    assert "options of --softmax mine:\n  --scale X" in out
    assert "what scores are multiplied by (default: 1)" in out


def test_a_layer_that_is_registered_no_more_is_refused(text: Path, call: Call) -> None:
    status, _, err = call("train", "--corpus", text, "--softmax", "mine")
    assert status == 2 and f"softmax takes one of {', '.join(LAYERS)}; got 'mine'" in err


# By name


BUILT: tuple[tuple[str, dict[str, Value], type[OutputLayer], str], ...] = (
    (
        "adaptive",
        {"cutoffs": "4,7", "div_value": 2.0, "head_bias": True, "label_smoothing": 0.25},
        gs.AdaptiveSoftmax,
        "cutoffs=[4, 7], div_value=2, head_bias=True, label_smoothing=0.25",
    ),
    ("full", {"label_smoothing": 0.25}, gs.FullSoftmax, "label_smoothing=0.25"),
    (
        "hierarchical",
        {"exclude_unk": False, "sparse_grad": True},
        gs.HierarchicalSoftmax,
        "tree=BinaryTree(10 words, codes of 2 to 6 turns), sparse_grad=True",
    ),
    ("in-batch", {"sparse_grad": True}, gs.InBatchSoftmax, "subtract_log_q=True, sparse_grad=True"),
    (
        "negative-sampling",
        {"num_noise_words": 3, "power": 0.5, "sparse_grad": True},
        gs.NegativeSampling,
        "num_noise_words=3, power=0.5, sparse_grad=True",
    ),
    (
        "nce",
        {"num_sampled": 4, "power": 0.5, "log_partition": 2.0},
        gs.NCE,
        "num_sampled=4, sampler=UnigramSampler(10 ids, 10 of them drawn, power=0.5)",
    ),
    ("nce", {"num_sampled": 4, "log_partition": 2.0}, gs.NCE, "log_partition=2"),
    ("sampled", {"num_sampled": 4}, gs.SampledSoftmax, "num_sampled=4, sampler=LogUniformSampler(10)"),
    (
        "sampled",
        {"num_sampled": 4, "sampler": "unigram", "power": 0.5, "unique": False},
        gs.SampledSoftmax,
        "sampler=UnigramSampler(10 ids, 10 of them drawn, power=0.5), unique=False",
    ),
    (
        "sampled",
        {"num_sampled": 4, "sampler": "uniform", "remove_accidental_hits": False, "sparse_grad": True},
        gs.SampledSoftmax,
        "UniformSampler(10), unique=True, remove_accidental_hits=False, sparse_grad=True",
    ),
)


@pytest.mark.parametrize(("name", "given", "kind", "shown"), BUILT)
def test_every_name_builds_its_class_and_options_reach_it(
    name: str, given: dict[str, Value], kind: type[OutputLayer], shown: str
) -> None:
    layer = build_output_layer(name, COUNTS, in_units=8, options=resolve_options({"softmax": name, **given}))
    assert type(layer) is kind is class_at(LAYERS[name].place)
    assert (layer.vocab_size, layer.in_units) == (10, 8)
    assert shown in repr(layer)


def test_unk_is_left_out_of_the_tree_of_word_models_alone() -> None:
    turns = []
    for model in ("skip-gram", "cbow", "lm"):
        options = resolve_options({"model": model, "softmax": "hierarchical"})
        turns.append(build_output_layer("hierarchical", COUNTS, 8, options).tree.lengths.tolist())
    expected = [gs.build_huffman(counts).lengths.tolist() for counts in ([0, *COUNTS[1:]], COUNTS)]
    assert turns == [expected[0], expected[0], expected[1]] and expected[0][0] > expected[1][0]


def test_every_layer_of_the_table_is_built_above_with_every_option_of_its_own() -> None:
    given: dict[str, set[str]] = {name: set() for name in LAYERS}
    for name, options, _, _ in BUILT:
        given[name] |= set(options) - {"sparse_grad"}
    for name, choice in LAYERS.items():
        own = {option.name for option in choice.own} - {"num_clusters"}  # which holds without cutoffs: below
        assert given[name] == own


def test_cutoffs_are_found_for_the_number_of_clusters() -> None:
    for number in (2, 3, 4):
        options = resolve_options({"softmax": "adaptive", "num_clusters": number, "div_value": 2.0})
        layer = build_output_layer("adaptive", COUNTS, in_units=8, options=options)
        assert isinstance(layer, gs.AdaptiveSoftmax)
        assert list(layer.cutoffs) == list(optimal_cutoffs(COUNTS, number)) and layer.num_tails == number - 1


def test_a_full_softmax_begins_at_the_unigram() -> None:
    layer = build_output_layer("full", COUNTS, in_units=8, options=resolve_options({"softmax": "full"}))
    layer.initialize()
    probability = np.exp(layer.log_prob(np.zeros((1, 8)))).asnumpy()[0]
    numpy.testing.assert_allclose(probability, COUNTS / COUNTS.sum(), rtol=1e-5)


def test_an_unknown_name_is_an_error_that_lists_the_names() -> None:
    with pytest.raises(ValueError, match=f"^softmax takes one of {', '.join(LAYERS)}; got 'hard'$"):
        build_output_layer("hard", COUNTS, in_units=8, options=resolve_options({}))


def test_class_at_finds_a_class_by_its_place() -> None:
    assert class_at("gluon_softmax.output_layers.full:FullSoftmax") is gs.FullSoftmax
    assert class_at(f"{__name__}:Mine") is Mine
    with pytest.raises(AttributeError, match="Softmix"):
        class_at("gluon_softmax.output_layers.full:Softmix")
    with pytest.raises(ModuleNotFoundError, match="fill"):
        class_at("gluon_softmax.output_layers.fill:FullSoftmax")


@pytest.mark.parametrize(("text", "cutoffs"), [("2000,10000", [2000, 10000]), ("4", [4]), (" 4, 8", [4, 8])])
def test_cutoffs_of_a_command_line(text: str, cutoffs: list[int]) -> None:
    assert parse_cutoffs(text) == cutoffs


@pytest.mark.parametrize("text", ["", "4,", "4;8", "4.5", "four"])
def test_what_no_cutoffs_are(text: str) -> None:
    with pytest.raises(ValueError, match=f"^cutoffs takes integers with commas between them; got '{text}'$"):
        parse_cutoffs(text)
