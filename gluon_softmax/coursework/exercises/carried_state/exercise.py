"""Truncated back-propagation through time: batches whose state carries over."""

from __future__ import annotations

from typing import Callable, Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="The state that is carried on",
    chapter="sampled_softmax",
    section="The Data",
    kind="code",
    minutes=35,
    hand_in="carried_state(step, ids, batch_size, bptt, state): the mean loss, after one pass over the text",
    right_when="each column reads its part of the text word after word, whatever bptt is",
    source="Dive into Deep Learning, section 9.3.3; Zaremba et al. 2014, section 4.1",
    hints=(
        "Cut the text into B parts of the same length; part b is what column b reads from top to bottom.",
        "N words have N - 1 followers, so a part has n = (N - 1) // B words: ids[b * n], ids[b * n + 1] ...",
        "A batch takes the next bptt rows of all columns; its targets are the words one place on.",
        "Hand on the state that a step returns. Add up losses, not means: the last batch is shorter.",
    ),
)


def examples() -> list[Example]:
    """Eleven words as two columns of five, three and two rows at a time."""
    ids = numpy.arange(10, 21)
    want = {
        "inputs": [numpy.array([[10, 15], [11, 16], [12, 17]]), numpy.array([[13, 18], [14, 19]])],
        "targets": [numpy.array([[11, 16], [12, 17], [13, 18]]), numpy.array([[14, 19], [15, 20]])],
        "states": [numpy.array([0.0, 0.0]), numpy.array([20.0, 28.75])],
        "mean loss": 4.034375,
    }
    return [Example((ids, 2, 3, numpy.zeros(2)), want)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A text that fills neither the columns nor the last batch."""
    batch_size, bptt = int(rng.integers(2, 5)), int(rng.integers(3, 6))
    length = bptt * int(rng.integers(2, 4)) + int(rng.integers(1, bptt))
    ids = rng.integers(1, 30, size=batch_size * length + 1 + int(rng.integers(1, batch_size)))
    return ids, batch_size, bptt, rng.normal(size=batch_size)


def probe(answer: Callable[..., object], arguments: tuple[object, ...]) -> dict[str, object]:
    """Give a step that notes what it gets; a small net's stand-in, half of whose state is the word before."""
    ids, batch_size, bptt, state = arguments
    seen: dict[str, list[numpy.ndarray]] = {"inputs": [], "targets": [], "states": []}

    def step(inputs: object, targets: object, state: object) -> tuple[numpy.ndarray, numpy.ndarray]:
        rows, next_rows = numpy.array(inputs), numpy.array(targets)
        carried = numpy.array(state, dtype=float)
        if rows.ndim != 2 or rows.shape != next_rows.shape or carried.shape != rows.shape[1:]:
            raise ValueError(
                "step takes inputs and targets (T, B) and a state (B,); "
                f"got {rows.shape}, {next_rows.shape} and {carried.shape}"
            )
        for kind, value in (("inputs", rows), ("targets", next_rows), ("states", carried)):
            seen[kind].append(value)
        losses = numpy.empty(rows.shape)
        for place in range(len(rows)):
            carried = 0.5 * carried + rows[place]
            losses[place] = abs(next_rows[place] - 0.5 * carried)
        return losses, carried

    mean_loss = answer(step, ids, batch_size, bptt, state)
    return {**seen, "mean loss": mean_loss}


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the batches."""
    ids, batch_size, _, state = inputs(rng)
    at_once, in_pieces = (answer(ids, batch_size, bptt, state) for bptt in (1000, 2))
    assert isinstance(at_once, dict) and isinstance(in_pieces, dict)
    yield Identity("the loss does not depend on bptt", in_pieces["mean loss"], at_once["mean loss"])
    joined = numpy.concatenate([numpy.asarray(rows) for rows in in_pieces["inputs"]])
    yield Identity("nor do the words that are read", joined, at_once["inputs"][0])
