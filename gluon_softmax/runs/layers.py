"""Output layers by name: one entry per layer, with the options that are its own.

To add a layer, add an entry to `LAYERS`. Nothing here imports MXNet before a layer is built, since the
command line reads this table for its help.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

import numpy

from ..utils.checks import check_choice
from ..vocabulary.tokens import UNK_ID
from .options import Option, Options

if TYPE_CHECKING:
    from ..output_layers.base import OutputLayer
    from ..vocabulary.samplers import Sampler


class LayerChoice(NamedTuple):
    """What is known of an output layer by its name.

    `place` is its class, as ``module:Class``, which is imported when a layer is built. `own` are its options.
    The class is called with ``in_units`` and what ``arguments(counts, options)`` gives; without `arguments`
    with ``counts``, ``sparse_grad`` and its own options, each by its name.
    """

    place: str
    own: tuple[Option, ...] = ()
    arguments: Callable[[numpy.ndarray, Options], dict[str, Any]] | None = None


def _of_full(counts: numpy.ndarray, options: Options) -> dict[str, Any]:
    from ..output_layers.unigram_bias import unigram_bias

    # no sparse_grad, which is for the model's table: the gradient of a full softmax touches every row
    return {
        "vocab_size": len(counts),
        "label_smoothing": options["label_smoothing"],
        "bias_initializer": unigram_bias(counts),
    }


def _of_sampled(counts: numpy.ndarray, options: Options) -> dict[str, Any]:
    names = ("num_sampled", "unique", "remove_accidental_hits", "sparse_grad")
    return {
        "vocab_size": len(counts),
        "counts": counts,
        "sampler": _sampler(counts, options["sampler"], options["power"]),
        **{name: options[name] for name in names},
    }


def _sampler(counts: numpy.ndarray, name: str, power: float) -> Sampler:
    from ..vocabulary.samplers import LogUniformSampler, UniformSampler, UnigramSampler

    if name == "unigram":
        return UnigramSampler(counts, power)
    return (LogUniformSampler if name == "log-uniform" else UniformSampler)(len(counts))


def _of_hierarchical(counts: numpy.ndarray, options: Options) -> dict[str, Any]:
    return {
        "counts": counts,
        "exclude": [UNK_ID] if options.get("exclude_unk") else [],
        "sparse_grad": options["sparse_grad"],
    }


def _of_adaptive(counts: numpy.ndarray, options: Options) -> dict[str, Any]:
    from ..vocabulary.cutoffs import optimal_cutoffs

    if options["cutoffs"]:
        cutoffs = parse_cutoffs(options["cutoffs"])
    else:
        cutoffs = optimal_cutoffs(counts, min(options["num_clusters"], len(counts)))
    names = ("div_value", "head_bias", "label_smoothing")
    return {
        "vocab_size": len(counts),
        "counts": counts,
        "cutoffs": cutoffs,
        **{name: options[name] for name in names},
    }


def parse_cutoffs(text: str) -> list[int]:
    """The cutoffs of a command line: "2000,10000" -> [2000, 10000]; ValueError for anything else."""
    try:
        return [int(cutoff) for cutoff in text.split(",")]
    except ValueError:
        raise ValueError(f"cutoffs takes integers with commas between them; got {text!r}") from None


_NUM_SAMPLED = Option("num_sampled", int, 200, "candidates that all positions of a batch share")

LAYERS: dict[str, LayerChoice] = {
    "adaptive": LayerChoice(
        "gluon_softmax.output_layers.adaptive:AdaptiveSoftmax",
        (
            Option("cutoffs", str, "", "where the tails begin, as 2000,10000; by default where cheapest"),
            Option("num_clusters", int, 3, "the head and its tails, where the cutoffs are to be found"),
            Option("div_value", float, 4.0, "each tail is this much narrower than the last; the paper's"),
            Option("head_bias", bool, False, "a bias for the words and slots of the head"),
            Option("label_smoothing", float, 0.0, "share of the target that is spread over all words"),
        ),
        _of_adaptive,
    ),
    "full": LayerChoice(
        "gluon_softmax.output_layers.full:FullSoftmax",
        (Option("label_smoothing", float, 0.0, "share of the target that is spread over all words"),),
        _of_full,
    ),
    "hierarchical": LayerChoice(
        "gluon_softmax.output_layers.hierarchical:HierarchicalSoftmax",
        (
            Option(
                "exclude_unk",
                bool,
                True,
                "leave <unk> out of Huffman's tree, since word models never predict it; a code of ptb has "
                "9.59 turns on average then, and 9.68 with it",
            ),
        ),
        _of_hierarchical,
    ),
    "in-batch": LayerChoice("gluon_softmax.output_layers.in_batch:InBatchSoftmax"),
    "negative-sampling": LayerChoice(
        "gluon_softmax.output_layers.negative_sampling:NegativeSampling",
        (
            Option(
                "num_noise_words", int, 5, "noise words for each right word; the book's and word2vec's number"
            ),
            Option("power", float, 0.75, "noise words are drawn from count^power; the paper's exponent"),
        ),
    ),
    "nce": LayerChoice(
        "gluon_softmax.output_layers.nce:NCE",
        (
            _NUM_SAMPLED,
            Option("power", float, 1.0, "noise words are drawn from count^power; the paper's is the unigram"),
            Option("log_partition", float, 0.0, "log Z of the scores; the paper's 0 leaves it to training"),
        ),
    ),
    "sampled": LayerChoice(
        "gluon_softmax.output_layers.sampled:SampledSoftmax",
        (
            _NUM_SAMPLED,
            Option(
                "sampler",
                str,
                "log-uniform",
                "what candidates are drawn from; log-uniform is near Zipf's law and needs no table",
                ("log-uniform", "unigram", "uniform"),
            ),
            Option("power", float, 0.75, "with the unigram sampler: candidates are drawn from count^power"),
            Option("unique", bool, True, "draw each candidate at most once per batch"),
            Option("remove_accidental_hits", bool, True, "leave candidates out that are the target itself"),
        ),
        _of_sampled,
    ),
}


def class_at(place: str) -> Callable[..., Any]:
    """The class at ``module:Class``, imported now."""
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def build_output_layer(
    name: str, counts: numpy.ndarray, in_units: int, options: Options, **more: Any
) -> OutputLayer:
    """The layer called `name` over the words of `counts` (V,); ValueError for a name not in the table.

    Its class is called with `more` arguments, such as a ``weight_initializer``, as they are.
    """
    choice = LAYERS[check_choice("softmax", name, tuple(LAYERS))]
    if choice.arguments is not None:
        arguments = choice.arguments(counts, options)
    else:
        own = {option.name: options[option.name] for option in choice.own}
        arguments = {"counts": counts, "sparse_grad": options["sparse_grad"], **own}
    layer: OutputLayer = class_at(choice.place)(in_units=in_units, **arguments, **more)
    return layer
