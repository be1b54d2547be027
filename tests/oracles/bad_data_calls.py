"""Wrong arguments of what reads, trains and asks: each with the argument that the error must name."""

from __future__ import annotations

import functools
import itertools
import math
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator

import gluon_softmax as gs
from gluon_softmax.backend import np
from gluon_softmax.backend.device import parse_device, parse_devices
from gluon_softmax.data.corpus import Corpus
from gluon_softmax.runs.resolve import resolve_options
from oracles.bad_calls import LARGE, NUMBERS, SIZES, BadCall, each
from oracles.small_runs import small, write_sentences


@functools.lru_cache(maxsize=None)
def text(eos: bool = False) -> Corpus:
    """A small corpus."""
    folder = Path(tempfile.mkdtemp(prefix="bad-calls-"))
    return gs.load_corpus(write_sentences(folder), min_freq=1, eos=eos)


@functools.lru_cache(maxsize=None)
def vectors() -> Any:
    """Vectors of three words."""
    return gs.WordVectors(["the", "chip", "bank"], [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])


def _data() -> Iterator[BadCall]:
    kinds: dict[str, Callable[..., Any]] = {
        "SkipGramPairs": lambda **given: gs.SkipGramPairs(text(), **{"batch_size": 8, **given}),
        "SkipGramBatches": lambda **given: gs.SkipGramBatches(text(), **{"batch_size": 8, **given}),
        "SkipGramBlocks": lambda **given: gs.SkipGramBlocks(text(), **{"batch_size": 32, **given}),
        "CBOWBatches": lambda **given: gs.CBOWBatches(text(), **{"batch_size": 8, **given}),
    }
    for name, make in kinds.items():
        for argument, values in (
            ("batch_size", SIZES),
            ("max_window_size", SIZES),
            ("subsampling", ("gensim", None, 3)),
            ("threshold", (*NUMBERS, 0, 2.0)),
            ("split", ("dev", None, 3)),
            ("seed", (-1, 1.5, "0", None)),
        ):
            yield from each(name, argument, lambda v, m=make, a=argument: m(**{a: v}), values)
    yield BadCall("SkipGramBlocks odd", "batch_size", lambda: kinds["SkipGramBlocks"](batch_size=33))
    for argument in ("batch_size", "bptt"):
        yield from each(
            "LanguageModelBatches",
            argument,
            lambda v, a=argument: gs.LanguageModelBatches(text(True), **{"batch_size": 2, "bptt": 3, a: v}),
            SIZES,
        )
    yield BadCall(
        "LanguageModelBatches wide", "batch_size", lambda: gs.LanguageModelBatches(text(True), 10**6, 3)
    )
    yield BadCall("LanguageModelBatches no eos", "corpus", lambda: gs.LanguageModelBatches(text(), 2, 3))
    yield from each(
        "load_corpus",
        "name",
        gs.load_corpus,
        ("nowhere", "", 3, None, "~nosuchuser/x", ["ptb"], "a" * 3000)[:6],
    )
    yield from each(
        "load_corpus", "min_freq", lambda v: gs.load_corpus("mini_ptb", v), (0, -1, 1.5, "3", LARGE)
    )
    yield from each("load_corpus", "eos", lambda v: gs.load_corpus("mini_ptb", 1, v), (1, "yes", None))
    yield BadCall(
        "load_corpus rare", "min_freq", lambda: gs.load_corpus("mini_ptb", 10**6), "removes every word"
    )


def _vectors() -> Iterator[BadCall]:
    square = [[1.0, 2.0], [3.0, 4.0]]
    yield from each(
        "WordVectors", "tokens", lambda v: gs.WordVectors(v, square), ("ab", ["a", "a"], ["a", 3])
    )
    yield from each(
        "WordVectors",
        "matrix",
        lambda v: gs.WordVectors(["a", "b"], v),
        ([[1.0]], [1.0, 2.0], [[1.0, math.nan], [1.0, 2.0]], [["x", "y"], ["z", "w"]], [[1e300, 1], [1, 2]]),
    )
    yield from each("most_similar", "k", lambda v: vectors().most_similar("the", v), SIZES)
    yield from each("most_similar", "token", lambda v: vectors().most_similar(v), (3, ["the"]))
    yield BadCall(
        "most_similar unknown", "'chop' is none", lambda: vectors().most_similar("chop"), "nearest spell"
    )
    yield BadCall(
        "analogy unknown", "'x' is none", lambda: vectors().analogy("the", "chip", "x"), "no word is"
    )
    yield from each("save", "tokens", lambda v: gs.WordVectors([v], [[1.0]]).save("/nowhere/x"), ("a b", ""))
    yield BadCall("get_similar_tokens", "vocab", lambda: gs.get_similar_tokens("the", 3, np.zeros((3, 2))))


def _training() -> Iterator[BadCall]:
    def train(**given: Any) -> Any:
        net = gs.SkipGram(len(text().counts), 4, gs.FullSoftmax(len(text().counts), 4))
        batches = gs.SkipGramPairs(text(), 64, subsampling="none")
        return gs.train(
            **{"net": net, "batches": batches, "num_epochs": 1, "lr": 0.1, "progress": "none", **given}
        )

    for argument, values in (
        ("net", (None, "net", 3)),
        ("batches", (None, 3, 1.5)),
        ("checkpoint_minutes", (*NUMBERS, -1)),
        ("num_epochs", SIZES),
        ("lr", (*NUMBERS, 0, -1)),
        ("optimizer", ("adamw", None, 3)),
        ("device", ("cpu", [], ["cpu"], 3)),
        ("schedule", ("cosine", None)),
        ("decay", (*NUMBERS, 0, 2)),
        ("clip_norm", (math.nan, 0, -1, "x")),
        ("seed", (-1, 1.5, "0", None, LARGE)),
        ("resample_every", SIZES),
        ("log_interval", (0, -1, 1.5, "3")),
        ("progress", ("dots", None)),
        ("best", ("/nowhere/best",)),
    ):
        yield from each("train", argument, lambda v, a=argument: train(**{a: v}), values)
    yield from each("try_gpu", "i", gs.try_gpu, (-1, 1.5, "0", None))
    names = (
        "",
        "tpu",
        "gpu:97",
        "cpu:-1",
        "cpu:x",
        "cpu:256",
        "cpu:99999999999999",
        "cpu:" + "9" * 5000,
        "cpu:²",
    )
    yield from each("parse_device", "device", parse_device, (*names, None, 3))
    yield from each("parse_devices", "device", parse_devices, ("cpu,", ",", "cpu:0,cpu:0", "cpu,cpu:0", None))


def _options() -> Iterator[BadCall]:
    for argument, values in (
        ("model", ("bert", 3, ["lm"])),
        ("softmax", ("hard", 3)),
        ("embed_size", ("x", 1.5, True, LARGE, 2**70)),
        ("lr", (*NUMBERS[:3], True, LARGE, 0, -1)),
        ("corpus", (3, "", "~nosuchuser/x", "\0")),
        ("vectors", ("", "~nosuchuser/x")),
        ("data_dir", ("", 3)),
        ("resample", (1, "yes")),
        ("device", (3,)),
        ("seed", (-1, 1.5)),
        ("num_epochs", (0, 1.5)),
        ("checkpoint_minutes", (-1, math.nan, "x")),
        ("keep_checkpoints", (0, 1.5)),
    ):
        yield from each(
            "resolve_options",
            argument,
            lambda v, a=argument: resolve_options({**small(Path("text")), a: v}),
            values,
        )
    yield BadCall("resolve_options other", "bptt", lambda: resolve_options({"bptt": 5}), "model lm takes it")
    yield BadCall(
        "resolve_options typo", "num_epoch", lambda: resolve_options({"num_epoch": 5}), "num_epochs?"
    )


BAD_DATA_CALLS: list[BadCall] = list(itertools.chain(_data(), _vectors(), _training(), _options()))
