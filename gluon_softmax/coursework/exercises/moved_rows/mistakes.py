"""What goes wrong with the rows that move; the optimizers once more, in NumPy."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

_LR = 0.1
MISTAKES = {
    "moments_forgotten": Mistake(
        "For Adam the rows with a gradient in the last batch are given, as for sgd: its moments were lost, "
        "by a Trainer made anew, or not thought of. They go on moving rows whose gradient is 0.",
        "Training",
    ),
    "lazy_is_adam": Mistake(
        "With a sparse gradient Adam's rows are those of a dense one. sparse_grad=True makes Adam lazy: a "
        "row that is absent from the batch keeps its moments and stays where it is.",
        "Exercises",
        "https://github.com/apache/mxnet/issues/17728",
    ),
    "rows_of_the_batch": Mistake(
        "The rows that the last batch looked up are listed, padding included, and nothing was compared. "
        "Look at the table before and after the step.",
        "The Embedding Layer",
    ),
    "from_the_start": Mistake(
        "The table was compared with what it was before the first step, so all steps are in the answer. "
        "Take a copy just before the last one.",
        "Training",
    ),
    "weight_decay": Mistake(
        "The Trainer had a weight decay, which pulls at every row of a dense table, whether it was read or "
        "not. Leave it at 0 to see what the optimizer does by itself.",
        "Training",
    ),
}


def moved_rows(table, batches, optimizer, sparse_grad, *, wrong):
    """Return the rows that the last step moves, with the mistakes in `wrong`."""
    if "rows_of_the_batch" in wrong:
        return numpy.unique(batches[-1][0])
    decay = 0.01 if "weight_decay" in wrong else 0.0
    lazy = sparse_grad and not (optimizer == "adam" and "lazy_is_adam" in wrong)
    table = table.astype("float64")
    before, m, v = table.copy(), numpy.zeros_like(table), numpy.zeros_like(table)
    for ids, weight in batches:
        if "from_the_start" not in wrong:
            before = table.copy()
        if "moments_forgotten" in wrong:
            m, v = numpy.zeros_like(table), numpy.zeros_like(table)
        touched = numpy.isin(numpy.arange(len(table)), ids) if lazy else numpy.ones(len(table), dtype=bool)
        gradient = numpy.bincount(ids, weight, minlength=len(table))[:, None] + decay * table
        m, v = (
            numpy.where(touched[:, None], rate * state + (1 - rate) * power, state)
            for rate, state, power in ((0.9, m, gradient), (0.999, v, gradient**2))
        )
        step = m / (numpy.sqrt(v) + 1e-8) if optimizer == "adam" else gradient
        table = table - _LR * step * touched[:, None]
    return numpy.flatnonzero((table != before).any(axis=1))
