"""How much faster a training step of each output layer is than that of the full softmax, in one run.

A step is loss, gradients of the hidden vectors and of the parameters, and the update by plain SGD, for 2,240
positions of width 200 (a language model's batch), over words whose counts follow Zipf's law. Sampled softmax
and NCE draw 1,000 candidates anew at each step; layers that touch few rows have `sparse_grad`. Layers take
turns, and the ratios are taken within a turn.

    python benchmarks/output_layers.py [--vocab-sizes 10000,100000] [--runs 5] [--json] [--smoke]
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from typing import Any, Callable

import numpy
from steps import zipf_counts

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, np

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


def make_step(layer: Any, positions: int, in_units: int) -> Callable[[numpy.ndarray], None]:
    """A function that makes one training step towards the given targets (N,) and waits for it."""
    layer.initialize()
    layer.hybridize(static_alloc=True)
    trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.1}, kvstore=None)
    hidden = np.random.normal(size=(positions, in_units))
    hidden.attach_grad()

    def step(target: numpy.ndarray) -> None:
        with autograd.record():
            loss = layer(hidden, target)
        loss.backward()
        trainer.step(positions)
        mx.nd.waitall()

    return step


def measure(vocab_size: int, positions: int, in_units: int, runs: int) -> dict[str, list[float]]:
    """Seconds of each layer's steps, one a turn, after two that are not counted."""
    counts = zipf_counts(vocab_size)
    targets = numpy.random.default_rng(0).choice(
        vocab_size, size=(runs + 2, positions), p=counts / counts.sum()
    )
    steps = {
        name: make_step(layer, positions, in_units)
        for name, layer in make_layers(vocab_size, in_units).items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for turn, target in enumerate(targets):
        for name, step in steps.items():
            start = time.perf_counter()
            step(target)
            if turn >= 2:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vocab-sizes", default="10000,100000", help="default 10000,100000")
    parser.add_argument("--runs", type=int, default=5, help="steps of each layer that count (default 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a vocabulary and layer")
    parser.add_argument("--smoke", action="store_true", help="one tiny step: does it work?")
    args = parser.parse_args()
    sizes = [500] if args.smoke else [int(size) for size in args.vocab_sizes.split(",")]
    positions, in_units, runs = (16, 16, 1) if args.smoke else (2240, 200, args.runs)
    for vocab_size in sizes:
        seconds = measure(vocab_size, positions, in_units, runs)
        gc.collect()
        for name, times in seconds.items():
            ratio = statistics.median(full / own for full, own in zip(seconds["full"], times))
            milliseconds = 1e3 * statistics.median(times)
            if args.json:
                row = {
                    "name": f"{name} {vocab_size}",
                    "ms": milliseconds,
                    "full_over_own": ratio,
                    "runs": runs,
                }
                print(json.dumps(row))
            else:
                label = f"{vocab_size:>9,} words  {name:18s}"
                print(f"{label} {milliseconds:8.1f} ms, {ratio:6.1f} times as fast as the full softmax")


if __name__ == "__main__":
    main()
