"""From the archive of the Penn Treebank to the first batch: this project and d2l's `load_data_ptb`.

Both end with a batch of 512 centres in the book's form, windows up to 5 and 5 noise words. d2l prepares the
contexts and the noise of the whole text before the first batch; here they are drawn chunk by chunk. The
figure is wall time without imports, with the archive in the system's cache: the first turn of each side does
not count. The peak memory is that of a process with MXNet and d2l, which both import.

    python benchmarks/corpus_load.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import sys
from typing import Callable

from options import read_options
from peer_batches import BATCH, NOISE_WORDS, WINDOW, d2l_batches
from rows import show_compared
from sides import compare, serve
from timing import seconds_of


def ours(data_dir: str | None) -> Callable[..., float]:
    """Prepare this project's side: loads per second."""
    import gluon_softmax as gs

    def load() -> None:
        corpus = gs.load_corpus("ptb", min_freq=10, data_dir=data_dir)
        batches = gs.SkipGramBatches(corpus, BATCH, WINDOW, NOISE_WORDS)
        next(batches.epoch(0))

    return lambda **_: 1 / seconds_of(load)


def peer(data_dir: str | None) -> Callable[..., float]:
    """Prepare d2l's side: loads per second."""

    def load() -> None:
        data_iter, _ = d2l_batches(data_dir)
        next(iter(data_iter))

    return lambda **_: 1 / seconds_of(load)


def main() -> None:
    """Print the rows."""
    options = read_options(__doc__, runs=3)
    compared = compare(__file__, options.runs, {"data_dir": options.data_dir}, peer_python=sys.executable)
    show_compared("corpus_load_vs_d2l", compared, "loads/s", 15, "higher", options.as_json)


if __name__ == "__main__":
    serve({"ours": ours, "peer": peer})
    main()
