"""The skip-gram here and in gensim on the same text: both trainings, and the settings that are tried.

Both sides read the Penn Treebank's words that occur ten times or more, without `<unk>`, subsample by
word2vec's formula at 1e-4, draw windows up to 5, and train 100 columns with a rate that falls linearly, with
two threads each. The figures are those of training alone, without vocabulary, reading and evaluation.
"""

from __future__ import annotations

import contextlib
import gc
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, Sequence

import numpy
from sides import Compared, Prepare, Side, compare
from timing import seconds_of

if TYPE_CHECKING:
    from gensim.models import Word2Vec

    from gluon_softmax.data.corpus import Corpus
    from gluon_softmax.data.skip_gram_blocks import SkipGramBlocks
    from gluon_softmax.models.skip_gram import SkipGram

EMBED_SIZE, WINDOW, MIN_FREQ, SAMPLE, THREADS = 100, 5, 10, 1e-4, 2
EPOCHS = (2, 3, 4, 5)
RATE = 0.05  # of the turns that measure centres per second
FIGURES = {"seconds": "train_s", "centers": "centers"}  # by their key in the metrics of an epoch
Point = Dict[str, Any]  # one training: its side, setting, figures and held-out loss
Judge = Callable[[str], float]  # the held-out loss of the tables in a file
Tables = Sequence[numpy.ndarray]


def here(
    make: Callable[[Corpus], tuple[SkipGram, SkipGramBlocks]], tables_of: Callable[[SkipGram], Tables]
) -> Prepare:
    """Return this project's side: `make` gives a net and batches, `tables_of` what a judge asks for."""

    def prepare(data_dir: str | None, **_: object) -> Callable[..., dict[str, float]]:
        import gluon_softmax as gs

        corpus = gs.load_corpus("ptb", min_freq=MIN_FREQ, data_dir=data_dir)

        def take(num_epochs: int, lr: float, save: str | None = None, **_: object) -> dict[str, float]:
            gc.collect()  # the net of the turn before, so that no peak holds two
            net, blocks = make(corpus)
            history = gs.train(net, blocks, num_epochs, lr, "sgd", schedule="linear", progress="none")
            if save is not None:
                numpy.savez(save, numpy.array(corpus.vocab.idx_to_token), *tables_of(net))
            return {name: sum(metrics[key] for metrics in history) for name, key in FIGURES.items()}

        return take

    return prepare


def gensim(tables_of: Callable[[Word2Vec], Tables], **layer: int) -> Prepare:
    """Return gensim's side, with the arguments `layer` for its `Word2Vec`."""

    def prepare(text: str, **_: object) -> Callable[..., dict[str, float]]:
        from gensim.models import Word2Vec

        def take(num_epochs: int, lr: float, save: str | None = None, **_: object) -> dict[str, float]:
            model = Word2Vec(
                vector_size=EMBED_SIZE, window=WINDOW, sample=SAMPLE, sg=1, min_count=1, workers=THREADS,
                alpha=lr, seed=1, **layer,
            )  # fmt: skip
            model.build_vocab(corpus_file=text)
            centers = 0

            def train() -> None:
                nonlocal centers
                centers, _ = model.train(
                    corpus_file=text, total_words=model.corpus_total_words,
                    total_examples=model.corpus_count, epochs=num_epochs,
                )  # fmt: skip

            seconds = seconds_of(train)
            if save is not None:
                numpy.savez(save, numpy.array(model.wv.index_to_key), model.wv.vectors, *tables_of(model))
            return {"seconds": seconds, "centers": centers}

        return take

    return prepare


@contextlib.contextmanager
def same_text(data_dir: str | None) -> Iterator[tuple[Corpus, dict[str, object]]]:
    """Give the corpus, and the work of both sides: its training text in a temporary file."""
    import gluon_softmax as gs

    corpus = gs.load_corpus("ptb", min_freq=MIN_FREQ, data_dir=data_dir)
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text"
        write_known_words(corpus, text)
        yield corpus, {"data_dir": data_dir, "text": str(text)}


def write_known_words(corpus: Corpus, text: Path) -> None:
    """Write the training text without `<unk>`, a sentence per line: gensim reads a file without the GIL."""
    words, starts = corpus.vocab.idx_to_token, corpus.offsets("train")
    sentences = numpy.split(corpus.ids("train"), starts[1:-1])
    lines = (" ".join(words[i] for i in sentence if i) for sentence in sentences)
    text.write_text("".join(f"{line}\n" for line in lines if line), encoding="utf-8")


def compare_rates(script: str, runs: int, num_epochs: int, work: dict[str, object]) -> Compared:
    """Compare both sides of `script` in centres per second."""
    found = compare(script, runs, work, asked={"num_epochs": num_epochs, "lr": RATE})
    return found._replace(
        turns=[tuple(figures["centers"] / figures["seconds"] for figures in turn) for turn in found.turns]
    )


def measure(side: Side, judge: Judge, num_epochs: int, lr: float) -> Point:
    """Train once from the beginning, and judge the tables."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "tables.npz")
        figures = side.ask(num_epochs=num_epochs, lr=lr, save=file)
        return {"side": side.name, "num_epochs": num_epochs, "lr": lr, **figures, "loss": judge(file)}


def try_settings(side: Side, judge: Judge, epochs: Sequence[int], rates: Sequence[float]) -> list[Point]:
    """Train once with every setting."""
    return [measure(side, judge, num_epochs, lr) for num_epochs in epochs for lr in rates]
