"""A training step of the adaptive softmax here and of PyTorch's `AdaptiveLogSoftmaxWithLoss`.

A step is loss, gradients of the hidden vectors and of every parameter, and the update by plain SGD, for 2,240
positions of width 200. Both sides have the same cutoffs and narrow their tails alike, and get the same hidden
vectors and the same targets, which follow Zipf's law: most are words of the head, as in a text. A turn is ten
steps; counted is the mean of its steps, the drawing of the targets left out on both sides.

    python benchmarks/adaptive_step.py [--runs 5] [--json] [--smoke]
"""

from __future__ import annotations

from typing import Callable

import numpy
from rows import memory_row, read_options, row, show
from sides import compare, serve
from steps import LEARNING_RATE, hidden_vectors, make_step, turn_of_steps

CUTOFFS = {
    "10k": (10_000, [2_000]),
    "100k": (100_000, [2_000, 10_000, 50_000]),
    "260k": (260_000, [4_000, 40_000, 200_000]),
}
STEPS, POSITIONS, IN_UNITS = 10, 2240, 200


def ours(vocab_size: int, cutoffs: list[int], positions: int, in_units: int) -> Callable[..., float]:
    import gluon_softmax as gs

    layer = gs.AdaptiveSoftmax(vocab_size, in_units, cutoffs)
    return turn_of_steps(make_step(layer, positions, in_units), vocab_size, STEPS, positions)


def peer(vocab_size: int, cutoffs: list[int], positions: int, in_units: int) -> Callable[..., float]:
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
    serve({"ours": ours, "peer": peer})
    args = read_options(__doc__.splitlines()[0], runs=5)
    for name, (vocab_size, cutoffs) in CUTOFFS.items():
        work = {"vocab_size": vocab_size, "cutoffs": cutoffs, "positions": POSITIONS, "in_units": IN_UNITS}
        if args.smoke:
            work = {"vocab_size": 60, "cutoffs": [20, 40], "positions": 16, "in_units": 16}
        compared = compare(__file__, 1 if args.smoke else args.runs, **work)
        show(row(f"adaptive_step_{name}", compared.turns, "ms", 0.8, "lower"), args.json)
        show(memory_row(f"adaptive_step_{name}", compared.memory), args.json)


if __name__ == "__main__":
    main()
