"""How much faster a training step of each output layer is than that of the full softmax, in one run.

A step is loss, gradients of the hidden vectors and of the parameters, and the update by plain SGD, for 2,240
positions of width 200 (a language model's batch), over words whose counts follow Zipf's law. Sampled softmax
and NCE draw 1,000 candidates anew at each step; layers that touch few rows have `sparse_grad`. Layers take
turns, and the ratios are taken within a turn.

    python benchmarks/output_layers.py [--vocab-sizes 10000,100000] [--runs 5] [--json] [--smoke]
"""

from __future__ import annotations

import gc

from rows import read_options, row, show
from steps import make_step, turn_of_steps, zipf_counts

import gluon_softmax as gs

NUM_SAMPLED = 1000
CUTOFFS = {10_000: [2_000], 100_000: [2_000, 10_000, 50_000], 260_000: [4_000, 40_000, 200_000]}


def make_layers(vocab_size: int, in_units: int) -> dict[str, gs.FullSoftmax]:
    """The layers over one vocabulary, the full softmax first."""
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
    """Milliseconds of a step, (the layer's, the full softmax's) a turn, after two that are not counted."""
    turns = {
        name: turn_of_steps(make_step(layer, positions, in_units), vocab_size, 1, positions)
        for name, layer in make_layers(vocab_size, in_units).items()
    }
    taken = [{name: take(turn) for name, take in turns.items()} for turn in range(runs + 2)][2:]
    return {name: [(times[name], times["full"]) for times in taken] for name in turns}


def main() -> None:
    args = read_options(__doc__.splitlines()[0], runs=5, vocab_sizes="10000,100000")
    sizes = [500] if args.smoke else [int(size) for size in args.vocab_sizes.split(",")]
    positions, in_units, runs = (16, 16, 1) if args.smoke else (2240, 200, args.runs)
    for vocab_size in sizes:
        for name, times in measure(vocab_size, positions, in_units, runs).items():
            found = row(f"{name} {vocab_size}", times, "ms", 1, "lower")
            if args.json:
                show(found, as_json=True)
            else:
                faster = f"{1 / found['ratio']:6.1f} times as fast as the full softmax"
                print(f"{vocab_size:>9,} words  {name:18s} {found['ours']:8.1f} ms, {faster}")
        gc.collect()


if __name__ == "__main__":
    main()
