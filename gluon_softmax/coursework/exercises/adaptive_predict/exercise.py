"""The likeliest word without all tails."""

from __future__ import annotations

from typing import Callable, Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The likeliest word without all tails",
    chapter="adaptive_softmax",
    section="Two Softmaxes",
    kind="code",
    minutes=30,
    hand_in="adaptive_predict(head_log_prob, cutoffs, tail_log_prob): the likeliest word of each position",
    right_when="words are those of the whole table, and no tail was asked that cannot have the word",
    source="Grave et al. 2017; PyTorch, AdaptiveLogSoftmaxWithLoss.predict",
    hints=(
        "A word of a tail has p(tail) p(word | tail). Can it be likelier than the tail's slot?",
        "Begin with the best word of the head. Which tails may still have a better one?",
        "Ask a tail only if its slot's log-probability is above the best found so far.",
        "If slot + max(tail) is above the best, the word is cutoffs[i] + argmax(tail).",
    ),
)


def probe(answer: Callable[..., object], arguments: tuple[object, ...]) -> object:
    """The words, and how many tails were asked for though a word of the head is likelier than their slot."""
    head_log_prob, cutoffs, tails = arguments
    asked = set()

    def tail_log_prob(position: int, i: int) -> numpy.ndarray:
        asked.add((int(position), int(i)))
        return numpy.array(tails[int(i)][int(position)])

    words = answer(numpy.array(head_log_prob), cutoffs, tail_log_prob)
    best = head_log_prob[:, : cutoffs[0]].max(axis=1)
    needless = sum(head_log_prob[n, cutoffs[0] + i] <= best[n] for n, i in asked)
    return {"words": words, "tails asked for in vain": int(needless)}


def examples() -> list[Example]:
    """The word 6 of seven; the head where its slots are less likely; the head though a slot is likelier."""
    head = numpy.log([[0.1, 0.2, 0.25, 0.45], [0.5, 0.2, 0.15, 0.15], [0.1, 0.3, 0.2, 0.4]])
    first = numpy.log([[0.2, 0.4, 0.4], [0.8, 0.1, 0.1], [0.9, 0.05, 0.05]])
    second = numpy.log([[0.25, 0.75], [0.9, 0.1], [0.4, 0.6]])
    value = {"words": numpy.array([6, 0, 1]), "tails asked for in vain": 0}
    return [Example((head, (2, 5), (first, second)), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Rows that tell a likely slot from a likely word; the tails change places from row to row."""
    num_words, sizes = int(rng.integers(8, 12)), rng.integers(4, 8, size=2)
    rows, tails = [], ([], [])
    # the best word of the head, both slots, and the best word within each tail
    for best, slots, within in [
        (0.50, (0.20, 0.15), (0.80, 0.90)),  # no slot is likelier than the word
        (0.25, (0.35, 0.30), (0.50, 0.60)),  # both are, none of their words
        (0.10, (0.50, 0.30), (0.30, 0.90)),  # the less likely slot has the word
        (0.10, (0.30, 0.50), (0.60, 0.80)),
        (0.20, (0.45, 0.05), (0.90, 0.90)),
    ] * 2:
        order = rng.permutation(2)
        words = _with_best(rng, best * rng.uniform(0.98, 1.02), 1.0 - sum(slots), num_words)
        rows.append(numpy.append(words, numpy.array(slots)[order]))
        for i, k in enumerate(order):
            tails[i].append(_with_best(rng, within[k] * rng.uniform(0.98, 1.02), 1.0, int(sizes[i])))
    cutoffs = (num_words, num_words + int(sizes[0]))
    return numpy.log(rows), cutoffs, tuple(numpy.log(tail) for tail in tails)


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """The words are the argmax of all probabilities."""
    head, cutoffs, tails = inputs(rng)
    slots = head[:, cutoffs[0] :]
    whole = [head[:, : cutoffs[0]], *(slots[:, i, None] + tail for i, tail in enumerate(tails))]
    words = answer(head, cutoffs, tails)["words"]
    yield Identity("the words are those of the whole table", words, numpy.hstack(whole).argmax(axis=1))


def _with_best(rng: numpy.random.Generator, best: float, total: float, size: int) -> numpy.ndarray:
    """`size` probabilities that sum to `total`, one of them `best`, at a random place."""
    result = numpy.full(size, (total - best) / (size - 1))
    result[int(rng.integers(1, size))] = best
    return result
