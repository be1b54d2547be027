"""Before: "The Data" in the chapter on sampled softmax."""

import numpy


def carried_state(step, ids, batch_size, bptt, state):
    """Read a text once, in batches whose state carries over, and return the mean loss of its words.

    The text is cut into B columns of n = (N - 1) // B words, which are read side by side: column b has the
    words ids[b * n] to ids[b * n + n - 1]. A batch is the next bptt rows of all columns; the last one may be
    shorter. The targets are the words that follow the inputs in the text. What remains at the end of the text
    is left out.

    Parameters
    ----------
    step : a function; step(inputs (T, B), targets (T, B), state (B,)) trains on a batch and returns its
        losses (T, B) and the state (B,) after it.
    ids : (N,) int, the text, with N above B.
    batch_size : int, B.
    bptt : int, the most rows of a batch.
    state : (B,) float, the state before the first batch.

    Returns
    -------
    float: the mean of the losses of all words that were predicted.

    >>> def step(inputs, targets, state):
    ...     print(inputs.tolist(), targets.tolist())
    ...     return numpy.ones(inputs.shape), state
    >>> carried_state(step, numpy.arange(5), 2, 1, numpy.zeros(2))
    [[0, 2]] [[1, 3]]
    [[1, 3]] [[2, 4]]
    1.0
    """
    raise NotImplementedError
