"""The cross-entropy of a softmax over the target and a few candidates, with the gradient made in place.

The candidates' scores are one matrix product, and the target of each position has one score of its own. A
last column of the same array takes those, so that scores (N, S + 1) become log-probabilities and then the
gradient p - onehot without a copy:

    s_ic = h_i . w_c + b_c,    s_i = h_i . w_{y_i} + b_{y_i},    loss_i = -s_i + log(exp s_i + sum_c exp s_ic)

MXNet's operators would write and read some ten arrays of that size between the products. Positions go in
lanes (see `lanes`), each with scores and gradients of its own.
"""

from __future__ import annotations

from typing import Any, Sequence

import numpy

from ..backend import autograd, nd
from ..backend.arrays import as_ids
from ..backend.function import Function
from .linear_cross_entropy import write_at
from .row_split import lanes


def sampled_cross_entropy(hidden: Any, rows: Any, shift: Any, num_sampled: int, removed: Any = None) -> Any:
    """The loss of each position in nats, (N,).

    hidden (N, d); rows (S + N, d) and shift (S + N,): the vectors of the candidates and then of the targets,
    and what is added to their scores. `removed` (2, n) on the host, if given: positions in rising order, and
    candidates that are left out of their sums. Gradients flow to hidden, rows and shift; second derivatives
    are not there.
    """
    removed = numpy.zeros((2, 0), dtype=numpy.int32) if removed is None else removed
    return _SampledCrossEntropy(num_sampled, removed, autograd.is_recording())(rows, shift, hidden)


class _SampledCrossEntropy(Function):
    """One call; MXNet takes a new object for each."""

    def __init__(self, size: int, removed: numpy.ndarray, with_gradient: bool) -> None:
        self._size = size  # S
        self._removed = removed
        self._with_gradient = with_gradient

    def forward(self, *inputs: Any) -> Any:
        rows, shift, hidden = (array.as_nd_ndarray().detach() for array in inputs)
        self._hidden, self._target_rows = hidden, rows[self._size :]
        parts = lanes(hidden.shape[0], hidden.ctx)
        removed = self._removed_of(parts)
        # The last of these columns belongs to the first target's row, which lies there: it is written over.
        table = rows[: self._size + 1], shift[: self._size + 1]
        # The products come first: what else there is to do is put in line while they run.
        self._lanes = [_Lane(hidden[begin:end], *table, self._with_gradient) for begin, end in parts]
        # A sum along the rows, and below a copy along them, is a product with ones: oneDNN's, and faster.
        ones = nd.ones((1, hidden.shape[1]), ctx=hidden.ctx, dtype=hidden.dtype)
        right = nd.FullyConnected(hidden * self._target_rows, ones, num_hidden=1, no_bias=True).reshape(-1)
        right += shift[self._size :]  # (N,)
        for lane, (begin, end), places in zip(self._lanes, parts, removed):
            lane.normalise(right[begin:end], places)
        return (-nd.concat(*(lane.log_prob for lane in self._lanes), dim=0)).as_np_ndarray()

    def _removed_of(self, parts: list[tuple[int, int]]) -> list[Any]:
        """What is left out in each lane, (2, n) on the device, or None."""
        begins, stop = [begin for begin, _ in parts], parts[-1][1]
        cuts = numpy.searchsorted(self._removed[0], [*begins, stop]).tolist()
        starts = numpy.repeat([begins, [0] * len(parts)], numpy.diff(cuts), axis=1)
        places = as_ids(self._removed - starts, self._hidden.ctx).as_nd_ndarray()
        return [places[:, first:last] if first < last else None for first, last in zip(cuts, cuts[1:])]

    def backward(self, out_grad: Any, gradients: Sequence[Any]) -> None:
        factors, hidden, size = out_grad.asnumpy(), self._hidden, self._size
        alike = (factors == factors[0]).all()
        begin = 0
        for lane in self._lanes:
            lane.backward(None if alike else out_grad[begin : begin + lane.size])
            begin += lane.size
        right = nd.concat(*(lane.right_gradient for lane in self._lanes), dim=0)  # (N,)
        ones = nd.ones((hidden.shape[1], 1), ctx=hidden.ctx, dtype=hidden.dtype)
        alike_in_rows = nd.FullyConnected(right.reshape((-1, 1)), ones, num_hidden=ones.size, no_bias=True)
        to_rows, to_shift, to_hidden = gradients
        if to_hidden is not None:
            nd.elemwise_mul(self._target_rows, alike_in_rows, out=to_hidden)
            begin = 0
            for lane in self._lanes:
                to_hidden[begin : begin + lane.size] += lane.to_hidden
                begin += lane.size
        if to_rows is not None:
            nd.elemwise_mul(hidden, alike_in_rows, out=to_rows[size:])
            nd.add_n(*(lane.to_rows[:size] for lane in self._lanes), out=to_rows[:size])
        if to_shift is not None:
            nd.add_n(*(lane.to_shift[:size] for lane in self._lanes), out=to_shift[:size])
            to_shift[size:] = right
        if alike and factors[0] != 1:
            for gradient in gradients:
                if gradient is not None:
                    gradient *= float(factors[0])


class _Lane:
    """Some of the positions: their scores, which become probabilities, and the gradients of the sum of their
    losses by what made them.
    """

    def __init__(self, hidden: Any, rows: Any, shift: Any, with_gradient: bool) -> None:
        variables = [array.detach() for array in (hidden, rows, shift)]
        self.size = hidden.shape[0]
        self._with_gradient = with_gradient
        if with_gradient:
            gradients = [nd.empty(x.shape, ctx=x.ctx, dtype=x.dtype) for x in variables]
            self.to_hidden, self.to_rows, self.to_shift = gradients
            autograd.mark_variables(variables, gradients, "write")
        with autograd.record() if with_gradient else autograd.pause():
            self._scores = nd.FullyConnected(*variables, num_hidden=rows.shape[0])  # (n, S + 1)

    def normalise(self, right: Any, removed: Any) -> None:
        """Put the targets' scores (n,) into the last column, leave out `removed`, and take the softmax."""
        scores, (size, end) = self._scores, self._scores.shape
        with autograd.pause():
            positions = nd.arange(size, ctx=scores.ctx, dtype="int32")
            last = nd.stack(positions, nd.full(positions.shape, end - 1, ctx=scores.ctx, dtype="int32"))
            write_at(scores, last, right)
            if removed is not None:
                lowest = -1e38 if scores.dtype == numpy.float32 else -3e4  # e^lowest is 0
                low = nd.full(removed.shape[1:], lowest, ctx=scores.ctx, dtype=scores.dtype)
                write_at(scores, removed, low)
            nd.log_softmax(scores, axis=-1, out=scores)
            self.log_prob = nd.slice_axis(scores, axis=1, begin=end - 1, end=end).reshape(-1)  # (n,)
            if self._with_gradient:
                nd.softmax(scores, axis=-1, out=scores)  # of log-probabilities: the probabilities
                self._right = nd.exp(self.log_prob) - 1
                write_at(scores, last, nd.zeros_like(self.log_prob))

    def backward(self, factors: Any = None) -> None:
        """The gradients, each position's multiplied by its factor (n,) if given."""
        scores, self.right_gradient = self._scores, self._right
        if factors is not None:
            scores, self.right_gradient = scores * factors.reshape((-1, 1)), self._right * factors
        self._scores.backward(scores, retain_graph=True)
