"""The cross-entropy of a softmax over scores h W^T + b, without ever holding more than a few rows of scores.

On a CPU most of a large softmax's time goes into memory: scores, log-probabilities and their gradients are
each an (N, C) array that is allocated, written and read once. Here rows go through in blocks that share one
small array; there each block's scores become log-probabilities, then the gradient, in place:

    loss_i = -log p_i[y_i],    d loss_i / d scores_i = p_i - onehot(y_i)

Since the gradient is at hand while the block is, it is multiplied into those of h and W at once. That is the
gradient of the plain sum of the losses; where the losses turn out to be weighted differently, the blocks are
gone through a second time.
"""

from __future__ import annotations

from typing import Any

from .backend import autograd, nd
from .embedding import as_ids
from .function import Function

_BLOCK = 1 << 22  # the most scores at once, 16 MiB
_ROWS = 1024  # of them at once where half a block has fewer: products of this size run at full speed
_LEAST_ROWS = 64  # with fewer a product, reading the weight for each would cost more than the scores
_MOST_SCORES = 2 * _BLOCK


def linear_cross_entropy(hidden: Any, target: Any, weight: Any, bias: Any = None) -> Any:
    """-log softmax(h W^T + b)[y] in nats: hidden (N, d), target (N,) ids below C, the parameters weight
    (C, d) and bias (C,) -> (N,).

    Gradients flow to hidden and to parameters; second derivatives are not there.
    """
    learned, frozen = [], {}
    for place, parameter in enumerate((weight,) if bias is None else (weight, bias)):
        data = parameter.data(hidden.ctx)
        if parameter.grad_req == "null":
            frozen[place] = data
        else:
            learned.append(data * 1 if parameter.grad_req == "add" else data)
    # What MXNet does with the gradients a `Function` returns, and why the arguments come as they do: it stops
    # at the first that nobody asked for (so hidden, of which that cannot be known, comes last), and drops
    # what should be added to a gradient (so products with 1 stand in for what may accumulate).
    ids = as_ids(target, hidden.ctx).as_nd_ndarray()
    return _LinearCrossEntropy(ids, frozen, autograd.is_recording())(*learned, hidden * 1)


class _LinearCrossEntropy(Function):
    """One call; MXNet takes a new object for each."""

    def __init__(self, target: Any, frozen: dict[int, Any], with_gradient: bool) -> None:
        super().__init__()
        self._target = target  # (N,) int32
        self._frozen = frozen
        self._with_gradient = with_gradient

    def forward(self, *inputs: Any) -> Any:
        *learned, hidden = inputs
        parameters = list(learned)
        for place in sorted(self._frozen):
            parameters.insert(place, self._frozen[place])
        self._inputs = [array.as_nd_ndarray().detach() for array in (hidden, *parameters)]
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
        hidden, *parameters = gradients
        return (*(p for place, p in enumerate(parameters) if place not in self._frozen), hidden)

    def _blocks(self, num_classes: int) -> list[tuple[int, int]]:
        size = self._target.size
        most = max(1, _BLOCK // num_classes)
        rows = max(min(_ROWS, most), most // 2, min(_LEAST_ROWS, _MOST_SCORES // num_classes))
        rows = -(-size // -(-size // rows))  # as many blocks, all but equally long
        return [(begin, min(begin + rows, size)) for begin in range(0, size, rows)]

    def _go_through(self, with_gradient: bool, factors: Any = None) -> tuple[list[Any], list[Any]]:
        """The losses of all blocks, and the gradients of their sum, weighted by `factors` if given."""
        hidden, *parameters = self._inputs  # hidden (N, d); weight (C, d), perhaps bias (C,)
        num_classes = parameters[0].shape[0]
        gradients = []
        if with_gradient:
            gradients = [nd.empty(hidden.shape, ctx=hidden.ctx, dtype=hidden.dtype)]
            gradients += [nd.zeros(p.shape, ctx=p.ctx, dtype=p.dtype) for p in parameters]
            autograd.mark_variables(parameters, gradients[1:], "add")
        losses, blocks = [], self._blocks(num_classes)
        room = nd.empty((blocks[0][1], num_classes), ctx=hidden.ctx, dtype=hidden.dtype)  # one for all blocks
        for begin, end in blocks:
            rows = hidden[begin:end].detach()
            if with_gradient:
                autograd.mark_variables([rows], [gradients[0][begin:end]], "write")
            with autograd.record() if with_gradient else autograd.pause():
                scores = nd.FullyConnected(
                    rows,
                    *parameters,
                    num_hidden=num_classes,
                    no_bias=len(parameters) == 1,
                    out=room[: end - begin],
                )  # (rows, C)
            with autograd.pause():
                target = self._target[begin:end]
                nd.log_softmax(scores, axis=-1, out=scores)
                log_prob = nd.pick(scores, target, axis=-1)  # (rows,)
                losses.append(-log_prob)
                if with_gradient:
                    places = nd.stack(nd.arange(end - begin, ctx=rows.ctx, dtype="int32"), target)
                    nd.softmax(scores, axis=-1, out=scores)  # of log-probabilities: the probabilities
                    write_at(scores, places, nd.exp(log_prob) - 1)  # p - onehot
                    if factors is not None:
                        scores *= factors[begin:end].reshape((-1, 1))
            if with_gradient:
                scores.backward(scores)
        return losses, gradients


def write_at(scores: Any, places: Any, values: Any) -> None:
    """scores[i, j] = value at each of `places` (2, n)."""
    nd._internal._scatter_set_nd(lhs=scores, rhs=values, indices=places, shape=scores.shape, out=scores)
