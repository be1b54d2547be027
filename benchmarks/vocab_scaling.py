"""What a training step costs over a million words against ten thousand: layers whose cost should not grow.

The same 2,240 positions of width 100 in both, words with Zipf's counts, `sparse_grad` on, plain SGD. A step
is loss, gradients and update. Sampled softmax draws 1,000 candidates at each step; the tree of hierarchical
softmax is deeper for more words, so its step may grow a little. The two vocabularies take turns.

    python benchmarks/vocab_scaling.py [--runs 9] [--json] [--smoke]
"""

from __future__ import annotations

from rows import read_options, row, show
from steps import make_step, turn_of_steps, zipf_counts

import gluon_softmax as gs

TARGETS = {"vocab_scaling_ns": 1.5, "vocab_scaling_hs": 2.2, "vocab_scaling_sampled": 1.5}
WARM_UP = 3


def make_layer(name: str, vocab_size: int, in_units: int) -> gs.NegativeSampling:
    counts = zipf_counts(vocab_size)
    if name == "vocab_scaling_ns":
        return gs.NegativeSampling(counts, in_units, sparse_grad=True)
    if name == "vocab_scaling_hs":
        return gs.HierarchicalSoftmax(counts, in_units, sparse_grad=True)
    return gs.SampledSoftmax(vocab_size, in_units, min(1000, vocab_size // 2), sparse_grad=True)


def milliseconds(name: str, sizes: tuple[int, int], positions: int, runs: int) -> list[tuple[float, float]]:
    """(large, small) a turn."""
    in_units = 100
    large, small = (
        turn_of_steps(make_step(make_layer(name, size, in_units), positions, in_units), size, 1, positions)
        for size in sizes
    )
    return [(large(turn), small(turn)) for turn in range(runs + WARM_UP)][WARM_UP:]


def main() -> None:
    args = read_options(__doc__.splitlines()[0], runs=9)
    sizes, positions, runs = ((400, 200), 16, 1) if args.smoke else ((1_000_000, 10_000), 2240, args.runs)
    for name, target in TARGETS.items():
        show(row(name, milliseconds(name, sizes, positions, runs), "ms", target, "lower"), args.json)


if __name__ == "__main__":
    main()
