"""The skip-gram with negative sampling here and in gensim: speed, and seconds to a quality.

Text, windows and what is measured are those of `gensim_sides`; there are 5 noise words. Quality is the
held-out loss of `NegativeSampling` over the pairs of the validation text, by the same code for both. For the
seconds to a quality, a held-out loss of 2.55, every setting of a side is tried once; the quickest that
reached it runs again in turns with the other side's.

    python benchmarks/skip_gram_gensim.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Sequence

import numpy
from gensim_sides import (
    EMBED_SIZE,
    EPOCHS,
    SAMPLE,
    WINDOW,
    Judge,
    compare_rates,
    gensim,
    here,
    measure,
    same_text,
    try_settings,
)
from options import read_options
from rows import Row, row, show, show_compared
from sides import Sides, serve, start_sides
from timing import take_turns

if TYPE_CHECKING:
    from gluon_softmax.data.corpus import Corpus
    from gluon_softmax.data.skip_gram_blocks import SkipGramBlocks
    from gluon_softmax.models.skip_gram import SkipGram

BATCH, NOISE_WORDS = 512, 5
QUALITY = 2.55  # nats
RATES = {"ours": (0.05, 0.065, 0.08), "peer": (0.025, 0.05, 0.075, 0.1)}


def make_net(corpus: Corpus) -> tuple[SkipGram, SkipGramBlocks]:
    """Return a new net and its batches."""
    import gluon_softmax as gs

    layer = gs.NegativeSampling(corpus.counts, EMBED_SIZE, NOISE_WORDS)
    net = gs.SkipGram(len(corpus.counts), EMBED_SIZE, layer)
    return net, gs.SkipGramBlocks(
        corpus, BATCH, WINDOW, NOISE_WORDS, subsampling="word2vec", threshold=SAMPLE
    )


def tables_of(net: SkipGram) -> list[numpy.ndarray]:
    """Return the vectors of centres and of contexts."""
    import gluon_softmax as gs

    layer = net.output_layer
    assert isinstance(layer, gs.NegativeSampling)
    return [table.data().asnumpy() for table in (net.embed.weight, layer.weight)]


def loss_of_tables(corpus: Corpus, file: str) -> float:
    """Return the held-out loss of saved tables, whichever side they come from."""
    import gluon_softmax as gs
    from gluon_softmax.backend import mx, np
    from gluon_softmax.training.evaluation import held_out_loss

    with numpy.load(file) as saved:
        words, *tables = (saved[name] for name in saved.files)
    layer = gs.NegativeSampling(corpus.counts, EMBED_SIZE, NOISE_WORDS)
    net = gs.SkipGram(len(corpus.counts), EMBED_SIZE, layer)
    net.initialize(mx.init.Zero())
    ids = [corpus.vocab[word] for word in words.tolist()]
    for parameter, table in zip((net.embed.weight, layer.weight), tables):
        whole = numpy.zeros(parameter.shape, dtype=numpy.float32)
        whole[ids] = table
        parameter.set_data(np.array(whole))
    pairs = gs.SkipGramPairs(corpus, 4096, WINDOW, split="valid", held_out=True)
    return float(held_out_loss(net, pairs, [mx.cpu()]))


def seconds_to_quality(sides: Sides, judge: Judge, runs: int, epochs: Sequence[int], quality: float) -> Row:
    """Try every setting of a side once, then the quickest that reached `quality`, in turns.

    "points" of the row are all of these trainings.
    """
    points, best = [], []
    for side in sides:
        tried = try_settings(side, judge, epochs, RATES[side.name])
        reached = [point for point in tried if point["loss"] <= quality]
        best.append(min(reached, key=lambda point: (point["num_epochs"], point["loss"])))
        points += tried
    ours, peer = (
        functools.partial(measure, side, judge, point["num_epochs"], point["lr"])
        for side, point in zip(sides, best)
    )
    turns = take_turns([lambda _: ours(), lambda _: peer()], range(runs))
    seconds = [tuple(point["seconds"] for point in turn) for turn in turns]
    points += [point for turn in turns for point in turn]
    return {**row("sg_ns_time_to_quality", seconds, "s", 1, "lower"), "quality": quality, "points": points}


def main() -> None:
    """Print the rows of the speed, then that of the seconds to a quality."""
    options = read_options(__doc__, runs=3)
    epochs, quality = ((1,), 9.0) if options.smoke else (EPOCHS, QUALITY)
    with same_text(options.data_dir) as (corpus, work):
        compared = compare_rates(__file__, options.runs, epochs[0], work)
        show_compared("sg_ns_vs_gensim", compared, "centres/s", 1, "higher", options.as_json)
        sides = start_sides(__file__, work)
        judge = functools.partial(loss_of_tables, corpus)
        show(seconds_to_quality(sides, judge, options.runs, epochs, quality), options.as_json)
        for side in sides:
            side.close()


if __name__ == "__main__":
    peer = gensim(lambda model: [model.syn1neg], negative=NOISE_WORDS)
    serve({"ours": here(make_net, tables_of), "peer": peer})
    main()
