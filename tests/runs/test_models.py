"""Models by name: each with the net, the batches and the figures that its options say."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from oracles.small_runs import Value, small

import gluon_softmax as gs
from gluon_softmax.backend import mx
from gluon_softmax.data.cbow_batches import CBOWBatches
from gluon_softmax.data.corpus import Corpus
from gluon_softmax.data.language_model_batches import LanguageModelBatches
from gluon_softmax.data.skip_gram_batches import SkipGramBatches, SkipGramPairs
from gluon_softmax.data.skip_gram_blocks import SkipGramBlocks
from gluon_softmax.runs.commands import corpus_of
from gluon_softmax.runs.models import MODELS
from gluon_softmax.runs.options import Options
from gluon_softmax.runs.resolve import resolve_options
from gluon_softmax.training.trainer import initialize
from gluon_softmax.utils.types import Batches


def resolved(corpus: Path, **given: Value) -> tuple[Corpus, Options]:
    if given.get("model") == "lm":
        given["subsampling"] = None  # which is an option of the word models
    options = resolve_options(small(corpus, **given))
    return corpus_of(options), options


def arrays(batches: Batches, epoch: int = 0) -> list[numpy.ndarray]:
    return [array for batch in batches.epoch(epoch) for array in batch]


def equal(some: list[numpy.ndarray], others: list[numpy.ndarray]) -> bool:
    return len(some) == len(others) and all(map(numpy.array_equal, some, others))


def examples(batches: Batches, epoch: int) -> list[list[int]]:
    """The numbers of each example of an epoch, in an order that shuffling does not change."""
    return sorted(
        numpy.hstack([numpy.ravel(field) for field in example]).tolist()
        for batch in batches.epoch(epoch)
        for example in zip(*batch)
    )


@pytest.mark.parametrize(
    ("model", "kind", "given", "in_units"),
    [
        ("skip-gram", gs.SkipGram, {}, 6),
        ("cbow", gs.CBOW, {}, 6),
        ("lm", gs.LanguageModel, {"num_hiddens": 5, "num_sampled": 4}, 5),
        ("lm", gs.LanguageModel, {"num_hiddens": 5, "num_sampled": 4, "tie_weights": True}, 6),
    ],
)
def test_a_net_has_its_table_and_a_layer_as_wide_as_its_hidden_vector(
    model: str, kind: type, given: dict[str, Value], in_units: int, corpus: Path
) -> None:
    text, options = resolved(corpus, model=model, **given)
    net = MODELS[model].net(text, options)
    assert isinstance(net, kind)
    assert isinstance(net, (gs.SkipGram, gs.CBOW, gs.LanguageModel))
    assert tuple(net.embed.weight.shape) == (len(text.counts), 6)
    assert (net.output_layer.vocab_size, net.output_layer.in_units) == (len(text.counts), in_units)
    assert (net.embed.weight is getattr(net.output_layer, "weight", None)) == bool(given.get("tie_weights"))


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, SkipGramPairs),
        ({"batches": "book"}, SkipGramBatches),
        ({"batches": "blocks"}, SkipGramBlocks),
        ({"batches": "blocks", "softmax": "hierarchical"}, SkipGramBlocks),
        ({"softmax": "full"}, SkipGramPairs),
        ({"model": "cbow"}, CBOWBatches),
        ({"model": "lm", "min_freq": 1, "batch_size": 8}, LanguageModelBatches),
    ],
)
def test_batches_are_of_the_kind_that_is_named(given: dict[str, Value], kind: type, corpus: Path) -> None:
    text, options = resolved(corpus, **given)
    batches = MODELS[options["model"]].batches(text, options)
    assert type(batches) is kind
    assert len(arrays(batches)) > 1
    words = (corpus / "train.txt").read_text().split()
    assert len(text.ids("train")) == len(words) + (121 if options["model"] == "lm" else 0)  # its <eos>


@pytest.mark.parametrize(("softmax", "noise"), [("negative-sampling", 5), ("hierarchical", 0)])
def test_blocks_have_noise_words_for_the_layer_that_asks_for_them(
    softmax: str, noise: int, corpus: Path
) -> None:
    text, options = resolved(corpus, batches="blocks", softmax=softmax)
    batches = MODELS["skip-gram"].batches(text, options)
    assert isinstance(batches, SkipGramBlocks) and batches.num_noise_words == noise


@pytest.mark.parametrize("softmax", ["adaptive", "full", "hierarchical", "in-batch", "nce", "sampled"])
def test_the_books_batches_are_for_negative_sampling(softmax: str, corpus: Path) -> None:
    text, options = resolved(corpus, batches="book", softmax=softmax)
    message = f"batches takes 'book' with softmax negative-sampling only; got softmax {softmax}"
    with pytest.raises(ValueError, match=message):
        MODELS["skip-gram"].batches(text, options)


@pytest.mark.parametrize("model", ["skip-gram", "cbow"])
def test_windows_and_seeds_reach_the_training_batches(model: str, corpus: Path) -> None:
    text, options = resolved(corpus, model=model)
    plain = arrays(MODELS[model].batches(text, options))
    for changed in ({"seed": 1}, {"max_window_size": 2}, {"batch_size": 32}, {"subsampling": "word2vec"}):
        assert not equal(plain, arrays(MODELS[model].batches(text, {**options, **changed})))
    anew = MODELS[model].batches(text, options)
    assert examples(anew, 0) != examples(anew, 1)
    once = MODELS[model].batches(text, {**options, "resample": False})
    assert examples(once, 0) == examples(once, 1)  # the same windows, in another order


@pytest.mark.parametrize("model", list(MODELS))
@pytest.mark.parametrize("split", ["valid", "test"])
def test_held_out_batches_are_the_same_for_every_seed_and_batch_size(
    model: str, split: str, corpus: Path
) -> None:
    text, options = resolved(corpus, model=model)
    plain = arrays(MODELS[model].held_out(text, options, split))
    for changed in ({"seed": 1}, {"batch_size": 3}, {"resample": False}, {"batches": "book"}, {"bptt": 2}):
        assert equal(plain, arrays(MODELS[model].held_out(text, {**options, **changed}, split)))


def test_a_split_of_few_words_has_fewer_columns(corpus: Path, tmp_path: Path) -> None:
    for split in ("train", "valid", "test"):
        content = "the chip of memory" if split == "valid" else (corpus / f"{split}.txt").read_text()
        (tmp_path / f"{split}.txt").write_text(content)
    text, options = resolved(tmp_path, model="lm")
    batches = MODELS["lm"].held_out(text, options, "valid")
    assert isinstance(batches, LanguageModelBatches)
    assert sum(batch.targets.size for batch in batches.epoch(0)) == len(text.ids("valid")) == 5


def test_what_is_known_of_each_model() -> None:
    known = {name: (m.softmax, m.eos, m.has_vectors, m.keeps_best) for name, m in MODELS.items()}
    words = ("negative-sampling", False, True, False)
    assert known == {"skip-gram": words, "cbow": words, "lm": ("sampled", True, False, True)}


@pytest.mark.parametrize("model", list(MODELS))
def test_figures_of_a_split_are_its_loss_and_of_a_language_model_its_perplexity(
    model: str, corpus: Path
) -> None:
    text, options = resolved(corpus, model=model, softmax="full")
    choice = MODELS[model]
    net = choice.net(text, options)
    net.initialize()
    figures = choice.evaluate(net, choice.held_out(text, options, "test"), None)
    assert list(figures) == (["loss", "perplexity"] if model == "lm" else ["loss"])
    assert 0 < figures["loss"] < 2 * numpy.log(len(text.counts))
    if model == "lm":
        assert figures["perplexity"] == pytest.approx(numpy.exp(figures["loss"]))


@pytest.mark.parametrize("model", ["skip-gram", "cbow"])
@pytest.mark.parametrize(
    "softmax", ["negative-sampling", "hierarchical", "sampled", "in-batch", "full", "nce"]
)
def test_tables_begin_as_those_of_word2vec(model: str, softmax: str, corpus: Path) -> None:
    few = {"num_sampled": 4} if softmax in ("sampled", "nce") else {}
    text, options = resolved(corpus, model=model, softmax=softmax, init="word2vec", **few)
    net = MODELS[model].net(text, options)
    initialize(net, [mx.cpu()], seed=1)
    vectors = net.embed.weight.data().asnumpy()
    assert 0.9 * 0.5 / 6 < abs(vectors).max() <= 0.5 / 6
    numpy.testing.assert_array_equal(net.output_layer.weight.data().asnumpy(), 0.0)
    batches = MODELS[model].batches(text, options)
    history = gs.train(net, batches, 3, 0.02, progress="none")
    assert history[-1]["loss"] < history[0]["loss"] and abs(net.output_layer.weight.data()).max() > 0.01


def test_without_a_word_the_tables_begin_as_they_always_did(corpus: Path) -> None:
    text, options = resolved(corpus)
    assert options["init"] == "uniform"
    layer = gs.NegativeSampling(text.counts, 6)
    nets = [MODELS["skip-gram"].net(text, options), gs.SkipGram(len(text.counts), 6, layer)]
    for net in nets:
        initialize(net, [mx.cpu()], seed=1)
    for one, other in zip(*(net._collect_params_with_prefix().values() for net in nets)):
        numpy.testing.assert_array_equal(one.data().asnumpy(), other.data().asnumpy())
        assert 0.06 < abs(one.data().asnumpy()).max() <= 0.07


def test_the_adaptive_softmax_cannot_begin_at_zero(corpus: Path) -> None:
    text, options = resolved(corpus, softmax="adaptive", init="word2vec")
    with pytest.raises(ValueError, match=r"^init takes uniform with softmax adaptive, .*; got word2vec$"):
        MODELS["skip-gram"].net(text, options)
