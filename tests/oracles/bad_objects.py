"""Objects of the wrong kind in place of switches, texts, nets, functions and paths: see `bad_calls`."""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any, Callable, Iterator

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import gluon, mx, np
from gluon_softmax.data.corpus import Corpus
from gluon_softmax.models.analogy_questions import evaluate_analogies
from gluon_softmax.models.word_pairs import evaluate_word_pairs
from gluon_softmax.training.checkpoint import Checkpoint
from oracles.bad_calls import COUNTS, LARGE, SIZES, BadCall, each
from oracles.bad_data_calls import text, vectors
from oracles.every_layer import EVERY_LAYER

OTHER = (np.ones((2, 3)), mx.sym.var("s"), object())  # what is none of what any argument takes
SWITCHES: tuple[Any, ...] = (None, "yes", "", 0, 1, 1.5, [], {}, LARGE, *OTHER, numpy.ones((2, 2)))
KINDS: tuple[Any, ...] = (None, "x", 3, 1.5, [], {}, int, *OTHER)
PATHS: tuple[Any, ...] = ("", "a\0b", 3, 1.5, True, [], {}, b"x", LARGE, *OTHER)
SEEDS: tuple[Any, ...] = ("0", -1, 1.5, True, [0], {}, *OTHER)
Make = Callable[..., Any]


def _on(make: Make, argument: str) -> Callable[[Any], object]:
    return lambda value: make(**{argument: value})


def _switches() -> Iterator[BadCall]:
    def batches(kind: Make, size: int) -> Make:
        return lambda **given: kind(text(), size, **given)

    makers: dict[str, tuple[Make, tuple[str, ...]]] = {
        "FullSoftmax": (functools.partial(gs.FullSoftmax, 10, 8), ("use_bias", "sparse_grad")),
        "NegativeSampling": (functools.partial(gs.NegativeSampling, COUNTS, 8), ("sparse_grad",)),
        "HierarchicalSoftmax": (functools.partial(gs.HierarchicalSoftmax, COUNTS, 8), ("sparse_grad",)),
        "NCE": (
            functools.partial(gs.NCE, COUNTS, 8, 3),
            ("subtract_log_q", "unique", "remove_accidental_hits", "use_bias", "sparse_grad"),
        ),
        "SampledSoftmax": (
            functools.partial(gs.SampledSoftmax, 10, 8, 3),
            ("unique", "remove_accidental_hits", "use_bias", "sparse_grad"),
        ),
        "AdaptiveSoftmax": (
            functools.partial(gs.AdaptiveSoftmax, 10, 8, [4], 2.0),
            ("head_bias", "sparse_grad"),
        ),
        "AdaptiveEmbedding": (
            functools.partial(gs.AdaptiveEmbedding, 10, 8, [4], 2.0),
            ("sparse_grad", "share_projections"),
        ),
        "Embedding": (functools.partial(gs.Embedding, 10, 8), ("sparse_grad",)),
        "SkipGram": (lambda **given: gs.SkipGram(10, 8, gs.FullSoftmax(10, 8), **given), ("sparse_grad",)),
        "CBOW": (lambda **given: gs.CBOW(10, 8, gs.FullSoftmax(10, 8), **given), ("sparse_grad",)),
        "LanguageModel": (
            lambda **given: gs.LanguageModel(10, 8, 8, gs.FullSoftmax(10, 8), **given),
            ("tie_weights", "sparse_grad"),
        ),
        "SkipGramPairs": (batches(gs.SkipGramPairs, 8), ("resample", "held_out")),
        "SkipGramBatches": (batches(gs.SkipGramBatches, 8), ("resample", "held_out")),
        "SkipGramBlocks": (batches(gs.SkipGramBlocks, 32), ("resample", "held_out")),
        "CBOWBatches": (batches(gs.CBOWBatches, 8), ("resample", "held_out")),
        "LanguageModelBatches": (
            lambda **given: gs.LanguageModelBatches(text(True), 2, 3, **given),
            ("drop_remainder",),
        ),
        "Corpus": (lambda **given: Corpus("x", text()._sources, 1, **given), ("eos",)),
        "sample": (functools.partial(gs.UniformSampler(9).sample, 3), ("unique",)),
        "expected_count": (functools.partial(gs.UniformSampler(9).expected_count, [1], 3), ("unique",)),
        "save": (functools.partial(vectors().save, "x.txt"), ("newlines",)),
        "InBatchSoftmax": (
            functools.partial(gs.InBatchSoftmax, COUNTS, 8),
            ("remove_accidental_hits", "subtract_log_q", "use_bias", "sparse_grad"),
        ),
        "train": (functools.partial(_train), ("hybridize",)),
    }
    for name, (make, arguments) in makers.items():
        for argument in arguments:
            yield from each(name, argument, _on(make, argument), SWITCHES)
    yield from each("load", "binary", lambda v: gs.WordVectors.load("x", v), SWITCHES[1:])
    yield from each("load", "cache", lambda v: gs.WordVectors.load("x", cache=v), SWITCHES)
    yield from each("save", "binary", lambda v: vectors().save("x.txt", v), SWITCHES[1:])


def _train(**given: Any) -> Any:
    net = gs.SkipGram(len(text().counts), 4, gs.FullSoftmax(len(text().counts), 4))
    batches = gs.SkipGramPairs(text(), 64, subsampling="none")
    return gs.train(net, batches, **{"num_epochs": 1, "lr": 0.1, "progress": "none", **given})


def _texts_and_nets() -> Iterator[BadCall]:
    for kind in (gs.SkipGramPairs, gs.SkipGramBatches, gs.SkipGramBlocks, gs.CBOWBatches):
        name = kind.__name__
        yield from each(name, "corpus", lambda v, kind=kind: kind(v, 32), KINDS)
        batches = kind(text(), 32)
        epochs = (None, -1, "0", 1.5, True, [], *OTHER)
        yield from each(f"{name}.epoch", "epoch", lambda v, own=batches: next(own.epoch(v)), epochs)
    yield from each("LanguageModelBatches", "corpus", lambda v: gs.LanguageModelBatches(v, 2, 3), KINDS)
    lm = gs.LanguageModelBatches(text(True), 2, 3)
    yield from each("LanguageModelBatches.epoch", "epoch", lambda v: next(lm.epoch(v)), (None, -1, 1.5, "0"))
    yield from each("Corpus", "sources", lambda v: Corpus("x", v, 1, False), KINDS)
    yield from each("Corpus", "min_freq", lambda v: Corpus("x", text()._sources, v, False), (None, 0, 1.5))
    yield from each("load_corpus", "data_dir", lambda v: gs.load_corpus("mini_ptb", data_dir=v), PATHS)
    yield from each("SkipGram", "vocab_size", lambda v: gs.SkipGram(v, v, gs.FullSoftmax(10, 8)), (None, "x"))
    yield from each("generate", "net", lambda v: gs.generate(v, text(True).vocab), KINDS)
    yield from each("load_vectors", "net", lambda v: gs.load_vectors(v, text().vocab, "x"), KINDS)
    yield from each("perplexity", "net", lambda v: gs.perplexity(v, []), (None, "x", 3, [], {}, object()))
    yield from each("perplexity", "batches", lambda v: gs.perplexity(_lm(), v), (None, "x", 3, {}, int))
    yield from each("export", "net", lambda v: gs.export(v, "x"), KINDS)
    yield from each("clipped_step", "trainer", lambda v: gs.clipped_step(v, 2, 1.0), KINDS)
    numbers = (None, "x", 0, -1, math.nan, 1e300, 1e-300, LARGE, *OTHER)
    trainer = gluon.Trainer(_lm().collect_params(), "sgd")
    yield from each("clipped_step", "batch_size", lambda v: gs.clipped_step(trainer, v, 1.0), numbers)
    yield from each("clipped_step", "clip_norm", lambda v: gs.clipped_step(trainer, 2, v), numbers)
    net, vocab = _lm(), text(True).vocab
    yield from each("generate", "vocab", lambda v: gs.generate(net, v), KINDS)
    yield from each("generate", "prefix", lambda v: gs.generate(net, vocab, prefix=v), (None, 3, [3], *OTHER))
    yield from each("generate", "device", lambda v: gs.generate(net, vocab, device=v), ("cpu", [], 3, *OTHER))
    yield from each("begin_state", "ctx", lambda v: net.begin_state(2, v), ("cpu", 3, *OTHER))
    yield from each("LanguageModel", "state", lambda v: net([[1]], [[1]], v), (3, "x", [], [[1]], {}))
    yield from each("load_vectors", "vocab", lambda v: gs.load_vectors(net.embed, v, "x"), KINDS)
    embed = (None, "x", {}, *OTHER[1:])
    yield from each("get_similar_tokens", "embed", lambda v: gs.get_similar_tokens("a", 1, v, vocab), embed)


@functools.lru_cache(maxsize=None)
def _lm() -> gs.LanguageModel:
    size = len(text(True).counts)
    net = gs.LanguageModel(size, 4, 4, gs.FullSoftmax(size, 4))
    net.initialize()
    return net


def _layers() -> Iterator[BadCall]:
    initializers = ("nothing", "constant", 3, 1.5, math.nan, [], int, numpy.ones((2, 2)), *OTHER)
    weight = "weight_initializer"
    by_counts = (gs.NegativeSampling, gs.HierarchicalSoftmax, functools.partial(gs.NCE, num_sampled=3))
    for make in by_counts:
        yield from each(str(make), weight, lambda v, make=make: make(COUNTS, 8, **{weight: v}), initializers)
    bias = "bias_initializer"
    yield from each("FullSoftmax", bias, lambda v: gs.FullSoftmax(10, 8, bias_initializer=v), initializers)
    yield from each("NCE", bias, lambda v: gs.NCE(COUNTS, 8, 3, bias_initializer=v), initializers)
    yield from each(
        "Embedding", "weight", lambda v: gs.Embedding(10, 8, weight=v), [*KINDS[1:], numpy.ones(8)]
    )
    yield from each("FullSoftmax", "prefix", lambda v: gs.FullSoftmax(10, 8, prefix=v), KINDS[2:])
    yield from each("FullSoftmax", "params", lambda v: gs.FullSoftmax(10, 8, params=v), KINDS[1:])
    yield BadCall("FullSoftmax label_smoothing 1", "label_smoothing", lambda: gs.FullSoftmax(10, 8, 1))
    for name, make in EVERY_LAYER.items():
        yield from each(f"{name}.resample", "rng", lambda v, make=make: make().resample(v), SEEDS)
        yield from each(f"{name}.exclude", "ids", lambda v, make=make: make().exclude(v), (None, "x", [99]))
        weights = ("x", object(), [{}], LARGE)
        yield from each(f"{name} called", "sample_weight", lambda v, make=make: _called(make(), v), weights)
    scores, ones = np.ones((2, 3)), np.ones((2, 3))
    yield from each("masked_bce", "pred", lambda v: gs.masked_bce(v, ones, ones), (None, "x", 3, [[1.0]]))
    yield from each(
        "masked_bce", "label", lambda v: gs.masked_bce(scores, v, ones), (None, "x", {}, LARGE, [1.0])
    )
    yield from each(
        "masked_bce", "mask", lambda v: gs.masked_bce(scores, ones, v), (None, "x", {}, *OTHER[1:])
    )
    yield from each("sample", "rng", lambda v: gs.UniformSampler(9).sample(3, rng=v), SEEDS)
    tree = (None, 3, 1.5, object(), int)
    yield from each("BinaryTree", "codes", lambda v: gs.BinaryTree(v, [[0], [0]]), tree)
    yield from each("BinaryTree", "points", lambda v: gs.BinaryTree([[0], [1]], v), tree)
    tables = (None, [[0, 1]], numpy.ones(2), numpy.array([[0, 0]]), numpy.array([[0, 2]]))
    yield from each("from_children", "children", lambda v: gs.BinaryTree.from_children(v, 0), tables)


def _called(layer: Any, sample_weight: Any) -> Any:
    layer.initialize()
    return layer(np.zeros((1, 8)), [1], sample_weight)


def _functions_and_paths() -> Iterator[BadCall]:
    functions = (3, "x", [], {}, np.ones((2,)), True)
    for argument in ("evaluate", "on_epoch_end", "on_interrupt"):
        yield from each("train", argument, _on(_train, argument), functions)
    valid = gs.SkipGramPairs(text(), 64, subsampling="none", split="valid", held_out=True)
    nothing = (None, 3, {}, {"perplexity": 3.0})
    yield from each(
        "train figures", "evaluate", lambda v: _train(valid=valid, evaluate=lambda *_: v), nothing
    )
    yield from each("train valid", "valid", _on(_train, "valid"), (3, "x", {}, int, object()))
    yield BadCall("a generator of two epochs", "valid", lambda: _train(num_epochs=2, valid=iter(valid)))
    yield from each("train", "checkpoint", _on(_train, "checkpoint"), PATHS)
    yield from each("train", "best", lambda v: _train(best=v, valid=valid), PATHS)
    yield from each("train", "plot", _on(_train, "plot"), (*PATHS, "loss.foo", "nowhere/loss.png"))
    yield from each("train", "lr", _on(_train, "lr"), (1e300, 1e-300))
    decays = (None, "x", -1, math.nan, 1e300, 1e-300, True)
    yield from each("train", "weight_decay", _on(_train, "weight_decay"), decays)
    yield from each("train", "device", _on(_train, "device"), ("", {}, 0, False, *OTHER))
    yield from each("Checkpoint", "folder", Checkpoint, (None, *PATHS))
    yield from each("export", "path", lambda v: gs.export(gs.FullSoftmax(10, 8), v), (None, *PATHS))
    yield from each("load", "path", gs.WordVectors.load, (None, *PATHS))
    yield from each("save", "path", lambda v: vectors().save(v), (None, *PATHS))
    yield from each("load_vectors", "path", lambda v: gs.load_vectors(_lm(), text().vocab, v), (None, *PATHS))
    for ask in (evaluate_word_pairs, evaluate_analogies):
        yield from each(ask.__name__, "path", lambda v, ask=ask: ask(vectors(), v), (None, *PATHS))
        yield from each(ask.__name__, "vectors", lambda v, ask=ask: ask(v, "x"), KINDS)
        yield from each(ask.__name__, "restrict_vocab", lambda v, ask=ask: ask(vectors(), "x", v), SIZES)
    words = (3, 1.5, [3], True, b"the", *OTHER)
    for name, make in (
        ("token", vectors().most_similar),
        ("a", lambda v: vectors().analogy(v, "chip", "bank")),
        ("b", lambda v: vectors().similarity("chip", v)),
        ("positive", lambda v: vectors().most_similar(positive=v)),
        ("tokens", vectors().doesnt_match),
    ):
        yield from each(f"words {name}", name, make, words)


BAD_OBJECTS: list[BadCall] = list(
    itertools.chain(_switches(), _texts_and_nets(), _layers(), _functions_and_paths())
)
