"""Centres a second: the skip-gram with negative sampling here and the d2l chapter's own loop, in one run.

Both train on the Penn Treebank at min_freq 10: windows up to 5, 5 noise words, 100 columns, Adam. d2l's side
is its `load_data_ptb` and the loop of its chapter "Pretraining word2vec", without the animated plot, which
would only slow it down. Counted is what a training step does once its data is loaded: centres after
subsampling, divided by the seconds of the steps; the first steps of each side are warm-up. The two sides take
turns.

    python benchmarks/skip_gram.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Iterator

from rows import read_options, row, show

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, nn, npx
from gluon_softmax.corpus import data_folder

EMBED_SIZE, WINDOW, NOISE_WORDS, D2L_BATCH, PAIRS_BATCH = 100, 5, 5, 512, 4096
WARM_UP = 10


def d2l_batches(data_dir: str | None) -> tuple[Any, int]:
    """d2l's own batches; it looks for its archive in ../data from the working folder."""
    from d2l import mxnet as d2l

    beside_data = data_folder(data_dir).parent / "chapters"
    beside_data.mkdir(exist_ok=True)
    before = Path.cwd()
    os.chdir(beside_data)
    try:
        data_iter, vocab = d2l.load_data_ptb(D2L_BATCH, WINDOW, NOISE_WORDS)
    finally:
        os.chdir(before)
    return data_iter, len(vocab)


def d2l_rate(data_iter: Any, vocab_size: int, num_steps: int) -> float:
    """Centres a second of the chapter's loop: two embeddings, batch_dot, masked loss, Adam."""
    net = nn.Sequential()
    net.add(nn.Embedding(vocab_size, EMBED_SIZE), nn.Embedding(vocab_size, EMBED_SIZE))
    net.initialize()
    cross_entropy = gluon.loss.SigmoidBCELoss()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.002})
    centers, start = 0, 0.0
    for step, (center, contexts_negatives, mask, label) in enumerate(data_iter):
        if step == WARM_UP:
            mx.nd.waitall()
            start = time.perf_counter()
        with autograd.record():
            v, u = net[0](center), net[1](contexts_negatives)
            pred = npx.batch_dot(v, u.swapaxes(1, 2))
            row_loss = cross_entropy(pred.reshape(label.shape), label, mask)
            loss = row_loss * mask.shape[1] / mask.sum(axis=1)
        loss.backward()
        trainer.step(D2L_BATCH)
        float(loss.sum())
        if step >= WARM_UP:
            centers += len(center)
        if step == WARM_UP + num_steps - 1:
            break
    mx.nd.waitall()
    return centers / (time.perf_counter() - start)


class _Part:
    """The first batches of an epoch, for `gs.train`: at least `num_pairs` pairs."""

    def __init__(self, pairs: gs.SkipGramPairs, num_pairs: int) -> None:
        self._pairs, self._num_pairs = pairs, num_pairs
        self.expected_positions = float(num_pairs)
        self.produced: dict[str, int] = {}

    def epoch(self, epoch: int) -> Iterator[Any]:
        done = 0
        for batch in self._pairs.epoch(epoch):
            if done >= self._num_pairs:
                break
            done += len(batch.center)
            yield batch
        share = done / self._pairs.produced["pairs"]  # stretches are drawn whole
        self.produced = {"centers": round(self._pairs.produced["centers"] * share)}


def our_rate(corpus: gs.Corpus, num_pairs: int) -> float:
    """Centres a second of `gs.train` on pairs, the drawing of windows and noise included."""
    layer = gs.NegativeSampling(corpus.counts, EMBED_SIZE, NOISE_WORDS)
    net = gs.SkipGram(len(corpus.counts), EMBED_SIZE, layer)
    pairs = gs.SkipGramPairs(corpus, PAIRS_BATCH, WINDOW)
    gs.train(net, _Part(pairs, WARM_UP * PAIRS_BATCH), 1, 0.005, progress="none")
    (metrics,) = gs.train(net, _Part(pairs, num_pairs), 1, 0.005, progress="none")
    rate: float = metrics["centers_per_s"]
    return rate


def main() -> None:
    args = read_options(__doc__.splitlines()[0], runs=3)
    runs, steps, num_batches = (1, 3, 3) if args.smoke else (args.runs, 100, 200)
    corpus = gs.load_corpus("ptb", min_freq=10, data_dir=args.data_dir)
    data_iter, vocab_size = d2l_batches(args.data_dir)
    turns = []
    for _ in range(runs):
        turns.append((our_rate(corpus, PAIRS_BATCH * num_batches), d2l_rate(data_iter, vocab_size, steps)))
    show(row("sg_ns_vs_d2l", turns, "centres/s", 80, "higher"), args.json)


if __name__ == "__main__":
    main()
