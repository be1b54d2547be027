"""Which rows of a table an optimizer moves."""

from __future__ import annotations

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise

EXERCISE = Exercise(
    title="Which rows move: sgd, lazy Adam, Adam",
    chapter="negative_sampling",
    section="Training",
    kind="measure",
    minutes=45,
    hand_in="moved_rows(table, batches, optimizer, sparse_grad): the rows that the last step has moved",
    right_when="sgd's rows do not depend on sparse_grad, and Adam's do",
    source="Dive into Deep Learning, section 15.4.5, exercise 1; Kingma and Ba 2015 (arXiv 1412.6980)",
    hints=(
        "embed = gs.Embedding(*table.shape, sparse_grad=sparse_grad); initialize(), then "
        "weight.set_data(...).",
        "One gluon.Trainer for all batches: a new one has no moments.",
        "The loss is (embed(ids) * weight.reshape(-1, 1)).sum(), recorded; then backward() and "
        "trainer.step(1).",
        "Keep a copy of the table before the last step, weight.data().asnumpy(), and compare row by row.",
    ),
    arrays="mxnet",
)
RUNS = (("sgd", False), ("sgd", True), ("adam", False), ("adam", True))


def examples() -> list[Example]:
    """Row 0 is in the first batch, 1 in both, 2 in the second; 3 in both, then as padding; 4 as padding."""
    table = numpy.arange(12, dtype="float32").reshape(6, 2) / 4 - 1
    first = (numpy.array([0, 1, 3]), numpy.array([1.0, 1.0, 1.0]))
    second = (numpy.array([1, 2, 2, 3, 4]), numpy.array([1.0, 0.5, 1.0, 0.0, 0.0]))
    value = {
        "sgd": {1, 2},
        "sgd, sparse_grad": {1, 2},
        "adam": {0, 1, 2, 3},
        "adam, sparse_grad": {1, 2, 3},
    }
    return [Example((table, (first, second)), value)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Rows of the first batch only, of both, of the second only; padding with and without moments."""
    num_rows = int(rng.integers(10, 15))
    only_first, both, only_second, padding, new_padding = (int(i) for i in rng.permutation(num_rows)[:5])
    table = rng.normal(size=(num_rows, 3)).astype("float32")
    first = numpy.array([only_first, both, padding, padding])
    second = numpy.array([both, only_second, only_second, padding, new_padding])
    weight = rng.uniform(0.5, 1.5, size=5)
    return table, ((first, weight[:4]), (second, weight * [1, 1, 1, 0, 0]))


def probe(answer: Answer, arguments: tuple[object, ...]) -> object:
    """Ask for both optimizers with both kinds of gradient."""
    table, batches = arguments
    found = {}
    for optimizer, sparse_grad in RUNS:
        copies = tuple((numpy.array(ids), numpy.array(weight)) for ids, weight in batches)
        rows = answer(numpy.array(table), copies, optimizer, sparse_grad)
        name = f"{optimizer}, sparse_grad" if sparse_grad else optimizer
        found[name] = {int(row) for row in rows}
    return found
