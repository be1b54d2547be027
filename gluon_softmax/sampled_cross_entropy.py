"""The cross-entropy of a softmax over the target and a few candidates, with the gradient made in place.

The candidates' scores are one matrix product, and the target of each position has one score of its own. A
last column of the same array takes those, so that scores (N, S + 1) become log-probabilities and then the
gradient p - onehot without a copy:

    s_ic = h_i . w_c + b_c,    s_i = h_i . w_{y_i} + b_{y_i},    loss_i = -s_i + log(exp s_i + sum_c exp s_ic)

MXNet's operators would write and read some ten arrays of that size between the products.
"""

from __future__ import annotations

from typing import Any

import numpy

from .backend import autograd, nd
from .function import Function
from .linear_cross_entropy import write_at


def sampled_cross_entropy(
    hidden: Any, rows: Any, shift: Any, num_sampled: int, removed: Any = None, learned: Any = (True, True)
) -> Any:
    """The loss of each position in nats, (N,).

    hidden (N, d); rows (S + N, d) and shift (S + N,): the vectors of the candidates and then of the targets,
    and what is added to their scores. `removed` (2, n), if given: positions and candidates that are left out
    of the sum. Gradients flow to hidden and to those of rows and shift that are `learned`; second derivatives
    are not there.
    """
    function = _SampledCrossEntropy(num_sampled, removed, learned, (rows, shift), autograd.is_recording())
    # As in `linear_cross_entropy`: MXNet stops at the first gradient that nobody asked for, and drops what
    # should be added to another.
    return function(*(array for array, wanted in zip((rows, shift), learned) if wanted), hidden * 1)


class _SampledCrossEntropy(Function):
    """One call; MXNet takes a new object for each."""

    def __init__(self, size: int, removed: Any, learned: Any, tables: Any, with_gradient: bool) -> None:
        super().__init__()
        self._size = size  # S
        self._removed = removed
        self._learned = learned
        self._tables = [table.as_nd_ndarray().detach() for table in tables]
        self._with_gradient = with_gradient

    def forward(self, *inputs: Any) -> Any:
        size, end = self._size, self._size + 1
        hidden, (rows, shift) = inputs[-1].as_nd_ndarray().detach(), self._tables
        target_rows = rows[size:]  # (N, d)
        # A sum along the rows, and below a copy along them, is a product with ones: oneDNN's, and faster.
        ones = nd.ones((1, hidden.shape[1]), ctx=hidden.ctx, dtype=hidden.dtype)
        right = nd.FullyConnected(hidden * target_rows, ones, num_hidden=1, no_bias=True).reshape(-1)
        right += shift[size:]  # (N,)
        # The last of these columns belongs to the first target's row, which lies there: it is written over.
        variables = [hidden, rows[:end], shift[:end]]
        if self._with_gradient:
            like = [hidden, rows, shift]
            self._gradients = [nd.empty(x.shape, ctx=x.ctx, dtype=x.dtype) for x in like]
            views = [self._gradients[0], *(gradient[:end] for gradient in self._gradients[1:])]
            autograd.mark_variables(variables, views, "write")
        with autograd.record() if self._with_gradient else autograd.pause():
            scores = nd.FullyConnected(*variables, num_hidden=end)  # (N, S + 1)
        with autograd.pause():
            positions = nd.arange(hidden.shape[0], ctx=hidden.ctx, dtype="int32")
            last = nd.stack(positions, nd.full(positions.shape, size, ctx=hidden.ctx, dtype="int32"))
            write_at(scores, last, right)
            if self._removed is not None:
                lowest = -1e38 if hidden.dtype == numpy.float32 else -3e4  # e^lowest is 0
                places = self._removed.as_nd_ndarray()
                write_at(
                    scores, places, nd.full(places.shape[1:], lowest, ctx=hidden.ctx, dtype=hidden.dtype)
                )
            nd.log_softmax(scores, axis=-1, out=scores)
            log_prob = nd.slice_axis(scores, axis=1, begin=size, end=end).reshape(-1)
            if self._with_gradient:
                nd.softmax(scores, axis=-1, out=scores)  # of log-probabilities: the probabilities
                self._right_gradient = nd.exp(log_prob) - 1
                write_at(scores, last, nd.zeros_like(log_prob))
            self._scores, self._inputs = scores, (hidden, target_rows)
            return (-log_prob).as_np_ndarray()

    def backward(self, out_grad: Any) -> Any:
        """MXNet calls this on a thread of its own, where arrays are legacy ones."""
        factors, size = out_grad.asnumpy(), self._size  # (N,)
        scores, right = self._scores, self._right_gradient
        alike = (factors == factors[0]).all()
        if not alike:
            weights = out_grad.as_nd_ndarray()
            scores, right = scores * weights.reshape((-1, 1)), right * weights
        self._scores.backward(scores, retain_graph=True)
        with autograd.pause():
            hidden, target_rows = self._inputs
            to_hidden, to_rows, to_shift = self._gradients
            ones = nd.ones((hidden.shape[1], 1), ctx=hidden.ctx, dtype=hidden.dtype)
            alike_in_rows = nd.FullyConnected(
                right.reshape((-1, 1)), ones, num_hidden=ones.size, no_bias=True
            )
            nd.elemwise_mul(hidden, alike_in_rows, out=to_rows[size:])
            to_shift[size:] = right
            to_hidden += target_rows * alike_in_rows
            if alike and factors[0] != 1:
                for gradient in self._gradients:
                    gradient *= float(factors[0])
        wanted = [gradient for gradient, learned in zip((to_rows, to_shift), self._learned) if learned]
        return (*wanted, to_hidden)
