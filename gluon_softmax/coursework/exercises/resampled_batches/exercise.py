"""Batches whose noise is drawn anew."""

from __future__ import annotations

from itertools import islice
from typing import Callable, Iterable, Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="Noise drawn anew for each batch",
    chapter="negative_sampling",
    section="The Data",
    kind="code",
    minutes=40,
    hand_in="resampled_batches(windows, draw, batch_size, num_noise_words, num_epochs): yields the batches",
    right_when="no noise is used twice, and never more than one batch is held beyond the one handed out",
    source="Dive into Deep Learning, section 15.4, the last exercise",
    hints=(
        "Write a generator: a batch is made when it is asked for, so what is not asked for takes no memory.",
        "Call windows() at the beginning of each epoch; what it returns can be read through once.",
        "Take one window at a time into a list; when it has batch_size of them, hand out and begin anew.",
        "itertools.islice(stream, batch_size) takes a batch and loses nothing; an empty one ends the epoch.",
    ),
)
MAX_BATCHES = 500  # of an answer that never ends


def probe(answer: Callable[..., Iterable[object]], arguments: tuple[object, ...]) -> dict[str, object]:
    """The batches, and how far the reading and the drawing were ahead of what had been handed out.

    One batch ahead is allowed, so that answers which prepare the next one pass.
    """
    text, stream, batch_size, num_noise_words, num_epochs = arguments
    read = drawn = begun = 0

    def windows() -> Iterator[tuple[int, list[int]]]:
        nonlocal begun
        begun += 1
        return read_on()

    def read_on() -> Iterator[tuple[int, list[int]]]:
        nonlocal read
        for center, contexts in text:
            read += 1
            yield int(center), [int(word) for word in contexts]

    def draw(n: int) -> numpy.ndarray:
        nonlocal drawn
        drawn += n
        return numpy.take(stream, numpy.arange(drawn - n, drawn), mode="wrap")

    batches, windows_ahead, words_ahead, rows, words = [], [], [], 0, 0
    one_batch = batch_size * num_noise_words * max(len(contexts) for _, contexts in text)
    for batch in islice(answer(windows, draw, batch_size, num_noise_words, num_epochs), MAX_BATCHES):
        batches.append(copy_of(batch))
        rows, words = rows + len(batches[-1][0]), words + sum(row.size for row in batches[-1][2])
        windows_ahead.append(max(0, read - rows - batch_size))
        words_ahead.append(max(0, drawn - words - one_batch))
    return {
        "batches": batches,
        "windows read ahead": windows_ahead,
        "noise words drawn ahead": words_ahead,
        "calls of windows()": begun,
    }


def copy_of(batch: object) -> tuple[numpy.ndarray, list[numpy.ndarray], list[numpy.ndarray]]:
    """What a batch holds now; it may be filled again later."""
    try:
        centers, contexts, noise = batch
    except (TypeError, ValueError):
        raise TypeError(f"a batch is (centers, contexts, noise); got {batch!r}") from None
    rows = ([numpy.array(row) for row in part] for part in (contexts, noise))
    return numpy.array(centers), *rows


def examples() -> list[Example]:
    """Three windows in batches of two, with one noise word a context, for two epochs."""
    text = [(1, [2]), (2, [1, 3]), (3, [2])]
    stream = numpy.arange(10, 20)
    batches = [
        ([1, 2], [[2], [1, 3]], [[10], [11, 12]]),
        ([3], [[2]], [[13]]),
        ([1, 2], [[2], [1, 3]], [[14], [15, 16]]),
        ([3], [[2]], [[17]]),
    ]
    seen = {"windows read ahead": [0] * 4, "noise words drawn ahead": [0] * 4, "calls of windows()": 2}
    return [Example((text, stream, 2, 1, 2), {"batches": batches, **seen})]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Six full batches and a part of one, for two or three epochs."""
    batch_size = int(rng.integers(2, 5))
    text = [
        (int(rng.integers(1, 90)), rng.integers(1, 90, size=int(rng.integers(1, 5))).tolist())
        for _ in range(6 * batch_size + int(rng.integers(1, batch_size)))
    ]
    stream = rng.integers(100, 10_000, size=997)
    return text, stream, batch_size, int(rng.integers(1, 4)), int(rng.integers(2, 4))


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the batches."""
    text, stream, batch_size, num_noise_words, _ = inputs(rng)
    batches = answer(text, stream, batch_size, num_noise_words, 2)["batches"]
    centers = [int(center) for batch in batches for center in batch[0]]
    yield Identity("each epoch has every window once", centers, [center for center, _ in text] * 2)
    noise = numpy.array([word for batch in batches for row in batch[2] for word in row])
    drawn = numpy.take(stream, numpy.arange(len(noise)), mode="wrap")
    yield Identity("every drawn word is noise once, in the order of the draws", noise, drawn)
