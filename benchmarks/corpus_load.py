"""From the archive of the Penn Treebank to the first batch: this project and d2l's `load_data_ptb`.

Both end with a batch of 512 centres in the book's form, windows up to 5 and 5 noise words. d2l prepares the
contexts and the noise of the whole text before the first batch; here they are drawn a stretch at a time.
Counted is wall time, imports left out, the archive in the system's cache on both sides: a first turn of each
does not count. The peak memory is that of a process with MXNet and d2l, which both import.

    python benchmarks/corpus_load.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import sys
import time
from typing import Callable

from rows import memory_row, read_options, row, show
from sides import compare, serve
from skip_gram import D2L_BATCH, NOISE_WORDS, WINDOW, d2l_batches


def ours(data_dir: str | None) -> Callable[..., float]:
    import gluon_softmax as gs

    def turn(turn: int) -> float:
        start = time.perf_counter()
        corpus = gs.load_corpus("ptb", min_freq=10, data_dir=data_dir)
        batches = gs.SkipGramBatches(corpus, D2L_BATCH, WINDOW, NOISE_WORDS)
        next(batches.epoch(0))
        return time.perf_counter() - start

    return turn


def peer(data_dir: str | None) -> Callable[..., float]:
    def turn(turn: int) -> float:
        start = time.perf_counter()
        data_iter, _ = d2l_batches(data_dir)
        next(iter(data_iter))
        return time.perf_counter() - start

    return turn


def main() -> None:
    serve({"ours": ours, "peer": peer})
    args = read_options(__doc__.splitlines()[0], runs=3)
    runs = 1 if args.smoke else args.runs
    found = compare(__file__, runs, peer_python=sys.executable, data_dir=args.data_dir)
    faster = [(1 / our_seconds, 1 / their_seconds) for our_seconds, their_seconds in found.turns]
    show(row("corpus_load_vs_d2l", faster, "loads/s", 15, "higher"), args.json)
    show(memory_row("corpus_load_vs_d2l", found.memory), args.json)


if __name__ == "__main__":
    main()
