"""The contract of an output layer: hidden vectors and the right words in, one loss in nats per position out.

    layer(hidden, target)    hidden (..., in_units) float32; target (...) integer ids -> loss (...)
    layer.log_prob(hidden)   -> (..., vocab_size), log-probabilities that sum to one
    layer.predict(hidden)    -> (...) ids, the argmax of log_prob

`forward` does what must happen on the host (checks, draws); the numeric core is an ``nn.HybridLambda``,
which ``hybridize()`` compiles.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy

from ..backend import autograd, nn, np
from ..backend.arrays import as_array_like, as_device_array, as_ids, zeros_after
from ..backend.block import Block
from ..backend.embedding import differentiable
from ..backend.threads import use_numpy_arrays
from ..utils.checks import (
    check_hidden,
    check_ids,
    check_int_or_none,
    check_positive_int,
    check_same_shape,
    on_host,
    shape_of,
)
from ..utils.randomness import as_generator
from ..utils.types import Array, Context, Ids, Namespace, Numbers


class Target(NamedTuple):
    """The ids of the right words (N,), twice: draws and checks need them on the host, operators do not.

    A position that is ignored has the id of another one, which nothing that is drawn for it need fit.
    """

    ids: Array  # int32, on the context of the hidden vectors
    host_ids: numpy.ndarray
    kept: numpy.ndarray  # (N,) bool, on the host: which positions are not ignored


class OutputLayer(Block):
    """What every output layer shares: the checks, the flattening, and the ways to ask for probabilities.

    Parameters
    ----------
    vocab_size : the number of words, V.
    in_units : width of the hidden vector.
    ignore_index : a target whose positions have loss 0, such as padding; it need not be an id.

    A subclass gives

    - ``_loss(hidden, target)``: hidden (N, in_units) and a `Target` of N ids, N >= 1 -> loss (N,);
    - ``log_prob_graph(F, hidden, *inputs)``: a pure function of hidden (N, in_units) and the arrays that
      ``log_prob_inputs(ctx)`` gives -> (N, vocab_size). `log_prob` compiles it, `export` traces it.

    `loss_is_cross_entropy` says that outside of training the loss is -log_prob[target]; a language model asks
    `log_prob` where it is not. `reads_hidden_late` says that the backward is Python's: it reads the hidden
    vectors when the engine calls it, and the program may have written others to that array by then. Such a
    layer's `_loss` is given a copy.

    Of no positions, hidden (0, in_units), the loss is (0,), its gradient zero, ``log_prob`` (0, vocab_size)
    and ``predict`` (0,).
    """

    loss_is_cross_entropy = True
    reads_hidden_late = False

    def __init__(
        self, vocab_size: int, in_units: int, ignore_index: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._vocab_size = check_positive_int("vocab_size", vocab_size)
        self._in_units = check_positive_int("in_units", in_units)
        self._ignore_index = check_int_or_none("ignore_index", ignore_index)
        self._log_prob_block = nn.HybridLambda(self.log_prob_graph)

    @property
    def vocab_size(self) -> int:
        """The number of words, V."""
        return self._vocab_size

    @property
    def in_units(self) -> int:
        """The width of the hidden vector."""
        return self._in_units

    def resample(self, rng: numpy.random.Generator | None) -> None:
        """Fix the candidates until the next call; with None each call draws anew.

        Layers that sample override this. Raises TypeError or ValueError for what is no generator, no seed
        and not None.
        """
        if rng is not None:
            as_generator("rng", rng)

    def exclude(self, ids: Ids) -> None:
        """Never draw these ids as noise (the skip-gram's `<unk>`); layers that sample override this."""
        check_ids("ids", ids, self._vocab_size)

    def forward(self, hidden: Array, target: Ids, sample_weight: Numbers | None = None) -> Array:
        """The loss per position in nats: hidden (..., in_units), target and sample_weight (...) -> (...).

        A target equal to `ignore_index` has loss 0; `sample_weight` multiplies the loss of its position.
        Lists, NumPy's arrays and MXNet's are taken for both.
        Raises TypeError for a hidden vector that is not float32 (on a GPU also float16) or ids that are not
        integers, ValueError for ids out of range and for sizes that differ.
        """
        hidden = check_hidden("hidden", hidden, self._in_units)
        host_target = on_host(target, "target")
        kept = self._kept(host_target)
        if not kept.all():
            target = host_target = numpy.where(kept, host_target, host_target[kept][0] if kept.any() else 0)
        host_target = check_ids("target", host_target, self._vocab_size)
        check_same_shape("target", host_target.shape, "hidden without its last axis", hidden.shape[:-1])
        scale = self._scale(kept, sample_weight, hidden)
        if not host_target.size:
            return self._loss_of_nothing(hidden)
        flat = hidden
        if hidden.ndim != 2 or (self.reads_hidden_late and autograd.is_recording()):
            flat = hidden.reshape(-1, self._in_units)  # a reshape copies
        ids = as_ids(target, hidden.ctx).reshape(-1)  # (N,)
        flat_target = Target(ids, host_target.reshape(-1), kept.reshape(-1))
        return self._scaled_loss(flat, flat_target, scale).reshape(host_target.shape)

    def _kept(self, host_target: numpy.ndarray) -> numpy.ndarray:
        """Which positions are not ignored, (...) bool."""
        if self._ignore_index is None:
            return numpy.ones(host_target.shape, dtype=bool)
        kept: numpy.ndarray = host_target != self._ignore_index
        return kept

    def _scale(self, kept: numpy.ndarray, sample_weight: Numbers | None, hidden: Array) -> Array | None:
        """What the loss of each position is multiplied by, (N,) on the context of `hidden`; None for 1."""
        given: Array | None = None
        if sample_weight is not None:
            check_same_shape("sample_weight", shape_of(sample_weight, "sample_weight"), "target", kept.shape)
            given = as_array_like(hidden, sample_weight, "sample_weight")
        if not kept.all():
            kept_on_device = as_device_array(kept, hidden.dtype, hidden.ctx)
            given = kept_on_device if given is None else given * kept_on_device
        return None if given is None else given.reshape(-1)

    def _loss_of_nothing(self, hidden: Array) -> Array:
        """The loss of no position, in which every parameter takes part, so that each has a gradient: zero."""
        ids = numpy.zeros(1, dtype=numpy.int32)
        target = Target(as_ids(ids, hidden.ctx), ids, numpy.zeros(1, dtype=bool))
        return self._loss(zeros_after(hidden, (1, self._in_units)), target)[:0].reshape(hidden.shape[:-1])

    def _scaled_loss(self, hidden: Array, target: Target, scale: Array | None) -> Array:
        """The losses (N,), each multiplied by its `scale` (N,) if given."""
        loss = self._loss(hidden, target)
        return loss if scale is None else loss * scale

    def _loss(self, hidden: Array, target: Target) -> Array:
        raise NotImplementedError

    def log_prob_inputs(self, ctx: Context) -> list[Array]:
        """The arrays on `ctx` that ``log_prob_graph`` takes after hidden: here the parameters, as registered.

        An array that is a parameter's own ``data(ctx)`` stays that parameter in an exported graph; any other
        becomes a constant of the graph.
        """
        return [parameter.data(ctx) for parameter in self._reg_params.values()]

    def _recorded_inputs(self, ctx: Context) -> list[Array]:
        """`log_prob_inputs`, where autograd records with rows in place of tables of row-sparse gradients."""
        return differentiable(self.log_prob_inputs(ctx), self._reg_params.values(), ctx)

    def log_prob_graph(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        """Log-probabilities by operators of `F` alone: hidden (N, in_units), `inputs` -> (N, vocab_size).

        `F` is ``mx.nd`` or ``mx.sym``, so that the graph can be compiled and exported; nothing is checked.
        """
        raise NotImplementedError

    def _cross_entropy(self, F: Namespace, hidden: Array, target: Array, *inputs: Array) -> Array:
        """-log_prob[target] by operators of `F` alone: (N, in_units), (N,), `inputs` -> (N,)."""
        return -F.npx.pick(self.log_prob_graph(F, hidden, *inputs), target, axis=-1)

    def log_prob(self, hidden: Array) -> Array:
        """Log-probabilities of every word in nats: hidden (..., in_units) -> (..., vocab_size)."""
        use_numpy_arrays()
        hidden = check_hidden("hidden", hidden, self._in_units)
        flat = (
            hidden.reshape(-1, self._in_units) if hidden.size else zeros_after(hidden, (1, self._in_units))
        )  # (N, in_units)
        log_prob: Array = self._log_prob_block(flat, *self._recorded_inputs(hidden.ctx))  # (N, vocab_size)
        if not hidden.size:
            log_prob = log_prob[:0]
        if hidden.ndim == 2:
            return log_prob  # a reshape copies
        return log_prob.reshape(*hidden.shape[:-1], self._vocab_size)

    def predict(self, hidden: Array) -> Array:
        """The likeliest word per position: hidden (..., in_units) -> (...) int32 ids."""
        use_numpy_arrays()
        hidden = check_hidden("hidden", hidden, self._in_units)
        if not hidden.size:
            return np.zeros(hidden.shape[:-1], dtype="int32", ctx=hidden.ctx)
        return self._predict(hidden)

    def _predict(self, hidden: Array) -> Array:
        """`predict` of one position or more."""
        return np.argmax(self.log_prob(hidden), axis=-1).astype("int32")
