"""The cross-entropy of a softmax over scores h W^T + b, without ever holding more than a few rows of scores.

On a CPU most of a large softmax's time is spent on memory: scores, log-probabilities and their gradients are
each an (N, C) array that is allocated, written and read once. Here rows are taken block by block, and one
small array holds a block's scores, then its log-probabilities, then its gradient::

    scores = h @ W.T + b
    log_prob = log_softmax(scores)
    loss = -log_prob[range(n), y]
    slope = exp(log_prob) - onehot(y)                     # d loss / d scores
    dh, dW, db = slope @ W, slope.T @ h, slope.sum(0)

Since the gradient is at hand while the block is, it is multiplied into those of h, W and b at once. That is
the gradient of the sum of the losses, each multiplied by its ``scale`` if given; where the losses turn out to
be weighted differently later, the blocks are computed a second time. Rows are split into parts (see
`split_rows`), which take their blocks in turn: each has one small array that its blocks share, and gradients
of its own::

    part 0    block 0 | block 1 | block 2         scores of block 0 of each part are queued first,
    part 1    block 0 | block 1 | block 2         then the rest of block 0 of each, then block 1 ...
"""

from __future__ import annotations

from typing import Sequence, TypeVar

from ..backend import autograd, nd
from ..backend.arrays import as_ids, unordered_view
from ..backend.function import Function
from ..utils.types import Array, Ids
from .row_split import split_rows

_BLOCK = 1 << 22  # the most scores at once, 16 MiB
_ROWS = 1024  # of them at once where half a block has fewer: products of this size run at full speed
_MIN_ROWS = 64  # with fewer in a product, reading the weight for each would cost more than the scores
_MAX_SCORES = 2 * _BLOCK
_T = TypeVar("_T")


def linear_cross_entropy(
    hidden: Array, target: Ids, weight: Array, bias: Array | None = None, scale: Array | None = None
) -> Array:
    """-log softmax(h W^T + b)[y] in nats: hidden (N, d), target (N,) ids below C -> (N,).

    weight (C, d), bias (C,). `scale` (N,) multiplies the losses, if given. Gradients flow to all but the
    target; second derivatives do not exist. The backward may read the arrays when the engine calls it: until
    their gradients are there only what waits for these, such as a Trainer's step, may write to them.
    """
    ids = as_ids(target, hidden.ctx).as_nd_ndarray()
    if isinstance(target, nd.NDArray):
        ids = ids.copy()  # the backward may read them, after the program has written others to `target`
    inputs = [array for array in (scale, hidden, weight, bias) if array is not None]
    loss: Array = _LinearCrossEntropy(ids, scale is not None, autograd.is_recording())(*inputs)
    return loss


class _LinearCrossEntropy(Function):
    """One call; MXNet takes a new object for each."""

    def __init__(self, target: Array, is_scaled: bool, with_gradient: bool) -> None:
        self._target = target  # (N,) int32
        self._is_scaled = is_scaled  # whether the first input is `scale`
        self._with_gradient = with_gradient

    def forward(self, *inputs: Array) -> Array:
        self._inputs = [array.as_nd_ndarray().detach() for array in inputs]
        scale, arrays = self._split(self._inputs)
        self._parts = self._compute(arrays, self._with_gradient, scale)
        losses = nd.concat(*(loss for part in self._parts for loss in part.losses), dim=0)  # (N,)
        if scale is None:
            return losses.as_np_ndarray()
        self._losses = losses
        return (losses * scale).as_np_ndarray()

    def _split(self, arrays: Sequence[_T]) -> tuple[_T | None, Sequence[_T]]:
        """What is of the scale, None without one, and what is of hidden, weight and bias."""
        return (arrays[0], arrays[1:]) if self._is_scaled else (None, arrays)

    def backward(self, out_grad: Array, gradients: Sequence[Array | None]) -> None:
        factors = out_grad.asnumpy()  # (N,)
        factor, parts = float(factors[0]), self._parts
        if (factors != factor).any():
            # Forward has run, and what writes to these arrays waits for the gradients that come of them.
            scale, arrays = self._split([unordered_view(array) for array in self._inputs])
            factor, parts = 1.0, self._compute(arrays, True, out_grad if scale is None else out_grad * scale)
        to_scale, (to_hidden, *to_parameters) = self._split(gradients)
        if to_scale is not None:
            nd.elemwise_mul(out_grad, self._losses, out=to_scale)
        if to_hidden is not None:
            for part in parts:
                nd._internal._mul_scalar(
                    part.gradients[0], scalar=factor, out=to_hidden[part.begin : part.end]
                )
        for i, gradient in enumerate(to_parameters, start=1):
            if gradient is not None:
                nd.add_n(*(part.gradients[i] for part in parts), out=gradient)
                if factor != 1:
                    gradient *= factor

    def _compute(self, arrays: Sequence[Array], with_gradient: bool, factors: Array | None) -> list[_RowPart]:
        """The parts with their losses, and with the gradients of Σ loss, or of Σ factor · loss if given.

        `arrays` are hidden, weight and bias.
        """
        hidden, *parameters = arrays
        parts = [
            _RowPart(begin, hidden[begin:end], self._target[begin:end], parameters, with_gradient)
            for begin, end in split_rows(hidden.shape[0], hidden.ctx)
        ]
        # Each part in turn is given a product and then the rest, so that no worker waits for the other part.
        for block in range(max(len(part.blocks) for part in parts)):
            taking = [part for part in parts if block < len(part.blocks)]
            for part in taking:
                part.compute_scores(block)
            for part in taking:
                part.compute_losses(block, factors)
        return parts


class _RowPart:
    """Some of the rows, from `begin` on: hidden (n, d) and target (n,), taken block by block.

    `losses` (n,) in pieces and `gradients` of hidden and parameters are there after the last block.
    """

    def __init__(
        self, begin: int, hidden: Array, target: Array, parameters: Sequence[Array], with_gradient: bool
    ) -> None:
        self.begin, self.end = begin, begin + hidden.shape[0]
        self._hidden, self._target, self._with_gradient = hidden, target, with_gradient
        self._parameters = [parameter.detach() for parameter in parameters]
        self._num_classes = parameters[0].shape[0]
        self.blocks = _blocks(hidden.shape[0], self._num_classes)
        self.losses: list[Array] = []
        self.gradients = (
            [_empty(array.shape, array) for array in (hidden, *parameters)] if with_gradient else []
        )
        self._scratch = _empty((self.blocks[0][1], self._num_classes), hidden)  # scores, then their gradient

    def compute_scores(self, block: int) -> None:
        """The scores of a block (rows, C), recorded if there is to be a gradient."""
        begin, end = self.blocks[block]
        rows = self._hidden[begin:end].detach()
        if self._with_gradient:
            autograd.mark_variables([rows], [self.gradients[0][begin:end]], "write")
            autograd.mark_variables(self._parameters, self.gradients[1:], "add" if begin else "write")
        with autograd.record() if self._with_gradient else autograd.pause():
            self._scores = nd.FullyConnected(
                rows,
                *self._parameters,
                num_hidden=self._num_classes,
                no_bias=len(self._parameters) == 1,
                out=self._scratch[: end - begin],
            )

    def compute_losses(self, block: int, factors: Array | None) -> None:
        """The losses of a block, and its gradients if there are to be some, in place of its scores."""
        (begin, end), scores = self.blocks[block], self._scores
        with autograd.pause():
            target = self._target[begin:end]
            nd.log_softmax(scores, axis=-1, out=scores)
            log_prob = nd.pick(scores, target, axis=-1)  # (rows,)
            self.losses.append(-log_prob)
            if self._with_gradient:
                rows = nd.arange(end - begin, ctx=scores.ctx, dtype="int32")
                places = nd.stack(rows, target)  # (2, rows)
                nd.softmax(scores, axis=-1, out=scores)  # of log-probabilities: the probabilities
                write_at(scores, places, nd.exp(log_prob) - 1)  # p - onehot
                if factors is not None:
                    scores *= factors[self.begin + begin : self.begin + end].reshape((-1, 1))
        if self._with_gradient:
            scores.backward(scores)
        if block == len(self.blocks) - 1:
            del self._scratch, self._scores  # the graph keeps this part until its own backward


def _blocks(num_rows: int, num_classes: int) -> list[tuple[int, int]]:
    """(begin, end) of as few blocks of rows as memory allows, equally long but for the last."""
    most = max(1, _BLOCK // num_classes)
    rows = max(min(_ROWS, most), most // 2, min(_MIN_ROWS, _MAX_SCORES // num_classes))
    rows = -(-num_rows // -(-num_rows // rows))
    return [(begin, min(begin + rows, num_rows)) for begin in range(0, num_rows, rows)]


def _empty(shape: tuple[int, ...], like: Array) -> Array:
    return nd.empty(shape, ctx=like.ctx, dtype=like.dtype)


def write_at(scores: Array, places: Array, values: Array) -> None:
    """scores[i, j] = value at each of `places` (2, n)."""
    nd._internal._scatter_set_nd(lhs=scores, rhs=values, indices=places, shape=scores.shape, out=scores)
