"""Column b reads its part of the text from top to bottom, so its state after a batch fits its next batch.

A state summarises all words before; carried on it is as if the column were read in one piece, and only the
gradient ends at the batch's first row. That is why the loss does not depend on bptt as long as nothing is
learned in between.
"""

import numpy


def carried_state(step, ids, batch_size, bptt, state):
    """Return the mean loss, word by word."""
    length = (len(ids) - 1) // batch_size
    total, count, start = 0.0, 0, 0
    while start < length:
        rows = range(start, min(start + bptt, length))
        inputs = [[ids[column * length + row] for column in range(batch_size)] for row in rows]
        targets = [[ids[column * length + row + 1] for column in range(batch_size)] for row in rows]
        losses, state = step(numpy.array(inputs), numpy.array(targets), state)
        total += float(losses.sum())
        count += losses.size
        start += bptt
    return total / count
