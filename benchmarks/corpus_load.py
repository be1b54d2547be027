"""From the archive of the Penn Treebank to the first batch: this project and d2l's `load_data_ptb`.

Both end with a batch of 512 centres in the book's form, windows up to 5 and 5 noise words. d2l prepares the
contexts and the noise of the whole text before the first batch; here they are drawn a stretch at a time.
Counted is wall time, imports left out, the archive in the system's cache on both sides.

    python benchmarks/corpus_load.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import time

from rows import read_options, row, show
from skip_gram import D2L_BATCH, NOISE_WORDS, WINDOW, d2l_batches

import gluon_softmax as gs


def our_seconds(data_dir: str | None) -> float:
    start = time.perf_counter()
    corpus = gs.load_corpus("ptb", min_freq=10, data_dir=data_dir)
    batches = gs.SkipGramBatches(corpus, D2L_BATCH, WINDOW, NOISE_WORDS)
    next(batches.epoch(0))
    return time.perf_counter() - start


def d2l_seconds(data_dir: str | None) -> float:
    start = time.perf_counter()
    data_iter, _ = d2l_batches(data_dir)
    next(iter(data_iter))
    return time.perf_counter() - start


def main() -> None:
    args = read_options(__doc__.splitlines()[0], runs=3)
    our_seconds(args.data_dir)  # imports, and the archive in the system's cache
    turns = [
        (our_seconds(args.data_dir), d2l_seconds(args.data_dir))
        for _ in range(1 if args.smoke else args.runs)
    ]
    faster = [(1 / ours, 1 / peer) for ours, peer in turns]
    show(row("corpus_load_vs_d2l", faster, "loads/s", 15, "higher"), args.json)


if __name__ == "__main__":
    main()
