"""The cross-entropy of a softmax over scores h W^T + b, without ever holding more than a few rows of scores.

On a CPU most of a large softmax's time goes into memory: scores, log-probabilities and their gradients are
each an (N, C) array that is allocated, written and read once. Here rows go through in blocks; there each
block's scores become log-probabilities, then the gradient, in place:

    loss_i = -log p_i[y_i],    d loss_i / d scores_i = p_i - onehot(y_i)

Since the gradient is at hand while the block is, it is multiplied into those of h and W at once. That is the
gradient of the plain sum of the losses; where the losses turn out to be weighted differently, the blocks are
gone through a second time. Rows go in lanes (see `lanes`), each with one small array that its blocks share
and gradients of its own.
"""

from __future__ import annotations

import itertools
from typing import Any, Iterator, Sequence

from ..backend import autograd, nd
from ..backend.arrays import as_ids
from ..backend.function import Function
from .row_split import lanes

_BLOCK = 1 << 22  # the most scores at once, 16 MiB
_ROWS = 1024  # of them at once where half a block has fewer: products of this size run at full speed
_LEAST_ROWS = 64  # with fewer a product, reading the weight for each would cost more than the scores
_MOST_SCORES = 2 * _BLOCK


def linear_cross_entropy(hidden: Any, target: Any, weight: Any, bias: Any = None) -> Any:
    """-log softmax(h W^T + b)[y] in nats: hidden (N, d), target (N,) ids below C, weight (C, d) and bias
    (C,) -> (N,).

    Gradients flow to hidden, weight and bias; second derivatives are not there.
    """
    ids = as_ids(target, hidden.ctx).as_nd_ndarray()
    parameters = [weight] if bias is None else [weight, bias]
    return _LinearCrossEntropy(ids, autograd.is_recording())(hidden, *parameters)


class _LinearCrossEntropy(Function):
    """One call; MXNet takes a new object for each."""

    def __init__(self, target: Any, with_gradient: bool) -> None:
        self._target = target  # (N,) int32
        self._with_gradient = with_gradient

    def forward(self, *inputs: Any) -> Any:
        self._inputs = [array.as_nd_ndarray().detach() for array in inputs]
        self._lanes = self._go_through(self._with_gradient)
        return nd.concat(*(loss for lane in self._lanes for loss in lane.losses), dim=0).as_np_ndarray()

    def backward(self, out_grad: Any, gradients: Sequence[Any]) -> None:
        factors = out_grad.asnumpy()  # (N,)
        factor, parts = float(factors[0]), self._lanes
        if (factors != factor).any():
            factor, parts = 1.0, self._go_through(True, out_grad)
        to_hidden, *to_parameters = gradients
        for lane in parts if to_hidden is not None else []:
            nd._internal._mul_scalar(
                lane.gradients[0], scalar=factor, out=to_hidden[lane.begin : lane.begin + lane.size]
            )
        for i, gradient in enumerate(to_parameters, start=1):
            if gradient is not None:
                nd.add_n(*(lane.gradients[i] for lane in parts), out=gradient)
                if factor != 1:
                    gradient *= factor

    def _go_through(self, with_gradient: bool, factors: Any = None) -> list[_Lane]:
        """The lanes with the losses, and with the gradients of their sum, weighted by `factors` if given."""
        hidden, *parameters = self._inputs
        cut = [
            _Lane(begin, hidden[begin:end], self._target[begin:end], parameters)
            for begin, end in lanes(hidden.shape[0], hidden.ctx)
        ]
        for _ in itertools.zip_longest(*(lane.steps(with_gradient, factors) for lane in cut)):
            pass  # a step of each in turn, so that no worker waits for the last lane's first
        return cut


class _Lane:
    """Some of the rows, from `begin` on: hidden (n, d) and target (n,), which go through in blocks.

    `losses` (n,) in pieces and `gradients` of hidden and parameters are there after the steps.
    """

    def __init__(self, begin: int, hidden: Any, target: Any, parameters: Sequence[Any]) -> None:
        self.begin, self.size = begin, hidden.shape[0]
        self._hidden, self._target, self._parameters = hidden, target, parameters
        self.losses: list[Any] = []
        self.gradients: list[Any] = []

    def steps(self, with_gradient: bool, factors: Any) -> Iterator[None]:
        num_classes = self._parameters[0].shape[0]
        parameters = [parameter.detach() for parameter in self._parameters]
        if with_gradient:
            self.gradients = [
                nd.empty(x.shape, ctx=x.ctx, dtype=x.dtype) for x in (self._hidden, *parameters)
            ]
        blocks = _blocks(self.size, num_classes)
        room = nd.empty((blocks[0][1], num_classes), ctx=self._hidden.ctx, dtype=self._hidden.dtype)
        for begin, end in blocks:
            rows = self._hidden[begin:end].detach()
            if with_gradient:
                autograd.mark_variables([rows], [self.gradients[0][begin:end]], "write")
                autograd.mark_variables(parameters, self.gradients[1:], "add" if begin else "write")
            with autograd.record() if with_gradient else autograd.pause():
                scores = nd.FullyConnected(
                    rows,
                    *parameters,
                    num_hidden=num_classes,
                    no_bias=len(parameters) == 1,
                    out=room[: end - begin],
                )  # (rows, C)
            yield
            with autograd.pause():
                target = self._target[begin:end]
                nd.log_softmax(scores, axis=-1, out=scores)
                log_prob = nd.pick(scores, target, axis=-1)  # (rows,)
                self.losses.append(-log_prob)
                if with_gradient:
                    places = nd.stack(nd.arange(end - begin, ctx=rows.ctx, dtype="int32"), target)
                    nd.softmax(scores, axis=-1, out=scores)  # of log-probabilities: the probabilities
                    write_at(scores, places, nd.exp(log_prob) - 1)  # p - onehot
                    if factors is not None:
                        scores *= factors[self.begin + begin : self.begin + end].reshape((-1, 1))
            if with_gradient:
                scores.backward(scores)
            yield


def _blocks(size: int, num_classes: int) -> list[tuple[int, int]]:
    """As many blocks of rows as are needed, all but equally long."""
    most = max(1, _BLOCK // num_classes)
    rows = max(min(_ROWS, most), most // 2, min(_LEAST_ROWS, _MOST_SCORES // num_classes))
    rows = -(-size // -(-size // rows))
    return [(begin, min(begin + rows, size)) for begin in range(0, size, rows)]


def write_at(scores: Any, places: Any, values: Any) -> None:
    """scores[i, j] = value at each of `places` (2, n)."""
    nd._internal._scatter_set_nd(lhs=scores, rhs=values, indices=places, shape=scores.shape, out=scores)
