"""A training step of the sampled softmax here and of the same written in PyTorch.

A step draws 1,000 different words from the log-uniform distribution, takes loss, gradients of the hidden
vectors and of the rows that were looked up, and updates those rows by plain SGD, for 2,240 positions of width
200 whose targets follow Zipf's law. Both sides subtract the logarithm of the expected count from the scores
and leave out candidates that equal the target. PyTorch's gradients are sparse too, its draw is NumPy's, and
of the ways to write the step (one look-up or two; a mask over all scores or only at the hits; the target
beside the candidates or added to their sum) it has the fastest of those that were tried. A turn is ten steps;
counted is the mean of its steps.

    python benchmarks/sampled_step.py [--runs 5] [--json] [--smoke]
"""

from __future__ import annotations

from typing import Callable

import numpy
from rows import memory_row, read_options, row, show
from sides import compare, serve
from steps import LEARNING_RATE, hidden_vectors, make_step, turn_of_steps

VOCAB_SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
STEPS, POSITIONS, IN_UNITS, NUM_SAMPLED = 10, 2240, 200, 1000


def ours(vocab_size: int, num_sampled: int, positions: int, in_units: int) -> Callable[..., float]:
    import gluon_softmax as gs

    layer = gs.SampledSoftmax(vocab_size, in_units, num_sampled, sparse_grad=True)
    return turn_of_steps(make_step(layer, positions, in_units), vocab_size, STEPS, positions)


def peer(vocab_size: int, num_sampled: int, positions: int, in_units: int) -> Callable[..., float]:
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


def draw_words(vocab_size: int, n: int, rng: numpy.random.Generator) -> tuple[numpy.ndarray, int]:
    """`n` different ids from the log-uniform distribution in the order they came, and the tries it took."""
    draws = numpy.empty(0, dtype=numpy.int64)
    while True:
        uniform = rng.random(4 * n)
        ids = numpy.exp(uniform * numpy.log1p(vocab_size)).astype(numpy.int64) - 1
        draws = numpy.concatenate([draws, numpy.minimum(ids, vocab_size - 1)])
        first = numpy.unique(draws, return_index=True)[1]
        if first.size >= n:
            first.sort()
            return draws[first[:n]], int(first[n - 1]) + 1


def log_expected_count(ids: numpy.ndarray, num_tries: int, vocab_size: int) -> numpy.ndarray:
    p = numpy.log1p(1 / (ids + 1.0)) / numpy.log1p(vocab_size)
    return numpy.log(-numpy.expm1(num_tries * numpy.log1p(-p))).astype(numpy.float32)


def hits_of(target: numpy.ndarray, candidates: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Positions whose target is a candidate, and which candidate that is."""
    order = numpy.argsort(candidates)
    place = numpy.searchsorted(candidates, target, sorter=order)
    column = order[numpy.minimum(place, candidates.size - 1)]
    positions = numpy.flatnonzero(candidates[column] == target)
    return positions, column[positions]


def main() -> None:
    serve({"ours": ours, "peer": peer})
    args = read_options(__doc__.splitlines()[0], runs=5)
    for name, vocab_size in VOCAB_SIZES.items():
        work = {"positions": POSITIONS, "in_units": IN_UNITS, "num_sampled": NUM_SAMPLED}
        if args.smoke:
            vocab_size, work = 60, {"positions": 16, "in_units": 16, "num_sampled": 8}
        compared = compare(__file__, 1 if args.smoke else args.runs, vocab_size=vocab_size, **work)
        show(row(f"sampled_step_{name}", compared.turns, "ms", 0.8, "lower"), args.json)
        show(memory_row(f"sampled_step_{name}", compared.memory), args.json)


if __name__ == "__main__":
    main()
