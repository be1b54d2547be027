"""Right answers of another kind."""

import numpy


def with_strides(step, ids, batch_size, bptt, state, dtype="int64"):
    """Two tables, reshaped and transposed; lists of lists are handed on."""
    n = (len(ids) - 1) // batch_size * batch_size
    inputs, targets = (
        numpy.asarray(part, dtype).reshape(batch_size, -1).T for part in (ids[:n], ids[1 : n + 1])
    )
    losses = []
    for i in range(0, len(inputs), bptt):
        loss, state = step(inputs[i : i + bptt].tolist(), targets[i : i + bptt].tolist(), list(state))
        losses.append(loss.ravel())
    return numpy.concatenate(losses).mean()


def by_recursion(step, ids, batch_size, bptt, state):
    """A batch, then the rest; the state is an array that is written in place."""
    length = (len(ids) - 1) // batch_size
    own = numpy.array(state)

    def read(row):
        if row >= length:
            return numpy.zeros(2)
        places = numpy.add.outer(
            numpy.arange(row, min(row + bptt, length)), numpy.arange(batch_size) * length
        )
        losses, own[:] = step(ids[places], ids[places + 1], own)
        return numpy.array([losses.sum(), losses.size]) + read(row + bptt)

    total, count = read(0)
    return numpy.float32(total / count)
