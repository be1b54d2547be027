"""The cross-entropy of a softmax over scores h W^T + b, without ever holding more than a few rows of scores.

On a CPU most of a large softmax's time goes into memory: scores, log-probabilities and their gradients are
each an (N, C) array that is allocated, written and read once. Here rows go through in blocks that fit a
processor's cache; each block's scores become log-probabilities, then the gradient, in place:

    loss_i = -log p_i[y_i],    d loss_i / d scores_i = p_i - onehot(y_i)

Since the gradient is at hand while the block is, it is multiplied into those of h and W at once. That is the
gradient of the plain sum of the losses; where the losses turn out to be weighted differently, the blocks are
gone through a second time.
"""

from __future__ import annotations

from typing import Any, Iterator

import numpy

from .backend import autograd, nd

_BLOCK = 1 << 21  # scores at once, 8 MiB: the second-level cache of a server core is a quarter of that or more
_LEAST_ROWS = 64  # a product with fewer rows reads the weight more often than it pays
_MOST_SCORES = 3 * _BLOCK  # below 32 MiB, above which glibc gives every array fresh pages


def linear_cross_entropy(hidden: Any, target: numpy.ndarray, weight: Any, bias: Any = None) -> Any:
    """-log softmax(h W^T + b)[y] in nats: hidden (N, d), target (N,) host ids below C, weight (C, d), bias (C,)
    -> (N,).

    Gradients flow to hidden, weight and bias where they are asked for by ``grad_req="write"``; MXNet drops
    what a function of its users adds to a gradient, so hand over a product with 1 where they accumulate.
    Second derivatives are not there.
    """
    inputs = (hidden, weight) if bias is None else (hidden, weight, bias)
    return _LinearCrossEntropy(target, autograd.is_recording())(*inputs)


class _LinearCrossEntropy(autograd.Function):
    """One call; MXNet takes a new object for each."""

    def __init__(self, target: numpy.ndarray, with_gradient: bool) -> None:
        super().__init__()
        self._target = numpy.asarray(target, dtype=numpy.int32)
        self._with_gradient = with_gradient

    def forward(self, *inputs: Any) -> Any:
        self._inputs = [array.as_nd_ndarray().detach() for array in inputs]
        losses, self._gradients = self._go_through(self._with_gradient)
        return (losses[0] if len(losses) == 1 else nd.concat(*losses, dim=0)).as_np_ndarray()

    def backward(self, out_grad: Any) -> Any:
        """MXNet calls this on a thread of its own, where arrays are legacy ones."""
        factors = out_grad.asnumpy()  # (N,)
        if (factors == factors[0]).all():
            gradients = self._gradients
            if factors[0] != 1:
                gradients = [gradient * float(factors[0]) for gradient in gradients]
        else:
            _, gradients = self._go_through(True, out_grad.as_nd_ndarray())
        del self._gradients, self._inputs
        return tuple(gradients)

    def _blocks(self, num_classes: int) -> Iterator[tuple[int, int]]:
        rows = max(1, _BLOCK // num_classes, min(_LEAST_ROWS, _MOST_SCORES // num_classes))
        for begin in range(0, self._target.size, rows):
            yield begin, min(begin + rows, self._target.size)

    def _go_through(self, with_gradient: bool, factors: Any = None) -> tuple[list[Any], list[Any]]:
        """The losses of all blocks, and the gradients of their sum, weighted by `factors` if given."""
        hidden, *parameters = self._inputs  # hidden (N, d); weight (C, d), perhaps bias (C,)
        num_classes = parameters[0].shape[0]
        gradients = []
        if with_gradient:
            gradients = [nd.empty(hidden.shape, ctx=hidden.ctx, dtype=hidden.dtype)]
            gradients += [nd.zeros(p.shape, ctx=p.ctx, dtype=p.dtype) for p in parameters]
            autograd.mark_variables(parameters, gradients[1:], "add")
        losses = []
        for begin, end in self._blocks(num_classes):
            rows = hidden[begin:end].detach()
            if with_gradient:
                autograd.mark_variables([rows], [gradients[0][begin:end]], "write")
            with autograd.record() if with_gradient else autograd.pause():
                scores = nd.FullyConnected(
                    rows, *parameters, num_hidden=num_classes, no_bias=len(parameters) == 1
                )  # (rows, C)
            with autograd.pause():
                places = _places(self._target[begin:end], rows.ctx)
                nd.log_softmax(scores, axis=-1, out=scores)
                log_prob = nd.gather_nd(scores, places)  # (rows,)
                losses.append(-log_prob)
                if with_gradient:
                    nd.softmax(scores, axis=-1, out=scores)  # of log-probabilities: the probabilities
                    nd._internal._scatter_set_nd(
                        lhs=scores, rhs=nd.exp(log_prob) - 1, indices=places, shape=scores.shape, out=scores
                    )  # p - onehot
                    if factors is not None:
                        scores *= factors[begin:end].reshape((-1, 1))
            if with_gradient:
                scores.backward(scores)
        return losses, gradients


def _places(columns: numpy.ndarray, ctx: Any) -> Any:
    """Where each row's target stands: (N,) -> (2, N)."""
    return nd.array(numpy.stack([numpy.arange(columns.size), columns]), ctx=ctx, dtype="int32")
