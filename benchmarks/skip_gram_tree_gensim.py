"""The skip-gram with hierarchical softmax here and in gensim, on the same text with two threads each.

Text, subsampling, windows, size and what is counted are those of `skip_gram_gensim`. Besides the centres a
second: the held-out -log p of a word near another, in nats a pair, that each side reaches in the same
seconds, namely those that gensim needs for the best of its settings. A side's own Huffman tree judges its
tables. The initial values are word2vec's on both sides.

    python benchmarks/skip_gram_tree_gensim.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import gc
from typing import Any, Callable

import numpy
from rows import memory_row, read_options, row, show
from sides import serve, start_sides
from skip_gram_gensim import (
    EMBED_SIZE,
    MIN_FREQ,
    SAMPLE,
    WINDOW,
    measure,
    rates,
    same_text,
    train_gensim,
    train_ours,
)

EPOCHS = (2, 3, 4, 5)
RATES = {"ours": (0.04, 0.05, 0.065), "peer": (0.015, 0.025, 0.05)}
BATCH = 1408  # centres


def ours(data_dir: str | None, **_: Any) -> Callable[..., dict[str, float]]:
    import gluon_softmax as gs
    from gluon_softmax.backend import init

    corpus = gs.load_corpus("ptb", min_freq=MIN_FREQ, data_dir=data_dir)

    def turn(num_epochs: int, lr: float, save: str | None = None, **_: Any) -> dict[str, float]:
        gc.collect()  # the net of the turn before, so that no peak holds two
        layer = gs.HierarchicalSoftmax(corpus.counts, EMBED_SIZE, weight_initializer=init.Zero())
        start = init.Uniform(0.5 / EMBED_SIZE)
        net = gs.SkipGram(len(corpus.counts), EMBED_SIZE, layer, weight_initializer=start)
        blocks = gs.SkipGramBlocks(corpus, BATCH, WINDOW, 0, subsampling="word2vec", threshold=SAMPLE)
        figures = train_ours(net, blocks, num_epochs, lr)
        if save is not None:
            tables = (table.data().asnumpy() for table in (net.embed.weight, layer.weight))
            tree = layer.tree
            numpy.savez(
                save, corpus.vocab.idx_to_token, *tables, tree.flat_codes, tree.flat_points, tree.lengths
            )
        return figures

    return turn


def peer(text: str, **_: Any) -> Callable[..., dict[str, float]]:
    def turn(num_epochs: int, lr: float, save: str | None = None, **_: Any) -> dict[str, float]:
        model, figures = train_gensim(text, num_epochs, lr, hs=1, negative=0)
        if save is not None:
            words = model.wv.index_to_key
            codes, points = ([model.wv.get_vecattr(w, name) for w in words] for name in ("code", "point"))
            lengths = [len(code) for code in codes]
            flat = numpy.concatenate(codes), numpy.concatenate(points)
            numpy.savez(save, words, model.wv.vectors, model.syn1, *flat, lengths)
        return figures

    return turn


class Judge:
    """The held-out -log p of saved tables under the tree that is saved with them."""

    def __init__(self, corpus: Any) -> None:
        import gluon_softmax as gs

        pairs = gs.SkipGramPairs(corpus, 4096, WINDOW, split="valid", held_out=True)
        self._batches, self._vocab = list(pairs.epoch(0)), corpus.vocab

    def __call__(self, file: str) -> float:
        import gluon_softmax as gs
        from gluon_softmax.backend import init, np
        from gluon_softmax.training.evaluation import held_out_loss

        with numpy.load(file) as saved:
            words, hidden, nodes, codes, points, lengths = (saved[name] for name in saved.files)
        ends = numpy.cumsum(lengths)[:-1]
        tree = gs.BinaryTree(numpy.split(codes, ends), numpy.split(points, ends))
        layer = gs.HierarchicalSoftmax(numpy.ones(len(words)), EMBED_SIZE, tree)
        net = gs.SkipGram(len(words), EMBED_SIZE, layer)
        net.initialize(init.Zero())
        net.embed.weight.set_data(np.array(hidden))
        layer.weight.set_data(np.array(nodes[: len(words) - 1]))
        place = numpy.zeros(len(self._vocab), dtype=numpy.int32)  # of our ids among the words of this side
        place[[self._vocab[word] for word in words.tolist()]] = numpy.arange(len(words))
        return float(
            held_out_loss(net, [(place[center], place[context]) for center, context in self._batches])
        )


def same_seconds(points: list[dict[str, Any]]) -> dict[str, float]:
    """The lowest loss of each side within the seconds of the peer's best setting."""
    best = min((point for point in points if point["side"] == "peer"), key=lambda point: point["loss"])
    within = [point for point in points if point["seconds"] <= best["seconds"]]
    losses = {
        side: min((point["loss"] for point in within if point["side"] == side), default=float("inf"))
        for side in ("ours", "peer")
    }
    return {"seconds": best["seconds"], **losses}


def main() -> None:
    args = read_options(__doc__.splitlines()[0], runs=3)
    runs, epochs = (1, (1,)) if args.smoke else (args.runs, EPOCHS)
    with same_text(args.data_dir) as (corpus, options):
        compared = rates(__file__, runs, epochs[0], options)
        found = row("sg_hs_vs_gensim", compared.turns, "centres/s", 1, "higher")
        show(memory_row("sg_hs_vs_gensim", compared.memory), args.json)
        judge, sides = Judge(corpus), start_sides(__file__, **options)
        points = [
            measure(side, judge, num_epochs=e, lr=lr)
            for side in sides
            for e in epochs
            for lr in RATES[side.name][: 1 if args.smoke else None]
        ]
        show({**found, "same_seconds": same_seconds(points), "tried": points}, args.json)
        for side in sides:
            side.close()


if __name__ == "__main__":
    serve({"ours": ours, "peer": peer})
    main()
