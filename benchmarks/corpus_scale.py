"""A corpus of 100 million tokens and a million words beside its own first million tokens: rates and memory.

The text is made up: words by Zipf's law, five letters each, 20 per sentence; every hundredth token cycles
through all words, so that none is missing. It is kept in a temporary folder while it is measured. A turn
reads it, text to ids and offsets with every word kept, and trains the skip-gram with negative sampling, on
as many pairs in both sizes. `corpus_scale` is the tokens of the corpus over the seconds of reading them and
of one epoch at that rate; the two rows after it are its parts.

The peak memory of the large corpus's process is compared with the small one's plus what may grow with a
corpus in any code: 4 bytes per token, the offsets, a string per word with a list, a dict and the counts of
them, the model's parameters, and 32 bytes per word for the noise.

    python benchmarks/corpus_scale.py [--runs 3] [--json] [--smoke]
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, Iterator, NamedTuple

import numpy
from options import read_options
from rows import memory_row, row, show
from sides import Side, Sides, compare_sides, serve

if TYPE_CHECKING:
    from gluon_softmax.data.corpus import Corpus
    from gluon_softmax.data.skip_gram_blocks import SkipGramBlockBatch

EMBED_SIZE, WINDOW, NOISE_WORDS, BATCH = 100, 5, 5, 512
SENTENCE, LETTERS, CYCLE = 20, 5, 100
_CHUNK = 1_000_000  # tokens written at once
Answer = Dict[str, float]


class Sizes(NamedTuple):
    """What is measured: words, tokens of the large and of the small corpus, pairs of a training."""

    types: int
    tokens: tuple[int, int]
    num_pairs: int


FULL, SMOKE = Sizes(1_000_000, (100_000_000, 1_000_000), 2_000_000), Sizes(2_000, (400_000, 20_000), 20_000)


def make_words(types: int) -> numpy.ndarray:
    """Return the words in order of falling chance, each followed by a space: uint8 (types, LETTERS + 1)."""
    digits = numpy.arange(types)[:, None] // 26 ** numpy.arange(LETTERS) % 26
    words = numpy.full((types, LETTERS + 1), ord(" "), numpy.uint8)
    words[:, :LETTERS] = digits + ord("a")
    return numpy.random.default_rng(0).permutation(words)


def write_corpus(folder: Path, words: numpy.ndarray, tokens: int) -> Path:
    """Write train.txt of so many tokens; a smaller corpus is the beginning of a larger one of these words."""
    folder.mkdir()
    types, rng = len(words), numpy.random.default_rng(1)
    chances = numpy.cumsum(1 / numpy.arange(1, types + 1))
    with open(folder / "train.txt", "wb") as file:
        for start in range(0, tokens, _CHUNK):
            drawn = numpy.searchsorted(chances, rng.random(_CHUNK) * chances[-1], side="right")
            cycle = numpy.arange(start, start + _CHUNK, CYCLE)
            drawn[::CYCLE] = cycle // CYCLE % types
            text = words[numpy.minimum(drawn, types - 1)[: tokens - start]]
            text[SENTENCE - 1 :: SENTENCE, LETTERS] = ord("\n")
            file.write(text.tobytes())
    for split in ("valid", "test"):
        (folder / f"{split}.txt").write_bytes(words[:SENTENCE].tobytes())
    return folder


def corpus(folder: str, num_pairs: int) -> Callable[..., Answer]:
    """Prepare the side of one corpus."""
    import gluon_softmax as gs
    import gluon_softmax.backend  # MXNet itself: importing it is no part of what is measured

    def turn(**_: object) -> Answer:
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


def train(read: Corpus, num_pairs: int) -> tuple[float, int]:
    """Return the tokens per second of training, and the number of the model's parameters."""
    import gluon_softmax as gs

    layer = gs.NegativeSampling(read.counts, EMBED_SIZE, NOISE_WORDS, sparse_grad=True)
    net = gs.SkipGram(len(read.counts), EMBED_SIZE, layer, sparse_grad=True)
    blocks = gs.SkipGramBlocks(read, BATCH, WINDOW, NOISE_WORDS)
    whole, expected = blocks.epoch, blocks.expected_positions

    def rate(max_pairs: int) -> float:
        pairs = 0

        def first_batches(epoch: int) -> Iterator[SkipGramBlockBatch]:
            nonlocal pairs
            for batch in whole(epoch):
                if pairs >= max_pairs:
                    return
                pairs += int(batch.left.sum() + batch.right.sum())
                yield batch

        blocks.epoch = first_batches  # the same batches, as many in both sizes
        (metrics,) = gs.train(net, blocks, 1, 0.01, "sgd", progress="none")
        return float(pairs / metrics["train_s"])

    rate(num_pairs // 4)  # not counted
    pairs_per_second = rate(num_pairs)
    parameters = sum(parameter.data().size for parameter in net.collect_params().values())
    return pairs_per_second * len(read.ids("train")) / expected, parameters


def may_hold(answer: Answer, words: numpy.ndarray) -> float:
    """Return what grows with a corpus, its vocabulary and its model, in MiB."""
    tokens = [bytes(word[:-1]).decode() for word in words[: int(answer["types"])]]
    ids = {token: i for i, token in enumerate(tokens)}
    held: float = sum(sys.getsizeof(one) for one in (*tokens, *ids.values(), tokens, ids))
    per_word = 8 + 4 * 8  # a count; its copy, a probability and two columns of the alias table
    held += 4 * answer["tokens"] + 8 * answer["sentences"] + 4 * answer["parameters"]
    return (held + per_word * answer["types"]) / 2**20


def both_parts(answer: Answer) -> float:
    """Return the tokens per second from text through the first epoch."""
    return 1 / (1 / answer["load"] + 1 / answer["train"])


def main() -> None:
    """Print the rows: ours is the large corpus, the peer the small one."""
    options = read_options(__doc__, runs=3)
    sizes = SMOKE if options.smoke else FULL
    words = make_words(sizes.types)
    with tempfile.TemporaryDirectory() as temporary:
        folders = [write_corpus(Path(temporary) / str(size), words, size) for size in sizes.tokens]

        def start() -> Sides:
            large, small = (
                Side(
                    __file__, "corpus", sys.executable, {"folder": str(folder), "num_pairs": sizes.num_pairs}
                )
                for folder in folders
            )
            small.ask()  # imports and the processor's clock; the large corpus takes long enough
            return large, small

        compared = compare_sides(start, options.runs, warm_up=0)
    for name, rate in (
        ("corpus_scale", both_parts),
        ("corpus_scale_load", lambda answer: answer["load"]),
        ("corpus_scale_train", lambda answer: answer["train"]),
    ):
        rates = [(rate(large), rate(small)) for large, small in compared.turns]
        show(row(name, rates, "tokens/s", 0.8, "higher"), options.as_json)
    large, small = (may_hold(answer, words) for answer in compared.turns[0])
    memory = [(ours, large + other - small) for ours, other in compared.memory]
    show(memory_row("corpus_scale", memory), options.as_json)


if __name__ == "__main__":
    serve({"corpus": corpus})
    main()
