"""Before: "Training" in the chapter on negative sampling, and its first exercise."""

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, np


def moved_rows(table, batches, optimizer, sparse_grad):
    """Train an embedding for one step a batch, and return the rows that the last step has moved.

    Parameters
    ----------
    table : (V, d) float32, NumPy's; the weights at the start.
    batches : a tuple of pairs (ids, weight), one a step: ids (n,) int, weight (n,) float, NumPy's. The loss
    of a
        batch is the sum over its positions of weight times all d numbers of the row. A position with weight 0
        is padding.
    optimizer : "sgd" or "adam"; take the learning rate 0.1 and no weight decay.
    sparse_grad : bool, of ``gs.Embedding``.

    Returns
    -------
    The ids of the rows in which some number is not the same before and after the last step, in any order.

    >>> batches = ((numpy.array([0]), numpy.array([1.0])), (numpy.array([2]), numpy.array([1.0])))
    >>> sorted(moved_rows(numpy.ones((4, 2), dtype="float32"), batches, "adam", False))
    [0, 2]
    """
    raise NotImplementedError
