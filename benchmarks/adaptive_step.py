"""A training step of the adaptive softmax here and of PyTorch's `AdaptiveLogSoftmaxWithLoss`.

A step is loss, gradients of the hidden vectors and of every parameter, and the update by plain SGD, for 2,240
positions of width 200. Both sides have the same cutoffs, narrow their tails alike, and get the same hidden
vectors and the same targets, which follow Zipf's law: most are words of the head, as in a text. A turn is ten
steps; its figure is their mean, without the drawing of the targets.

    python benchmarks/adaptive_step.py [--runs 5] [--json] [--smoke]
"""

from __future__ import annotations

from typing import Callable

import numpy
from options import read_options
from rows import show_compared
from sides import compare, serve
from steps import LEARNING_RATE, hidden_vectors, make_step, turn_of_steps

CUTOFFS = {
    "10k": (10_000, [2_000]),
    "100k": (100_000, [2_000, 10_000, 50_000]),
    "260k": (260_000, [4_000, 40_000, 200_000]),
}
STEPS, POSITIONS, IN_UNITS = 10, 2240, 200


def ours(vocab_size: int, cutoffs: list[int], positions: int, in_units: int) -> Callable[[int], float]:
    """Prepare this project's side: milliseconds per step."""
    import gluon_softmax as gs

    layer = gs.AdaptiveSoftmax(vocab_size, in_units, cutoffs)
    return turn_of_steps(make_step(layer, positions, in_units), vocab_size, STEPS, positions)


def peer(vocab_size: int, cutoffs: list[int], positions: int, in_units: int) -> Callable[[int], float]:
    """Prepare PyTorch's side: milliseconds per step."""
    import torch

    layer = torch.nn.AdaptiveLogSoftmaxWithLoss(in_units, vocab_size, cutoffs)
    optimizer = torch.optim.SGD(layer.parameters(), LEARNING_RATE)
    hidden = torch.from_numpy(hidden_vectors(positions, in_units)).requires_grad_()

    def step(target: numpy.ndarray) -> None:
        hidden.grad = None
        optimizer.zero_grad()
        layer(hidden, torch.from_numpy(target)).loss.backward()
        optimizer.step()

    return turn_of_steps(step, vocab_size, STEPS, positions)


def main() -> None:
    """Print the rows of each vocabulary."""
    options = read_options(__doc__, runs=5)
    for name, (vocab_size, cutoffs) in CUTOFFS.items():
        work: dict[str, object] = {
            "vocab_size": vocab_size,
            "cutoffs": cutoffs,
            "positions": POSITIONS,
            "in_units": IN_UNITS,
        }
        if options.smoke:
            work = {"vocab_size": 60, "cutoffs": [20, 40], "positions": 16, "in_units": 16}
        compared = compare(__file__, options.runs, work)
        show_compared(f"adaptive_step_{name}", compared, "ms", 0.8, "lower", options.as_json)


if __name__ == "__main__":
    serve({"ours": ours, "peer": peer})
    main()
