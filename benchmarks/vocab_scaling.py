"""What a training step costs over a million words against ten thousand: layers whose cost should not grow.

The same 2,240 positions of width 100 in both, words with Zipf's counts, `sparse_grad` on, plain SGD. A step
is loss, gradients and update. Sampled softmax draws 1,000 candidates at each step; the tree of hierarchical
softmax is deeper for more words, so its step may grow a little. The two vocabularies take turns.

    python benchmarks/vocab_scaling.py [--runs 9] [--json] [--smoke]
"""

from __future__ import annotations

from options import read_options
from rows import row, show
from steps import make_step, turn_of_steps, zipf_counts
from timing import take_turns

import gluon_softmax as gs
from gluon_softmax.output_layers.base import OutputLayer

TARGETS = {"vocab_scaling_ns": 1.5, "vocab_scaling_hs": 2.2, "vocab_scaling_sampled": 1.5}
WARM_UP = 3


def make_layer(name: str, vocab_size: int, in_units: int) -> OutputLayer:
    """Return the layer of the row `name`."""
    layer: OutputLayer
    counts = zipf_counts(vocab_size)
    if name == "vocab_scaling_ns":
        layer = gs.NegativeSampling(counts, in_units, sparse_grad=True)
    elif name == "vocab_scaling_hs":
        layer = gs.HierarchicalSoftmax(counts, in_units, sparse_grad=True)
    else:
        layer = gs.SampledSoftmax(vocab_size, in_units, min(1000, vocab_size // 2), sparse_grad=True)
    return layer


def milliseconds(name: str, sizes: tuple[int, int], positions: int, runs: int) -> list[tuple[float, ...]]:
    """Return milliseconds per step, (large, small) per turn."""
    in_units = 100
    contestants = [
        turn_of_steps(make_step(make_layer(name, size, in_units), positions, in_units), size, 1, positions)
        for size in sizes
    ]
    return take_turns(contestants, range(WARM_UP, WARM_UP + runs), warm_up=range(WARM_UP))


def main() -> None:
    """Print the row of each layer."""
    options = read_options(__doc__, runs=9)
    sizes, positions = ((400, 200), 16) if options.smoke else ((1_000_000, 10_000), 2240)
    for name, target in TARGETS.items():
        turns = milliseconds(name, sizes, positions, options.runs)
        show(row(name, turns, "ms", target, "lower"), options.as_json)


if __name__ == "__main__":
    main()
