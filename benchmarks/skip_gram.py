"""Centres a second: the fast skip-gram path here and the d2l chapter's own loop, in one run.

Both train on the Penn Treebank at min_freq 10: windows up to 5, 5 noise words, 100 columns. d2l's side is its
`load_data_ptb` and the loop of its chapter "Pretraining word2vec", Adam, without the animated plot, which
would only slow it down. Counted is what a training step does once its data is loaded, and here the drawing of
windows and noise too: centres after subsampling, divided by the seconds of the steps.

    python benchmarks/skip_gram.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import importlib
import itertools
import os
import sys
import time
from pathlib import Path
from typing import Any, Callable

from rows import memory_row, read_options, row, show
from sides import compare, serve

EMBED_SIZE, WINDOW, NOISE_WORDS, D2L_BATCH = 100, 5, 5, 512


def ours(data_dir: str | None, **_: Any) -> Callable[..., float]:
    import gluon_softmax as gs

    corpus = gs.load_corpus("ptb", min_freq=10, data_dir=data_dir)
    layer = gs.NegativeSampling(corpus.counts, EMBED_SIZE, NOISE_WORDS)
    net = gs.SkipGram(len(corpus.counts), EMBED_SIZE, layer)
    blocks = gs.SkipGramBlocks(corpus, 512, WINDOW, NOISE_WORDS)

    def turn(**_: Any) -> float:
        (metrics,) = gs.train(net, blocks, 1, 0.05, "sgd", progress="none")
        rate: float = metrics["centers_per_s"]
        return rate

    return turn


def d2l_batches(data_dir: str | None) -> tuple[Any, int]:
    """d2l's own batches; it looks for its archive in ../data from the working folder."""
    from gluon_softmax.data.corpus import data_folder

    importlib.import_module("gluon_softmax.backend")  # mends MXNet before d2l imports it
    d2l = importlib.import_module("d2l.mxnet")

    beside_data = data_folder(data_dir).parent / "chapters"
    beside_data.mkdir(exist_ok=True)
    before = Path.cwd()
    os.chdir(beside_data)
    try:
        data_iter, vocab = d2l.load_data_ptb(D2L_BATCH, WINDOW, NOISE_WORDS)
    finally:
        os.chdir(before)
    return data_iter, len(vocab)


def peer(data_dir: str | None, num_steps: int) -> Callable[..., float]:
    from gluon_softmax.backend import autograd, gluon, mx, nn, npx

    data_iter, vocab_size = d2l_batches(data_dir)
    net = nn.Sequential()
    net.add(nn.Embedding(vocab_size, EMBED_SIZE), nn.Embedding(vocab_size, EMBED_SIZE))
    net.initialize()
    cross_entropy = gluon.loss.SigmoidBCELoss()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.002})

    def turn(**_: Any) -> float:
        centers, start = 0, time.perf_counter()
        for center, contexts_negatives, mask, label in itertools.islice(data_iter, num_steps):
            with autograd.record():
                v, u = net[0](center), net[1](contexts_negatives)
                pred = npx.batch_dot(v, u.swapaxes(1, 2))
                row_loss = cross_entropy(pred.reshape(label.shape), label, mask)
                loss = row_loss * mask.shape[1] / mask.sum(axis=1)
            loss.backward()
            trainer.step(D2L_BATCH)
            float(loss.sum())
            centers += len(center)
        mx.nd.waitall()
        return centers / (time.perf_counter() - start)

    return turn


def main() -> None:
    args = read_options(__doc__.splitlines()[0], runs=3)
    runs, num_steps = (1, 3) if args.smoke else (args.runs, 100)
    turns, memory = compare(
        __file__, runs, peer_python=sys.executable, data_dir=args.data_dir, num_steps=num_steps
    )
    show(row("sg_ns_vs_d2l", turns, "centres/s", 80, "higher"), args.json)
    show(memory_row("sg_ns_vs_d2l", memory), args.json)


if __name__ == "__main__":
    serve({"ours": ours, "peer": peer})
    main()
