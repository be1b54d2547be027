"""Before: "The Embedding Layer" in the chapter on negative sampling, and its first exercise."""

import numpy


def rows_written(ids, vocab_size, num_states):
    """Return how many rows one training step of a table reads and writes.

    Count whole rows, in these stages. "State" is a table of the optimizer's of the same shape.

    ========  =========================================================================================
    copy      sparse only: each different word's row is read and written to a small table of its own
    lookup    for each of the n positions a row is read (dense: of the table) and written to the output
    gradient  for each position the output's gradient is read; the gradient of the table is written:
              dense, all V rows, zeros included; sparse, one row for each different word
    update    gradient, weight and all states are read, weight and all states are written: dense, all V
              rows of each; sparse (lazy), the rows of the different words
    ========  =========================================================================================

    Parameters
    ----------
    ids : (n,) int, the ids that the batch looks up; a word may be there several times.
    vocab_size : int, the number V of rows of the table.
    num_states : int, the optimizer's tables: 0 for sgd, 1 for adagrad, 2 for adam.

    Returns
    -------
    A dict: "dense", the rows (read, written) with a dense gradient; "sparse", the same with a row-sparse one;
    "from_size", the smallest V at which the sparse step would write fewer rows for this batch.

    >>> rows_written(numpy.array([4, 4, 1]), 10, 0)
    {'dense': (26, 23), 'sparse': (12, 9), 'from_size': 4}
    """
    raise NotImplementedError
