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

from ..backend import nn, np
from ..backend.arrays import as_device_array, as_ids
from ..backend.block import Block
from ..utils.checks import check_hidden, check_ids, check_positive_int, check_same_shape
from ..utils.types import AnyArray, Array, Context, Ids, Namespace


class Target(NamedTuple):
    """The ids of the right words (N,), twice: draws and checks need them on the host, operators do not."""

    ids: Array  # int32, on the context of the hidden vectors
    host_ids: numpy.ndarray


class OutputLayer(Block):
    """What every output layer shares: the checks, the flattening, and the ways to ask for probabilities.

    Parameters
    ----------
    vocab_size : the number of words, V.
    in_units : width of the hidden vector.
    ignore_index : a target whose positions have loss 0, such as padding; it need not be an id.

    A subclass gives

    - ``_loss(hidden, target)``: hidden (N, in_units) and a `Target` of N ids -> loss (N,);
    - ``log_prob_graph(F, hidden, *inputs)``: a pure function of hidden (N, in_units) and the arrays that
      ``log_prob_inputs(ctx)`` gives -> (N, vocab_size). `log_prob` compiles it, `export` traces it.

    `loss_is_cross_entropy` says that outside of training the loss is -log_prob[target]; a language model asks
    `log_prob` where it is not.
    """

    loss_is_cross_entropy = True

    def __init__(
        self, vocab_size: int, in_units: int, ignore_index: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._vocab_size = check_positive_int("vocab_size", vocab_size)
        self._in_units = check_positive_int("in_units", in_units)
        if ignore_index is not None and (isinstance(ignore_index, bool) or not isinstance(ignore_index, int)):
            raise TypeError(f"ignore_index takes an integer or None; got {ignore_index!r}")
        self._ignore_index = ignore_index
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

        Layers that sample override this.
        """

    def exclude(self, ids: Ids) -> None:
        """Never draw these ids as noise (the skip-gram's `<unk>`); layers that sample override this."""

    def forward(self, hidden: Array, target: Ids, sample_weight: AnyArray | None = None) -> Array:
        """The loss per position in nats: hidden (..., in_units), target and sample_weight (...) -> (...).

        A target equal to `ignore_index` has loss 0; `sample_weight` multiplies the loss of its position.
        Raises TypeError for a hidden vector that is not float32 (on a GPU also float16) or ids that are not
        integers, ValueError for ids out of range and for sizes that differ.
        """
        check_hidden("hidden", hidden, self._in_units)
        host_target = target.asnumpy() if hasattr(target, "asnumpy") else numpy.asarray(target)
        kept = self._kept(host_target)
        if kept is not None:
            target = host_target = numpy.where(kept, host_target, 0)  # any id that can be looked up
        host_target = check_ids("target", host_target, self._vocab_size)
        check_same_shape("target", host_target.shape, "hidden without its last axis", hidden.shape[:-1])
        flat = hidden if hidden.ndim == 2 else hidden.reshape(-1, self._in_units)  # a reshape copies
        flat_target = Target(as_ids(target, hidden.ctx).reshape(-1), host_target.reshape(-1))  # (N,)
        loss = self._loss(flat, flat_target).reshape(host_target.shape)
        if kept is not None:
            loss = loss * as_device_array(kept, loss.dtype, hidden.ctx)
        if sample_weight is not None:
            check_same_shape("sample_weight", sample_weight.shape, "target", host_target.shape)
            loss = loss * np.array(sample_weight, dtype=loss.dtype, ctx=hidden.ctx)
        return loss

    def _kept(self, host_target: numpy.ndarray) -> numpy.ndarray | None:
        """Which positions are not ignored, (...), or None if no target is `ignore_index`."""
        if self._ignore_index is None:
            return None
        kept: numpy.ndarray = host_target != self._ignore_index
        return None if kept.all() else kept

    def _loss(self, hidden: Array, target: Target) -> Array:
        raise NotImplementedError

    def log_prob_inputs(self, ctx: Context) -> list[Array]:
        """The arrays on `ctx` that ``log_prob_graph`` takes after hidden: here the parameters, as registered.

        An array that is a parameter's own ``data(ctx)`` stays that parameter in an exported graph; any other
        becomes a constant of the graph.
        """
        return [parameter.data(ctx) for parameter in self._reg_params.values()]

    def log_prob_graph(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        """Log-probabilities by operators of `F` alone: hidden (N, in_units), `inputs` -> (N, vocab_size).

        `F` is ``mx.nd`` or ``mx.sym``, so that the graph can be compiled and exported; nothing is checked.
        """
        raise NotImplementedError

    def log_prob(self, hidden: Array) -> Array:
        """Log-probabilities of every word in nats: hidden (..., in_units) -> (..., vocab_size)."""
        check_hidden("hidden", hidden, self._in_units)
        flat = hidden.reshape(-1, self._in_units)  # (N, in_units)
        log_prob: Array = self._log_prob_block(flat, *self.log_prob_inputs(hidden.ctx))  # (N, vocab_size)
        if hidden.ndim == 2:
            return log_prob  # a reshape copies
        return log_prob.reshape(*hidden.shape[:-1], self._vocab_size)

    def predict(self, hidden: Array) -> Array:
        """The likeliest word per position: hidden (..., in_units) -> (...) int32 ids."""
        return np.argmax(self.log_prob(hidden), axis=-1).astype("int32")
