"""The batch's own targets as candidates."""

from __future__ import annotations

from typing import Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The batch's own targets as candidates",
    chapter="in_batch_negatives",
    section="The Loss",
    kind="code",
    minutes=30,
    hand_in="in_batch_loss(scores, target, counts): one loss per row of a batch",
    right_when="a column that repeats a row's own target changes nothing for that row",
    source="Yi et al. 2019, Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations, "
    "equations 4 and 5; TensorFlow Recommenders, tasks.Retrieval",
    hints=(
        "Column j is the target of row j. Which probability has a word of being in a batch, as a share of "
        "the text?",
        "Lower each column by ln Q of its word, the row's own column too: all of them were drawn with Q.",
        "In row i, columns j != i with the same word as the row's target are no negatives.",
        "x = scores - ln Q[target]; x[i, j] = -inf for hits off the diagonal; logsumexp of each row minus "
        "its diagonal.",
    ),
)


def examples() -> list[Example]:
    """Rows 0 and 2 have the same target; equal scores, shares of a half and two quarters."""
    counts, target = numpy.array([50, 25, 25]), numpy.array([0, 1, 0])
    # exp(-ln Q) is 2, 4, 2. Row 0: 2 against 2 + 4; row 1: 4 against 4 + 2 + 2.
    value = numpy.log(numpy.array([3.0, 2.0, 3.0]))
    return [Example((numpy.zeros((3, 3)), target, counts), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A frequent target that three rows have, others that come once."""
    vocab_size, batch_size = 12, int(rng.integers(6, 9))
    counts = numpy.sort(rng.integers(2, 400, size=vocab_size))[::-1].copy()
    others = rng.permutation(numpy.arange(1, vocab_size))[: batch_size - 3]
    target = rng.permutation(numpy.concatenate([[0, 0, 0], others]))
    return rng.normal(scale=1.5, size=(batch_size, batch_size)), target, counts


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the loss."""
    scores, target, counts = (numpy.asarray(value) for value in inputs(rng))
    once = numpy.asarray(answer(scores, target, counts))
    wider = numpy.pad(scores, ((0, 1), (0, 1)), mode="reflect")
    own = int(target[0])
    twice = numpy.asarray(answer(wider, numpy.append(target, own), counts))
    rows = numpy.flatnonzero(target == own)
    law = "one more column of a row's own target changes nothing for the row"
    yield Identity(law, twice[rows], once[rows])
    yield Identity("ten times the text changes nothing", answer(scores, target, 10 * counts), once)
    yield Identity("raising all scores by 900 changes nothing", answer(scores + 900.0, target, counts), once)
    single = numpy.arange(len(target))
    full = numpy.logaddexp.reduce(scores, axis=1) - numpy.diagonal(scores)
    law = "if every word is once in the batch and in the text it is the full softmax"
    yield Identity(law, answer(scores, single, numpy.ones(len(target))), full)
