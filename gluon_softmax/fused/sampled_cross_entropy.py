"""The cross-entropy of a softmax over the target and a few candidates, with the gradient made in place.

    s_ic = h_i . w_c + b_c,    s_i = h_i . w_{y_i} + b_{y_i},    loss_i = -s_i + log(exp s_i + sum_c exp s_ic)

The candidates' scores are one matrix product, and each position's target has one score of its own. One array
(N, S + 1) is to hold both, so that scores become log-probabilities and then the gradient p - onehot without a
copy. So the product is made one column wider: it borrows the row after the candidates' rows, which is the
first target's, and each position's own score is then written over that column::

    rows      w_1  w_2  ...  w_S | w_{y_1}  w_{y_2} ...  w_{y_N}      (S + N, d)
              `--------- product ---------'

    scores    s_11 s_12 ... s_1S | h_1 . w_{y_1}   <-  s_1            (N, S + 1)
              s_21 s_22 ... s_2S | h_2 . w_{y_1}   <-  s_2
                    ...          |      ...             ...
              s_N1 s_N2 ... s_NS | h_N . w_{y_1}   <-  s_N
                                   borrowed            written over it

    gradient  p_11 p_12 ... p_1S |      0          and p(y_1) - 1 apart from it, (N,)

The last column's part of the gradient belongs to the targets' rows and not to the borrowed one, so it is
kept as an array of its own and 0 is written in its place: the product's backward then adds nothing to the
borrowed row. MXNet's operators would write and read some ten arrays of that size between the products.
Positions are split into parts (see `split_rows`), each with scores and gradients of its own.
"""

from __future__ import annotations

from typing import Sequence

import numpy

from ..backend import autograd, nd
from ..backend.arrays import as_ids, unordered_view
from ..backend.function import Function
from ..backend.ops import fully_connected_backward
from ..utils.types import Array, Context
from .linear_cross_entropy import write_at
from .row_split import split_rows


def sampled_cross_entropy(
    hidden: Array, rows: Array, shift: Array, num_sampled: int, removed: numpy.ndarray | None = None
) -> Array:
    """The loss of each position in nats, (N,).

    hidden (N, d); rows (S + N, d) and shift (S + N,): the vectors of the candidates and then of the targets,
    and what is added to their scores. `removed` (2, n) on the host, if given: positions in rising order, and
    candidates that are left out of their sums. Gradients flow to hidden, rows and shift; second derivatives
    do not exist. The backward reads hidden and rows when the engine calls it: until their gradients are there
    only what waits for these, such as a Trainer's step, may write to them.
    """
    removed = numpy.zeros((2, 0), dtype=numpy.int32) if removed is None else removed
    call = _SampledCrossEntropy(num_sampled, removed, autograd.is_recording())
    loss: Array = call(rows, shift, hidden)
    return loss


class _SampledCrossEntropy(Function):
    """One call; MXNet takes a new object for each."""

    def __init__(self, num_sampled: int, removed: numpy.ndarray, with_gradient: bool) -> None:
        self._num_sampled = num_sampled  # S
        self._removed = removed
        self._with_gradient = with_gradient

    def forward(self, *inputs: Array) -> Array:
        self._inputs = [array.as_nd_ndarray().detach() for array in inputs]
        rows, shift, hidden = self._inputs
        size = self._num_sampled
        spans = split_rows(hidden.shape[0], hidden.ctx)
        removed = self._removed_of(spans, hidden.ctx)
        table = rows[: size + 1], shift[: size + 1]  # one more than the candidates: the borrowed column
        # The products are queued first: the host prepares the rest while they run.
        self._parts = [
            _RowPart(begin, hidden[begin:end], *table, self._with_gradient) for begin, end in spans
        ]
        # A sum along the rows, and below a copy along them, is a product with ones: oneDNN's, and faster.
        ones = nd.ones((1, hidden.shape[1]), ctx=hidden.ctx, dtype=hidden.dtype)
        products = hidden * rows[size:]
        target_scores = nd.FullyConnected(products, ones, num_hidden=1, no_bias=True).reshape(-1)
        target_scores += shift[size:]  # (N,)
        for part, places in zip(self._parts, removed):
            part.normalise(target_scores[part.begin : part.end], places)
        return (-nd.concat(*(part.log_prob for part in self._parts), dim=0)).as_np_ndarray()

    def _removed_of(self, spans: list[tuple[int, int]], ctx: Context) -> list[Array | None]:
        """What is left out in each part, (2, n) on the device, or None."""
        begins, stop = [begin for begin, _ in spans], spans[-1][1]
        cuts = numpy.searchsorted(self._removed[0], [*begins, stop]).tolist()
        starts = numpy.repeat([begins, [0] * len(spans)], numpy.diff(cuts), axis=1)
        places = as_ids(self._removed - starts, ctx).as_nd_ndarray()
        return [places[:, first:last] if first < last else None for first, last in zip(cuts, cuts[1:])]

    def backward(self, out_grad: Array, gradients: Sequence[Array | None]) -> None:
        factors, size = out_grad.asnumpy(), self._num_sampled
        # Forward has run, and what writes to these arrays waits for the gradients that come of them.
        rows, hidden = (unordered_view(self._inputs[i]) for i in (0, 2))
        alike = (factors == factors[0]).all()
        for part in self._parts:
            own = None if alike else out_grad[part.begin : part.end]
            part.backward(hidden[part.begin : part.end], rows[: size + 1], own)
        to_target_scores = nd.concat(*(part.to_target_scores for part in self._parts), dim=0)  # (N,)
        ones = nd.ones((hidden.shape[1], 1), ctx=hidden.ctx, dtype=hidden.dtype)
        column = to_target_scores.reshape((-1, 1))
        to_products = nd.FullyConnected(column, ones, num_hidden=ones.size, no_bias=True)  # (N, d)
        to_rows, to_shift, to_hidden = gradients
        if to_hidden is not None:
            nd.elemwise_mul(rows[size:], to_products, out=to_hidden)
            for part in self._parts:
                to_hidden[part.begin : part.end] += part.to_hidden
        if to_rows is not None:
            nd.elemwise_mul(hidden, to_products, out=to_rows[size:])
            nd.add_n(*(part.to_rows[:size] for part in self._parts), out=to_rows[:size])
        if to_shift is not None:
            nd.add_n(*(part.to_shift[:size] for part in self._parts), out=to_shift[:size])
            to_shift[size:] = to_target_scores
        if alike and factors[0] != 1:
            for gradient in gradients:
                if gradient is not None:
                    gradient *= float(factors[0])


class _RowPart:
    """Some of the positions, from `begin` on: their scores, which become probabilities, and the gradients.

    These are of the sum of their losses with respect to the hidden vectors, rows and shifts.
    """

    def __init__(self, begin: int, hidden: Array, rows: Array, shift: Array, with_gradient: bool) -> None:
        self.begin, self.end = begin, begin + hidden.shape[0]
        self._with_gradient = with_gradient
        with autograd.pause(train_mode=with_gradient):
            self._scores = nd.FullyConnected(hidden, rows, shift, num_hidden=rows.shape[0])  # (n, S + 1)

    def normalise(self, target_scores: Array, removed: Array | None) -> None:
        """Write the targets' scores (n,) over the borrowed column, leave out `removed`, take the softmax."""
        scores, (num_rows, end) = self._scores, self._scores.shape
        with autograd.pause():
            positions = nd.arange(num_rows, ctx=scores.ctx, dtype="int32")
            column = nd.full(positions.shape, end - 1, ctx=scores.ctx, dtype="int32")
            borrowed = nd.stack(positions, column)  # (2, n)
            write_at(scores, borrowed, target_scores)
            if removed is not None:
                lowest = -1e38 if scores.dtype == numpy.float32 else -3e4  # e^lowest is 0
                low = nd.full(removed.shape[1:], lowest, ctx=scores.ctx, dtype=scores.dtype)
                write_at(scores, removed, low)
            nd.log_softmax(scores, axis=-1, out=scores)
            self.log_prob = nd.slice_axis(scores, axis=1, begin=end - 1, end=end).reshape(-1)  # (n,)
            if self._with_gradient:
                nd.softmax(scores, axis=-1, out=scores)  # of log-probabilities: the probabilities
                self._slope = nd.exp(self.log_prob) - 1  # (n,), of the loss by the target's score
                write_at(scores, borrowed, nd.zeros_like(self.log_prob))

    def backward(self, hidden: Array, rows: Array, factors: Array | None = None) -> None:
        """The gradients, each position's multiplied by its factor (n,) if given.

        hidden (n, d) and rows (S + 1, d) are those of the forward.
        """
        slopes, self.to_target_scores = self._scores, self._slope
        if factors is not None:
            slopes, self.to_target_scores = slopes * factors.reshape((-1, 1)), self._slope * factors
        self.to_hidden, self.to_rows, self.to_shift = fully_connected_backward(slopes, hidden, rows)
