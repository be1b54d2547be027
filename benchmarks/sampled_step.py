"""A training step of the sampled softmax here and of the same written in PyTorch.

A step draws 1,000 different words from the log-uniform distribution, takes loss, gradients of the hidden
vectors and of the rows that were looked up, and updates those rows by plain SGD, for 2,240 positions of width
200 whose targets follow Zipf's law. Both sides subtract the logarithm of the expected count from the scores
and leave out candidates that equal the target. PyTorch's gradients are sparse too, its draw is NumPy's, and
of the ways to write the step (one lookup or two; a mask over all scores or only at the hits; the target
beside the candidates or added to their sum) it has the fastest of those that were tried. A turn is ten steps;
its figure is their mean.

    python benchmarks/sampled_step.py [--runs 5] [--json] [--smoke]
"""

from __future__ import annotations

from typing import Callable

import numpy
from log_uniform import draw_words, hits_of, log_expected_count
from options import read_options
from rows import show_compared
from sides import compare, serve
from steps import LEARNING_RATE, hidden_vectors, make_step, turn_of_steps

VOCAB_SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
STEPS, POSITIONS, IN_UNITS, NUM_SAMPLED = 10, 2240, 200, 1000


def ours(vocab_size: int, num_sampled: int, positions: int, in_units: int) -> Callable[[int], float]:
    """Prepare this project's side: milliseconds per step."""
    import gluon_softmax as gs

    layer = gs.SampledSoftmax(vocab_size, in_units, num_sampled, sparse_grad=True)
    return turn_of_steps(make_step(layer, positions, in_units), vocab_size, STEPS, positions)


def peer(vocab_size: int, num_sampled: int, positions: int, in_units: int) -> Callable[[int], float]:
    """Prepare PyTorch's side: milliseconds per step."""
    import torch
    from torch.nn import functional as F

    rng = numpy.random.default_rng(0)
    weight = torch.nn.Embedding(vocab_size, in_units, sparse=True)
    bias = torch.nn.Embedding(vocab_size, 1, sparse=True)
    torch.nn.init.uniform_(weight.weight, -0.07, 0.07)
    torch.nn.init.zeros_(bias.weight)
    optimizer = torch.optim.SGD([weight.weight, bias.weight], LEARNING_RATE)
    hidden = torch.from_numpy(hidden_vectors(positions, in_units)).requires_grad_()
    removed = torch.tensor(-1e38)

    def step(drawn: numpy.ndarray) -> None:
        hidden.grad = None
        optimizer.zero_grad()
        words, num_tries = draw_words(vocab_size, num_sampled, rng)
        hits = [torch.from_numpy(places) for places in hits_of(drawn, words)]
        target, candidates = torch.from_numpy(drawn), torch.from_numpy(words)
        target_shift, shift = (
            torch.from_numpy(log_expected_count(ids, num_tries, vocab_size)) for ids in (drawn, words)
        )
        right = (hidden * weight(target)).sum(1) + bias(target).squeeze(1) - target_shift  # (N,)
        scores = F.linear(hidden, weight(candidates), bias(candidates).squeeze(1) - shift)  # (N, S)
        scores.index_put_(tuple(hits), removed)
        loss = torch.logaddexp(right, scores.logsumexp(1)) - right
        loss.mean().backward()
        optimizer.step()

    return turn_of_steps(step, vocab_size, STEPS, positions)


def main() -> None:
    """Print the rows of each vocabulary."""
    options = read_options(__doc__, runs=5)
    for name, vocab_size in VOCAB_SIZES.items():
        sizes = (60, 8, 16, 16) if options.smoke else (vocab_size, NUM_SAMPLED, POSITIONS, IN_UNITS)
        work = dict(zip(("vocab_size", "num_sampled", "positions", "in_units"), sizes))
        compared = compare(__file__, options.runs, work)
        show_compared(f"sampled_step_{name}", compared, "ms", 0.8, "lower", options.as_json)


if __name__ == "__main__":
    serve({"ours": ours, "peer": peer})
    main()
