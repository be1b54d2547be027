"""How much faster a training step of each output layer is than that of the full softmax, in one run.

A step is loss, gradients of the hidden vectors and of the parameters, and the update by plain SGD, for 2,240
positions of width 200 (a language model's batch), over words whose counts follow Zipf's law. Sampled softmax
and NCE draw 1,000 candidates anew at each step; layers that touch few rows have `sparse_grad`. Layers take
turns, and the ratios are taken within a turn.

    python benchmarks/output_layers.py [--vocab-sizes 10000,100000] [--runs 5] [--json] [--smoke]
"""

from __future__ import annotations

import gc

from options import read_options
from rows import row, show
from steps import make_step, turn_of_steps, zipf_counts
from timing import take_turns

import gluon_softmax as gs
from gluon_softmax.output_layers.base import OutputLayer

NUM_SAMPLED, WARM_UP = 1000, 2
CUTOFFS = {10_000: [2_000], 100_000: [2_000, 10_000, 50_000], 260_000: [4_000, 40_000, 200_000]}


def make_layers(vocab_size: int, in_units: int) -> dict[str, OutputLayer]:
    """Return the layers over one vocabulary, the full softmax first."""
    counts = zipf_counts(vocab_size)
    cutoffs = CUTOFFS.get(vocab_size) or gs.optimal_cutoffs(counts, 3)
    num_sampled = min(NUM_SAMPLED, vocab_size // 2)
    return {
        "full": gs.FullSoftmax(vocab_size, in_units),
        "adaptive": gs.AdaptiveSoftmax(vocab_size, in_units, cutoffs),
        "sampled": gs.SampledSoftmax(vocab_size, in_units, num_sampled, sparse_grad=True),
        "nce": gs.NCE(counts, in_units, num_sampled, sparse_grad=True),
        "hierarchical": gs.HierarchicalSoftmax(counts, in_units, sparse_grad=True),
        "negative sampling": gs.NegativeSampling(counts, in_units, sparse_grad=True),
    }


def measure(
    vocab_size: int, positions: int, in_units: int, runs: int
) -> dict[str, list[tuple[float, float]]]:
    """Return milliseconds per step, (the layer's, the full softmax's) per turn, by the layer's name."""
    layers = make_layers(vocab_size, in_units)
    contestants = [
        turn_of_steps(make_step(layer, positions, in_units), vocab_size, 1, positions)
        for layer in layers.values()
    ]
    turns = take_turns(contestants, range(WARM_UP, WARM_UP + runs), warm_up=range(WARM_UP))
    full, *_ = columns = list(zip(*turns))
    return {name: list(zip(column, full)) for name, column in zip(layers, columns)}


def main() -> None:
    """Print a line, or a row, per vocabulary and layer."""
    options = read_options(__doc__, runs=5, vocab_sizes=(10_000, 100_000))
    positions, in_units = (16, 16) if options.smoke else (2240, 200)
    for vocab_size in (500,) if options.smoke else options.vocab_sizes:
        for name, times in measure(vocab_size, positions, in_units, options.runs).items():
            found = row(f"{name} {vocab_size}", times, "ms", 1, "lower")
            if options.as_json:
                show(found, as_json=True)
            else:
                faster = f"{1 / found['ratio']:6.1f} times as fast as the full softmax"
                print(f"{vocab_size:>9,} words  {name:18s} {found['ours']:8.1f} ms, {faster}")
        gc.collect()


if __name__ == "__main__":
    main()
