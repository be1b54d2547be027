"""The skip-gram with hierarchical softmax here and in gensim: speed, and quality in the same seconds.

Text, windows and what is measured are those of `gensim_sides`. Besides the centres per second: the held-out
-log p of a word near another, in nats per pair, that each side reaches in the same seconds, namely those that
gensim needs for the best of its settings. A side's own Huffman tree judges its tables; `<unk>`, which no
pair has, is in no word's way: gensim's vocabulary lacks it, and here the layer excludes it as the program's
does. The initial values are word2vec's on both sides.

    python benchmarks/skip_gram_tree_gensim.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

import numpy
from gensim_sides import (
    EMBED_SIZE,
    EPOCHS,
    SAMPLE,
    WINDOW,
    Point,
    compare_rates,
    gensim,
    here,
    same_text,
    try_settings,
)
from options import read_options
from rows import memory_row, row, show
from sides import serve, start_sides

if TYPE_CHECKING:
    from gensim.models import Word2Vec

    from gluon_softmax.data.corpus import Corpus
    from gluon_softmax.data.skip_gram_blocks import SkipGramBlocks
    from gluon_softmax.models.skip_gram import SkipGram

BATCH = 1408  # centres
RATES = {"ours": (0.04, 0.05, 0.065), "peer": (0.015, 0.025, 0.05)}


def make_net(corpus: Corpus) -> tuple[SkipGram, SkipGramBlocks]:
    """Return a new net and its batches."""
    import gluon_softmax as gs
    from gluon_softmax.backend import init
    from gluon_softmax.vocabulary.tokens import UNK_ID

    layer = gs.HierarchicalSoftmax(
        corpus.counts, EMBED_SIZE, weight_initializer=init.Zero(), exclude=[UNK_ID]
    )
    start = init.Uniform(0.5 / EMBED_SIZE)
    net = gs.SkipGram(len(corpus.counts), EMBED_SIZE, layer, weight_initializer=start)
    return net, gs.SkipGramBlocks(corpus, BATCH, WINDOW, 0, subsampling="word2vec", threshold=SAMPLE)


def tables_of(net: SkipGram) -> list[numpy.ndarray]:
    """Return the vectors of centres and of inner nodes, and the tree."""
    import gluon_softmax as gs

    layer = net.output_layer
    assert isinstance(layer, gs.HierarchicalSoftmax)
    tables = [table.data().asnumpy() for table in (net.embed.weight, layer.weight)]
    return [*tables, layer.tree.flat_codes, layer.tree.flat_points, layer.tree.lengths]


def gensim_tables_of(model: Word2Vec) -> list[numpy.ndarray]:
    """Return the vectors of gensim's inner nodes, and its tree."""
    words = model.wv.index_to_key
    codes, points = ([model.wv.get_vecattr(word, name) for word in words] for name in ("code", "point"))
    lengths = numpy.array([len(code) for code in codes])
    return [model.syn1, numpy.concatenate(codes), numpy.concatenate(points), lengths]


class TreeJudge:
    """The held-out -log p of saved tables under the tree that is saved with them."""

    def __init__(self, corpus: Corpus) -> None:
        import gluon_softmax as gs

        pairs = gs.SkipGramPairs(corpus, 4096, WINDOW, split="valid", held_out=True)
        self._batches, self._vocab = list(pairs.epoch(0)), corpus.vocab

    def __call__(self, file: str) -> float:
        """Return the mean over the pairs of the validation text, in nats."""
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


def same_seconds(points: Sequence[Point]) -> dict[str, float]:
    """Return the lowest loss of each side within the seconds of the peer's best setting."""
    best = min((point for point in points if point["side"] == "peer"), key=lambda point: point["loss"])
    within = [point for point in points if point["seconds"] <= best["seconds"]]
    losses = {
        side: min((point["loss"] for point in within if point["side"] == side), default=float("inf"))
        for side in ("ours", "peer")
    }
    return {"seconds": best["seconds"], **losses}


def main() -> None:
    """Print the row of the memory, then that of the speed with every setting that was tried."""
    options = read_options(__doc__, runs=3)
    epochs, num_rates = ((1,), 1) if options.smoke else (EPOCHS, None)
    with same_text(options.data_dir) as (corpus, work):
        compared = compare_rates(__file__, options.runs, epochs[0], work)
        found = row("sg_hs_vs_gensim", compared.turns, "centres/s", 1, "higher")
        show(memory_row("sg_hs_vs_gensim", compared.memory), options.as_json)
        judge, sides = TreeJudge(corpus), start_sides(__file__, work)
        points: list[Point] = []
        for side in sides:
            points += try_settings(side, judge, epochs, RATES[side.name][:num_rates])
        show({**found, "same_seconds": same_seconds(points), "tried": points}, options.as_json)
        for side in sides:
            side.close()


if __name__ == "__main__":
    serve({"ours": here(make_net, tables_of), "peer": gensim(gensim_tables_of, hs=1, negative=0)})
    main()
