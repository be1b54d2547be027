"""A corpus of 100 million tokens and a million words beside its own first million tokens: rates and memory.

The text is made up: words by Zipf's law, five letters each, 20 a sentence; every hundredth token walks
through all words, so that none is missing. It lies in a temporary folder while it is measured. A turn reads
it, text to ids and offsets with every word kept, and trains the skip-gram with negative sampling, on as many
pairs in both sizes. `corpus_scale` is the tokens of the corpus over the seconds of reading them and of one
epoch at that rate; the two rows after it are its parts.

The memory of the large corpus is beside what may grow with it, whatever the code does, and what the small
one's process holds besides that. Growing may: 4 bytes a token, the offsets, a string a word with a list, a
dict and the counts of them, the model's parameters, and 32 bytes a word for the noise.

    python benchmarks/corpus_scale.py [--runs 3] [--json] [--smoke]
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import numpy
from rows import memory_row, read_options, row, show
from sides import Side, serve

EMBED_SIZE, WINDOW, NOISE_WORDS, BATCH = 100, 5, 5, 512
SENTENCE, LETTERS, WALK = 20, 5, 100
_BLOCK = 1_000_000  # tokens written at once


def make_words(types: int) -> numpy.ndarray:
    """The words in order of falling chance, each followed by a space: uint8 (types, LETTERS + 1)."""
    digits = numpy.arange(types)[:, None] // 26 ** numpy.arange(LETTERS) % 26
    words = numpy.full((types, LETTERS + 1), ord(" "), numpy.uint8)
    words[:, :LETTERS] = digits + ord("a")
    return numpy.random.default_rng(0).permutation(words)


def write_corpus(folder: Path, words: numpy.ndarray, tokens: int) -> Path:
    """train.txt of so many tokens; a smaller corpus is the beginning of a larger one of the same words."""
    folder.mkdir()
    types, rng = len(words), numpy.random.default_rng(1)
    chances = numpy.cumsum(1 / numpy.arange(1, types + 1))
    with open(folder / "train.txt", "wb") as file:
        for start in range(0, tokens, _BLOCK):
            drawn = numpy.searchsorted(chances, rng.random(_BLOCK) * chances[-1], side="right")
            walk = numpy.arange(start, start + _BLOCK, WALK)
            drawn[::WALK] = walk // WALK % types
            text = words[numpy.minimum(drawn, types - 1)[: tokens - start]]
            text[SENTENCE - 1 :: SENTENCE, LETTERS] = ord("\n")
            file.write(text.tobytes())
    for split in ("valid", "test"):
        (folder / f"{split}.txt").write_bytes(words[:SENTENCE].tobytes())
    return folder


def corpus(folder: str, num_pairs: int) -> Callable[..., dict[str, float]]:
    """The side of one corpus."""
    import gluon_softmax as gs
    import gluon_softmax.backend  # MXNet itself: importing it is no part of what is measured

    def turn(turn: int) -> dict[str, float]:
        gc.collect()  # the model of the turn before, so that no peak holds two
        start = time.perf_counter()
        read = gs.load_corpus(folder, min_freq=1)
        seconds = time.perf_counter() - start
        tokens, sentences = len(read.ids("train")), len(read.offsets("train")) - 1
        rate, parameters = train(read, num_pairs)
        return {
            "tokens": tokens,
            "sentences": sentences,
            "types": len(read.counts),
            "load": tokens / seconds,
            "train": rate,
            "parameters": parameters,
        }

    return turn


def train(read: Any, num_pairs: int) -> tuple[float, int]:
    """Tokens a second of training, and the model's parameters."""
    import gluon_softmax as gs

    layer = gs.NegativeSampling(read.counts, EMBED_SIZE, NOISE_WORDS, sparse_grad=True)
    net = gs.SkipGram(len(read.counts), EMBED_SIZE, layer, sparse_grad=True)
    blocks = gs.SkipGramBlocks(read, BATCH, WINDOW, NOISE_WORDS)
    whole, expected = blocks.epoch, blocks.expected_positions

    def rate(most: int) -> float:
        pairs = 0

        def start(epoch: int) -> Iterator[Any]:
            nonlocal pairs
            for batch in whole(epoch):
                if pairs >= most:
                    return
                pairs += int(batch.left.sum() + batch.right.sum())
                yield batch

        blocks.epoch = start  # the same batches, as many in both sizes
        (metrics,) = gs.train(net, blocks, 1, 0.01, "sgd", progress="none")
        return pairs / metrics["train_s"]

    rate(num_pairs // 4)  # not counted
    pairs_a_second = rate(num_pairs)
    parameters = sum(parameter.data().size for parameter in net.collect_params().values())
    return pairs_a_second * len(read.ids("train")) / expected, parameters


def may_hold(answer: dict[str, float], words: numpy.ndarray) -> float:
    """What grows with a corpus, its vocabulary and its model, in MiB."""
    tokens = [bytes(word[:-1]).decode() for word in words[: int(answer["types"])]]
    ids = {token: i for i, token in enumerate(tokens)}
    held = sum(sys.getsizeof(one) for one in (*tokens, *ids.values(), tokens, ids))
    per_word = 8 + 4 * 8  # a count; its copy, a probability and two columns of the alias table
    held += 4 * answer["tokens"] + 8 * answer["sentences"] + 4 * answer["parameters"]
    return (held + per_word * answer["types"]) / 2**20


def both_parts(answer: dict[str, float]) -> float:
    """Tokens a second from text through the first epoch."""
    return 1 / (1 / answer["load"] + 1 / answer["train"])


def main() -> None:
    serve({"corpus": corpus})
    args = read_options(__doc__.splitlines()[0], runs=3)
    types, tokens, num_pairs, runs = (2_000, (400_000, 20_000), 20_000, 1) if args.smoke else (
        1_000_000, (100_000_000, 1_000_000), 2_000_000, args.runs
    )  # fmt: skip
    words = make_words(types)
    with tempfile.TemporaryDirectory() as place:
        folders = [write_corpus(Path(place) / str(size), words, size) for size in tokens]
        turns, peaks = [], []
        for turn in range(runs):
            sides = [
                Side(__file__, "corpus", sys.executable, folder=str(folder), num_pairs=num_pairs)
                for folder in folders
            ]
            sides[1].ask(turn=turn)  # imports and the processor's clock; the large corpus is long enough
            turns.append([side.ask(turn=turn) for side in sides])
            peaks.append([side.close() for side in sides])
    for name, rate in (
        ("corpus_scale", both_parts),
        ("corpus_scale_load", lambda answer: answer["load"]),
        ("corpus_scale_train", lambda answer: answer["train"]),
    ):
        rates = [(rate(large), rate(small)) for large, small in turns]
        show(row(name, rates, "tokens/s", 0.8, "higher"), args.json)
    large, small = (may_hold(answer, words) for answer in turns[0])
    show(memory_row("corpus_scale", [(ours, large + other - small) for ours, other in peaks]), args.json)


if __name__ == "__main__":
    main()
