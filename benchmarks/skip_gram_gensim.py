"""The skip-gram here and in gensim, on the same text with two threads each: speed, and seconds to a quality.

Both read the Penn Treebank's words that occur ten times or more, without `<unk>`, subsample by word2vec's
formula at 1e-4, draw windows up to 5 and 5 noise words, and train 100 columns with a rate that falls
linearly. Counted are the seconds of training; vocabulary, reading and evaluation are left out on both sides.
Quality is the held-out loss of `NegativeSampling` over the pairs of the validation text, by the same code for
both. For the seconds to a quality, a held-out loss of 2.55, every setting of a side is tried once; the
quickest that got there runs again in turns with the other side's.

    python benchmarks/skip_gram_gensim.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import contextlib
import gc
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import numpy
from rows import memory_row, read_options, row, show
from sides import Compared, Side, compare, serve, start_sides

FIGURES = {"seconds": "train_s", "centers": "centers"}
EMBED_SIZE, WINDOW, NOISE_WORDS, MIN_FREQ, SAMPLE, THREADS = 100, 5, 5, 10, 1e-4, 2
QUALITY = 2.55  # nats
EPOCHS = (2, 3, 4, 5)
RATES = {"ours": (0.05, 0.065, 0.08), "peer": (0.025, 0.05, 0.075, 0.1)}


def ours(data_dir: str | None, **_: Any) -> Callable[..., dict[str, float]]:
    import gluon_softmax as gs

    corpus = gs.load_corpus("ptb", min_freq=MIN_FREQ, data_dir=data_dir)

    def turn(num_epochs: int, lr: float, save: str | None = None, **_: Any) -> dict[str, float]:
        gc.collect()  # the net of the turn before, so that no peak holds two
        layer = gs.NegativeSampling(corpus.counts, EMBED_SIZE, NOISE_WORDS)
        net = gs.SkipGram(len(corpus.counts), EMBED_SIZE, layer)
        blocks = gs.SkipGramBlocks(corpus, 512, WINDOW, NOISE_WORDS, subsampling="word2vec", threshold=SAMPLE)
        figures = train_ours(net, blocks, num_epochs, lr)
        if save is not None:
            tables = (table.data().asnumpy() for table in (net.embed.weight, layer.weight))
            numpy.savez(save, corpus.vocab.idx_to_token, *tables)
        return figures

    return turn


def train_ours(net: Any, blocks: Any, num_epochs: int, lr: float) -> dict[str, float]:
    import gluon_softmax as gs

    history = gs.train(net, blocks, num_epochs, lr, "sgd", schedule="linear", progress="none")
    return {name: sum(metrics[key] for metrics in history) for name, key in FIGURES.items()}


def peer(text: str, **_: Any) -> Callable[..., dict[str, float]]:
    def turn(num_epochs: int, lr: float, save: str | None = None, **_: Any) -> dict[str, float]:
        model, figures = train_gensim(text, num_epochs, lr, negative=NOISE_WORDS)
        if save is not None:
            numpy.savez(save, model.wv.index_to_key, model.wv.vectors, model.syn1neg)
        return figures

    return turn


def train_gensim(text: str, num_epochs: int, lr: float, **layer: int) -> tuple[Any, dict[str, float]]:
    from gensim.models import Word2Vec

    model = Word2Vec(
        vector_size=EMBED_SIZE, window=WINDOW, sample=SAMPLE, sg=1, min_count=1, workers=THREADS,
        alpha=lr, seed=1, **layer,
    )  # fmt: skip
    model.build_vocab(corpus_file=text)
    start = time.perf_counter()
    centers, _ = model.train(
        corpus_file=text, total_words=model.corpus_total_words,
        total_examples=model.corpus_count, epochs=num_epochs,
    )  # fmt: skip
    return model, {"seconds": time.perf_counter() - start, "centers": centers}


@contextlib.contextmanager
def same_text(data_dir: str | None) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The corpus, and the options of both sides: its training text."""
    import gluon_softmax as gs

    corpus = gs.load_corpus("ptb", min_freq=MIN_FREQ, data_dir=data_dir)
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text"
        write_known_words(corpus, text)
        yield corpus, {"data_dir": data_dir, "text": str(text)}


def rates(script: str, runs: int, num_epochs: int, options: dict[str, Any]) -> Compared:
    """Centres a second."""
    found = compare(script, runs, asked={"num_epochs": num_epochs, "lr": 0.05}, **options)
    per_second = [[figures["centers"] / figures["seconds"] for figures in turn] for turn in found.turns]
    return found._replace(turns=[(ours, peer) for ours, peer in per_second])


def write_known_words(corpus: Any, text: Path) -> None:
    """The training text without `<unk>`, a sentence a line: gensim reads a file without Python's lock."""
    words, starts = corpus.vocab.idx_to_token, corpus.offsets("train")
    sentences = numpy.split(corpus.ids("train"), starts[1:-1])
    lines = (" ".join(words[i] for i in sentence if i) for sentence in sentences)
    text.write_text("".join(f"{line}\n" for line in lines if line), encoding="utf-8")


class Judge:
    """The held-out loss of saved tables, whichever side they come from."""

    def __init__(self, corpus: Any) -> None:
        import gluon_softmax as gs

        self._gs, self._corpus = gs, corpus
        self._pairs = gs.SkipGramPairs(corpus, 4096, WINDOW, split="valid", held_out=True)

    def __call__(self, file: str) -> float:
        from gluon_softmax.backend import mx, np
        from gluon_softmax.training.evaluation import held_out_loss

        with numpy.load(file) as saved:
            words, *tables = (saved[name] for name in saved.files)
        counts = self._corpus.counts
        layer = self._gs.NegativeSampling(counts, EMBED_SIZE, NOISE_WORDS)
        net = self._gs.SkipGram(len(counts), EMBED_SIZE, layer)
        net.initialize(mx.init.Zero())
        ids = [self._corpus.vocab[word] for word in words.tolist()]
        for parameter, table in zip((net.embed.weight, layer.weight), tables):
            whole = numpy.zeros(parameter.shape, dtype=numpy.float32)
            whole[ids] = table
            parameter.set_data(np.array(whole))
        return float(held_out_loss(net, self._pairs, [mx.cpu()]))


def measure(side: Side, judge: Judge, **setting: float) -> dict[str, Any]:
    """A whole training and what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "tables.npz")
        figures = side.ask(**setting, save=file)
        return {"side": side.name, **setting, **figures, "loss": judge(file)}


def seconds_to_quality(
    sides: tuple[Side, Side], judge: Judge, runs: int, epochs: tuple[int, ...], quality: float
) -> dict[str, Any]:
    """Every setting of a side once, then the quickest that got there, in turns; "points" are all of these."""
    points, best = [], []
    for side in sides:
        tried = [measure(side, judge, num_epochs=e, lr=lr) for e in epochs for lr in RATES[side.name]]
        there = [point for point in tried if point["loss"] <= quality]
        best.append(min(there, key=lambda point: (point["num_epochs"], point["loss"])))
        points += tried
    turns = [
        [measure(side, judge, num_epochs=b["num_epochs"], lr=b["lr"]) for side, b in zip(sides, best)]
        for _ in range(runs)
    ]
    seconds = [(our["seconds"], their["seconds"]) for our, their in turns]
    points += [point for turn in turns for point in turn]
    return {**row("sg_ns_time_to_quality", seconds, "s", 1, "lower"), "quality": quality, "points": points}


def main() -> None:
    args = read_options(__doc__.splitlines()[0], runs=3)
    runs, epochs, quality = (1, (1,), 9.0) if args.smoke else (args.runs, EPOCHS, QUALITY)
    with same_text(args.data_dir) as (corpus, options):
        compared = rates(__file__, runs, epochs[0], options)
        show(row("sg_ns_vs_gensim", compared.turns, "centres/s", 1, "higher"), args.json)
        show(memory_row("sg_ns_vs_gensim", compared.memory), args.json)
        sides = start_sides(__file__, **options)
        show(seconds_to_quality(sides, Judge(corpus), runs, epochs, quality), args.json)
        for side in sides:
            side.close()


if __name__ == "__main__":
    serve({"ours": ours, "peer": peer})
    main()
