"""Wrong arguments of layers, samplers, trees and models: each with the argument that the error must name."""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any, Callable, Iterable, Iterator, NamedTuple

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import np
from oracles.every_layer import COUNTS, EVERY_LAYER, IN_UNITS

LARGE = 10**400  # no float, and no integer of 64 bits
SIZES: tuple[Any, ...] = (0, -1, 1.5, True, "8", None, 2**70, LARGE, math.nan, [3])
NUMBERS: tuple[Any, ...] = (math.nan, math.inf, "x", None, True, LARGE, 1j, [0.5])
ALL_COUNTS: tuple[Any, ...] = (
    [], [[1, 2]], [1, -2], [1.0, math.nan], [0, 0], "abc", None, [True, False], {"the": 3}, [LARGE, 1],
)  # fmt: skip
IDS: tuple[Any, ...] = ([10], [-1], [0.5, 1.0], [math.nan], [2.0**24], ["a"], [True], None, [LARGE])


class BadCall(NamedTuple):
    """A call that must fail, and the argument that its message must begin with; `said`, if it says more."""

    name: str
    argument: str
    call: Callable[[], object]
    said: str = ""


def each(what: str, argument: str, make: Callable[[Any], object], values: Iterable[Any]) -> Iterator[BadCall]:
    """One bad call per value."""
    for number, value in enumerate(values):
        yield BadCall(f"{what} {argument} {number}", argument, functools.partial(make, value))


def _layers() -> Iterator[BadCall]:
    by_counts: dict[str, Callable[..., Any]] = {
        "NegativeSampling": gs.NegativeSampling,
        "HierarchicalSoftmax": gs.HierarchicalSoftmax,
        "NCE": functools.partial(gs.NCE, num_sampled=3),
        "InBatchSoftmax": gs.InBatchSoftmax,
    }
    by_size: dict[str, Callable[..., Any]] = {
        "FullSoftmax": gs.FullSoftmax,
        "SampledSoftmax": functools.partial(gs.SampledSoftmax, num_sampled=3),
        "AdaptiveSoftmax": functools.partial(gs.AdaptiveSoftmax, cutoffs=[4]),
    }
    for name, make in by_counts.items():
        yield from each(name, "counts", lambda value, make=make: make(value, IN_UNITS), ALL_COUNTS)
        yield from each(name, "in_units", lambda value, make=make: make(COUNTS, value), SIZES)
    for name, make in by_size.items():
        yield from each(name, "vocab_size", lambda value, make=make: make(value, IN_UNITS), SIZES)
        yield from each(name, "in_units", lambda value, make=make: make(10, value), SIZES)
    yield from each("NegativeSampling", "num_noise_words", lambda v: gs.NegativeSampling(COUNTS, 8, v), SIZES)
    yield from each("NegativeSampling", "power", lambda v: gs.NegativeSampling(COUNTS, 8, 5, v), NUMBERS)
    yield from each("NCE", "num_sampled", lambda v: gs.NCE(COUNTS, 8, v), SIZES)
    yield from each("NCE", "power", lambda v: gs.NCE(COUNTS, 8, 3, v), (*NUMBERS, 1e308))
    yield from each("NCE", "log_partition", lambda v: gs.NCE(COUNTS, 8, 3, log_partition=v), NUMBERS)
    yield from each("SampledSoftmax", "num_sampled", lambda v: gs.SampledSoftmax(10, 8, v), (*SIZES, 11))
    yield from each(
        "SampledSoftmax",
        "sampler",
        lambda v: gs.SampledSoftmax(10, 8, 3, v),
        ("zipf", 3, gs.UniformSampler(9)),
    )
    cutoffs = ([], [5, 3], [0], [10], [99], "ab", 4, [1.5], [4, 4], [LARGE])
    yield from each("AdaptiveSoftmax", "cutoffs", lambda v: gs.AdaptiveSoftmax(10, 8, v), cutoffs)
    yield from each(
        "AdaptiveSoftmax",
        "div_value",
        lambda v: gs.AdaptiveSoftmax(10, 8, [4, 7], v),
        (*NUMBERS, 0.5, 9, 1e300),
    )
    rates = (*NUMBERS, -0.1, 1.1)
    yield from each(
        "AdaptiveSoftmax", "dropout", lambda v: gs.AdaptiveSoftmax(10, 8, [4], 2.0, dropout=v), (*rates, 1)
    )
    yield from each(
        "FullSoftmax", "label_smoothing", lambda v: gs.FullSoftmax(10, 8, label_smoothing=v), rates
    )


def _layer_calls() -> Iterator[BadCall]:
    hidden: tuple[Any, ...] = (
        np.zeros((1, 7)), np.zeros((1, 8), dtype="int32"), numpy.zeros((1, 8), "float32"), [[0.0] * 8], None,
    )  # fmt: skip
    for name, make in EVERY_LAYER.items():
        made = functools.lru_cache(maxsize=None)(functools.partial(_initialized, make))
        yield from each(f"{name} called", "target", lambda v, made=made: made()(np.zeros((1, 8)), v), IDS)
        yield from each(
            f"{name} called", "hidden", lambda v, made=made: made()(v, np.array([1], dtype="int32")), hidden
        )
        yield from each(f"{name} log_prob", "hidden", lambda v, made=made: made().log_prob(v), hidden)
        yield from each(f"{name} predict", "hidden", lambda v, made=made: made().predict(v), hidden)


def _initialized(make: Callable[[], Any]) -> Any:
    layer = make()
    layer.initialize()
    return layer


def _vocabulary() -> Iterator[BadCall]:
    samplers: dict[str, Callable[[], Any]] = {
        "LogUniformSampler": lambda: gs.LogUniformSampler(10),
        "UniformSampler": lambda: gs.UniformSampler(10),
        "UnigramSampler": lambda: gs.UnigramSampler(COUNTS),
    }
    for name, make in samplers.items():
        yield from each(name, "ids", lambda v, make=make: make().prob(v), IDS)
        yield from each(name, "n", lambda v, make=make: make().sample(v), (-1, 1.5, "3", None, 2**70))
        yield BadCall(f"{name} n unique", "n", lambda make=make: make().sample(11, unique=True))
        yield from each(
            name, "num_tries", lambda v, make=make: make().expected_count([1], v), (-1, 1.5, "3", None)
        )
    yield from each("LogUniformSampler", "range_max", gs.LogUniformSampler, SIZES)
    yield from each("UniformSampler", "range_max", gs.UniformSampler, SIZES)
    yield from each("UnigramSampler", "counts", gs.UnigramSampler, ALL_COUNTS)
    yield from each("UnigramSampler", "power", lambda v: gs.UnigramSampler(COUNTS, v), (*NUMBERS, 1e308))
    yield from each(
        "UnigramSampler", "exclude", lambda v: gs.UnigramSampler(COUNTS, exclude=v), ([10], ["a"], range(10))
    )
    yield from each("build_huffman", "counts", gs.build_huffman, ALL_COUNTS)
    yield from each("balanced_tree", "vocab_size", gs.balanced_tree, SIZES)
    yield BadCall("BinaryTree lengths", "points", lambda: gs.BinaryTree([[0], [1]], [[0], []]))
    yield BadCall("BinaryTree turns", "codes", lambda: gs.BinaryTree([[0], [2]], [[0], [0]]))
    yield from each("optimal_cutoffs", "counts", lambda v: gs.optimal_cutoffs(v, 2), ALL_COUNTS)
    yield from each(
        "optimal_cutoffs", "num_clusters", lambda v: gs.optimal_cutoffs(COUNTS, v), (*SIZES, 1, 11)
    )


def _models() -> Iterator[BadCall]:
    def full() -> Any:
        return gs.FullSoftmax(10, IN_UNITS)

    for name, make in (("SkipGram", gs.SkipGram), ("CBOW", gs.CBOW)):
        yield from each(name, "vocab_size", lambda v, make=make: make(v, 8, full()), SIZES)
        yield from each(name, "embed_size", lambda v, make=make: make(10, v, full()), SIZES)
        yield from each(name, "output_layer", lambda v, make=make: make(10, 8, v), (None, "full", 3))
        yield BadCall(f"{name} another vocabulary", "output_layer", lambda make=make: make(9, 8, full()))
        yield BadCall(f"{name} another width", "output_layer", lambda make=make: make(10, 9, full()))

    def lm(**given: Any) -> Any:
        return gs.LanguageModel(
            **{"vocab_size": 10, "embed_size": 8, "num_hiddens": 8, "output_layer": full(), **given}
        )

    for argument, values in (
        ("cell", ("transformer", None, 3)),
        ("num_layers", SIZES),
        ("num_hiddens", SIZES),
        ("embed_size", SIZES),
        ("vocab_size", SIZES),
        ("dropout", (*NUMBERS, -0.1, 1, 1.1)),
        ("output_layer", (None, "full")),
    ):
        yield from each("LanguageModel", argument, lambda v, a=argument: lm(**{a: v}), values)
    yield from each("Embedding", "input_dim", lambda v: gs.Embedding(v, 3), SIZES)
    yield from each("Embedding", "output_dim", lambda v: gs.Embedding(3, v), SIZES)
    yield from each("AdaptiveEmbedding", "vocab_size", lambda v: gs.AdaptiveEmbedding(v, 8, [4], 2.0), SIZES)


BAD_CALLS: list[BadCall] = list(itertools.chain(_layers(), _layer_calls(), _vocabulary(), _models()))
