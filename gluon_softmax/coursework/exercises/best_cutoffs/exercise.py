"""Where to cut a vocabulary."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

SHARES = (0.4, 0.2, 0.1, 0.1, 0.05, 0.05, 0.04, 0.03, 0.02, 0.01)
EXERCISE = Exercise(
    title="Where to cut a vocabulary",
    chapter="adaptive_softmax",
    section="Where to Cut",
    kind="code",
    minutes=45,
    hand_in="best_cutoffs(counts, num_tails, tail_cost): the cutoffs of the least cost",
    right_when="no other cutoffs cost less, which can be tried for small vocabularies",
    source="Grave et al. 2017, Efficient softmax approximation for GPUs, section 4.3",
    hints=(
        "Write a function of the cost of given cutoffs first; cumulative sums give the share of any part.",
        "For a few words try them all: itertools.combinations(range(1, V), num_tails).",
        "For many: the last tail begins at some c; what is before it is the same task with a tail less.",
        "best[i][m] = min over n < m of best[i - 1][n] + cost of the tail from n to m, with best[0][n] = n; "
        "keep the n of each minimum to find the cutoffs.",
    ),
)


def examples() -> list[Example]:
    """The chapter's ten words, with one tail, with a tail that is dear, and with two tails; then others."""
    shares = numpy.array(SHARES)
    flat = numpy.array([30.0, 20.0, 10.0, 9.0, 8.0, 8.0, 5.0, 4.0, 3.0, 3.0])
    return [
        Example((shares, 1, 0.5), (2,)),
        Example((shares, 1, 30.0), (9,)),
        Example((shares, 2, 0.5), (1, 4)),
        Example((flat, 2, 0.5), (1, 4)),
        Example((flat, 2, 1.0), (2, 5)),
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Falling counts, no two of which are equal, and two tails."""
    vocab_size = int(rng.integers(12, 16))
    counts = 100.0 / numpy.arange(1, vocab_size + 1) ** rng.uniform(0.6, 1.4)
    return counts * numpy.exp(-0.02 * rng.uniform(size=vocab_size).cumsum()), 2, float(rng.uniform(0.4, 2.0))


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the cutoffs."""
    counts, num_tails, tail_cost = inputs(rng)
    once = answer(counts, num_tails, tail_cost)
    yield Identity(
        "ten times the text is cut at the same places", answer(10 * counts, num_tails, tail_cost), once
    )
    every = answer(counts[:4], 3, tail_cost)
    yield Identity("as many parts as words cut before each word but the first", every, (1, 2, 3))
