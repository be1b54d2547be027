"""Centres per second: the fast skip-gram path here and the d2l chapter's own loop, in one run.

Both train on the Penn Treebank at min_freq 10: windows up to 5, 5 noise words, 100 columns. d2l's side is its
`load_data_ptb` and the loop of its chapter "Pretraining word2vec", Adam, without the animated plot, which
would only slow it down. The figure is centres after subsampling divided by the seconds of the steps, with the
data loaded; here the steps include the drawing of windows and noise.

    python benchmarks/skip_gram.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import itertools
import sys
from typing import Callable

from options import read_options
from peer_batches import BATCH, NOISE_WORDS, WINDOW, d2l_batches
from rows import show_compared
from sides import compare, serve
from timing import seconds_of

EMBED_SIZE = 100


def ours(data_dir: str | None, **_: object) -> Callable[..., float]:
    """Prepare this project's side: centres per second."""
    import gluon_softmax as gs

    corpus = gs.load_corpus("ptb", min_freq=10, data_dir=data_dir)
    layer = gs.NegativeSampling(corpus.counts, EMBED_SIZE, NOISE_WORDS)
    net = gs.SkipGram(len(corpus.counts), EMBED_SIZE, layer)
    blocks = gs.SkipGramBlocks(corpus, 512, WINDOW, NOISE_WORDS)

    def turn(**_: object) -> float:
        (metrics,) = gs.train(net, blocks, 1, 0.05, "sgd", progress="none")
        rate: float = metrics["centers_per_s"]
        return rate

    return turn


def peer(data_dir: str | None, num_steps: int) -> Callable[..., float]:
    """Prepare d2l's side: centres per second."""
    from gluon_softmax.backend import autograd, gluon, mx, nn, npx

    data_iter, vocab_size = d2l_batches(data_dir)
    net = nn.Sequential()
    net.add(nn.Embedding(vocab_size, EMBED_SIZE), nn.Embedding(vocab_size, EMBED_SIZE))
    net.initialize()
    cross_entropy = gluon.loss.SigmoidBCELoss()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.002})

    def turn(**_: object) -> float:
        centers = 0

        def steps() -> None:
            nonlocal centers
            for center, contexts_negatives, mask, label in itertools.islice(data_iter, num_steps):
                with autograd.record():
                    v, u = net[0](center), net[1](contexts_negatives)
                    pred = npx.batch_dot(v, u.swapaxes(1, 2))
                    row_loss = cross_entropy(pred.reshape(label.shape), label, mask)
                    loss = row_loss * mask.shape[1] / mask.sum(axis=1)
                loss.backward()
                trainer.step(BATCH)
                float(loss.sum())
                centers += len(center)
            mx.nd.waitall()

        seconds = seconds_of(steps)
        return centers / seconds

    return turn


def main() -> None:
    """Print the rows."""
    options = read_options(__doc__, runs=3)
    work = {"data_dir": options.data_dir, "num_steps": 3 if options.smoke else 100}
    compared = compare(__file__, options.runs, work, peer_python=sys.executable)
    show_compared("sg_ns_vs_d2l", compared, "centres/s", 80, "higher", options.as_json)


if __name__ == "__main__":
    serve({"ours": ours, "peer": peer})
    main()
