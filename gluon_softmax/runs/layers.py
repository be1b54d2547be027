"""Output layers by name: one entry a layer, with the options that are its own.

Nothing here imports MXNet before a layer is built, since the command line reads this table for its help.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple

from ..utils.checks import check_choice
from .options import Option


class LayerChoice(NamedTuple):
    """``build(counts, in_units, options)`` gives the layer; `options` holds a value for each of `own`, and
    ``sparse_grad``.
    """

    build: Callable[[Any, int, Mapping[str, Any]], Any]
    own: tuple[Option, ...] = ()


def _full(counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    from ..output_layers.full import FullSoftmax
    from ..output_layers.unigram_bias import unigram_bias

    # sparse_grad is for the model's table: the gradient of a full softmax touches every row
    return FullSoftmax(
        len(counts),
        in_units,
        label_smoothing=options["label_smoothing"],
        bias_initializer=unigram_bias(counts),
    )


def _negative_sampling(counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    from ..output_layers.negative_sampling import NegativeSampling

    return NegativeSampling(
        counts,
        in_units,
        num_noise_words=options["num_noise_words"],
        power=options["power"],
        sparse_grad=options["sparse_grad"],
    )


def _hierarchical(counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    from ..output_layers.hierarchical import HierarchicalSoftmax

    return HierarchicalSoftmax(counts, in_units, sparse_grad=options["sparse_grad"])


def _nce(counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    from ..output_layers.nce import NCE

    return NCE(
        counts,
        in_units,
        options["num_sampled"],
        power=options["power"],
        log_partition=options["log_partition"],
        sparse_grad=options["sparse_grad"],
    )


def _sampled(counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    from ..output_layers.sampled import SampledSoftmax
    from ..vocabulary.samplers import LogUniformSampler, UniformSampler, UnigramSampler

    if options["sampler"] == "unigram":
        sampler: Any = UnigramSampler(counts, options["power"])
    else:
        sampler = (LogUniformSampler if options["sampler"] == "log-uniform" else UniformSampler)(len(counts))
    return SampledSoftmax(
        len(counts),
        in_units,
        options["num_sampled"],
        sampler,
        unique=options["unique"],
        remove_accidental_hits=options["remove_accidental_hits"],
        counts=counts,
        sparse_grad=options["sparse_grad"],
    )


def _adaptive(counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    from ..output_layers.adaptive import AdaptiveSoftmax
    from ..vocabulary.cutoffs import optimal_cutoffs

    if options["cutoffs"]:
        cutoffs = parse_cutoffs(options["cutoffs"])
    else:
        cutoffs = optimal_cutoffs(counts, min(options["num_clusters"], len(counts)))
    return AdaptiveSoftmax(
        len(counts),
        in_units,
        cutoffs,
        options["div_value"],
        options["head_bias"],
        label_smoothing=options["label_smoothing"],
        counts=counts,
    )


def parse_cutoffs(text: str) -> list[int]:
    """The cutoffs of a command line: "2000,10000" -> [2000, 10000]; ValueError for anything else."""
    try:
        return [int(cutoff) for cutoff in text.split(",")]
    except ValueError:
        raise ValueError(f"cutoffs takes integers with commas between them; got {text!r}") from None


_NUM_SAMPLED = Option("num_sampled", int, 200, "candidates that all positions of a batch share")

LAYERS: dict[str, LayerChoice] = {
    "adaptive": LayerChoice(
        _adaptive,
        (
            Option("cutoffs", str, "", "where the tails begin, as 2000,10000; by default where cheapest"),
            Option("num_clusters", int, 3, "the head and its tails, where the cutoffs are to be found"),
            Option("div_value", float, 4.0, "each tail is this much narrower than the last; the paper's"),
            Option("head_bias", bool, False, "a bias for the words and slots of the head"),
            Option("label_smoothing", float, 0.0, "share of the target that is spread over all words"),
        ),
    ),
    "full": LayerChoice(
        _full,
        (Option("label_smoothing", float, 0.0, "share of the target that is spread over all words"),),
    ),
    "hierarchical": LayerChoice(_hierarchical),
    "negative-sampling": LayerChoice(
        _negative_sampling,
        (
            Option(
                "num_noise_words", int, 5, "noise words for each right word; the book's and word2vec's number"
            ),
            Option("power", float, 0.75, "noise words are drawn from count^power; the paper's exponent"),
        ),
    ),
    "nce": LayerChoice(
        _nce,
        (
            _NUM_SAMPLED,
            Option("power", float, 1.0, "noise words are drawn from count^power; the paper's is the unigram"),
            Option("log_partition", float, 0.0, "log Z of the scores; the paper's 0 leaves it to training"),
        ),
    ),
    "sampled": LayerChoice(
        _sampled,
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
            Option("unique", bool, True, "draw each candidate at most once a batch"),
            Option("remove_accidental_hits", bool, True, "leave candidates out that are the target itself"),
        ),
    ),
}


def build_output_layer(name: str, counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    """The layer called `name` over the words of `counts` (V,); ValueError for a name not in the table."""
    return LAYERS[check_choice("softmax", name, tuple(LAYERS))].build(counts, in_units, options)
