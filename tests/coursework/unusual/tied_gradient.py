"""Unusual right answers."""

import numpy


def by_matrices(weight, inputs, target):
    """Write both uses as products with one-hot matrices, in float32."""
    eye = numpy.eye(len(weight), dtype="float32")
    weight = weight.astype("float32")
    scores = weight[inputs] @ weight.T
    shares = numpy.exp(scores) / numpy.exp(scores).sum(axis=1, keepdims=True)
    table = eye[inputs].T @ (shares - eye[target])  # (V, V): which inputs meet which outputs
    return table @ weight + table.T @ weight


def a_row_at_a_time(weight, inputs, target, step=1e-6):
    """Differentiate numerically, as nested lists."""

    def loss(table):
        scores = table[inputs] @ table.T
        return (numpy.logaddexp.reduce(scores, axis=1) - scores[range(len(inputs)), target]).sum()

    rows = []
    for w in range(weight.shape[0]):
        row = []
        for d in range(weight.shape[1]):
            value = weight[w, d]
            weight[w, d] = value + step
            above = loss(weight)
            weight[w, d] = value - step
            row.append((above - loss(weight)) / (2 * step))
            weight[w, d] = value
        rows.append(row)
    return rows
