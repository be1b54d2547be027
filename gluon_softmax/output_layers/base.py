"""The contract of an output layer: a hidden vector and the right word in, a loss in nats out, one a position.

    layer(hidden, target)    hidden (..., in_units) float32; target (...) integer ids -> loss (...)
    layer.log_prob(hidden)   -> (..., vocab_size), log-probabilities that sum to one
    layer.predict(hidden)    -> (...) ids, the argmax of log_prob

`forward` does what must happen on the host (checks, draws); the numeric core is an ``nn.HybridLambda``,
which ``hybridize()`` compiles.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..backend import nn, np
from ..backend.arrays import as_device_array, as_ids
from ..backend.block import Block
from ..utils.checks import check_hidden, check_ids, check_positive_int, check_same_shape


class OutputLayer(Block):
    """What every output layer shares: the checks, the flattening, and the ways to ask for probabilities.

    `ignore_index` is a target whose positions have loss 0, such as padding; it need not be an id.

    A subclass gives

    - ``_loss(hidden, target, host_target)``: hidden (N, in_units) and target (N,) on the device, the same ids
      on the host -> loss (N,);
    - ``_log_prob(F, hidden, *inputs)``: a pure function, hidden (N, in_units) and what ``_log_prob_inputs``
      gives -> (N, vocab_size); `F` is ``mx.nd`` or ``mx.sym``.

    `loss_is_cross_entropy` says that outside of training the loss is -log_prob[target]; a language model asks
    log_prob where it is not.
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
        self._log_prob_graph = nn.HybridLambda(self._log_prob)

    @property
    def vocab_size(self) -> int:
        return self._vocab_size

    @property
    def in_units(self) -> int:
        return self._in_units

    def resample(self, rng: numpy.random.Generator | None) -> None:
        """Fix the candidates until the next call, or with None draw anew at each call. Layers that sample
        override this.
        """

    def exclude(self, ids: Any) -> None:
        """Never draw these ids as noise (the skip-gram's `<unk>`). Layers that sample override this."""

    def forward(self, hidden: Any, target: Any, sample_weight: Any = None) -> Any:
        """The loss of each position in nats: hidden (..., in_units), target and sample_weight (...) -> (...).

        A target equal to `ignore_index` has loss 0; `sample_weight` multiplies the loss of its position.
        """
        check_hidden("hidden", hidden, self._in_units)
        host_target = target.asnumpy() if hasattr(target, "asnumpy") else numpy.asarray(target)
        kept = None if self._ignore_index is None else host_target != self._ignore_index
        if kept is not None and not kept.all():
            target = host_target = numpy.where(kept, host_target, 0)  # any id that can be looked up
        check_ids("target", host_target, self._vocab_size)
        check_same_shape("target", host_target.shape, "hidden without its last axis", hidden.shape[:-1])
        loss = self._loss(
            hidden
            if hidden.ndim == 2
            else hidden.reshape(-1, self._in_units),  # (N, in_units); a reshape copies
            as_ids(target, hidden.ctx).reshape(-1),  # (N,)
            host_target.reshape(-1),  # (N,)
        ).reshape(host_target.shape)
        if kept is not None and target is host_target:
            loss = loss * as_device_array(kept, loss.dtype, hidden.ctx)
        if sample_weight is not None:
            check_same_shape("sample_weight", sample_weight.shape, "target", host_target.shape)
            loss = loss * np.array(sample_weight, dtype=loss.dtype, ctx=hidden.ctx)
        return loss

    def _loss(self, hidden: Any, target: Any, host_target: numpy.ndarray) -> Any:
        raise NotImplementedError

    def _log_prob_inputs(self, ctx: Any) -> list[Any]:
        """The arrays on `ctx` that ``_log_prob`` takes after hidden: the parameters, in the order of
        registration.
        """
        return [parameter.data(ctx) for parameter in self._reg_params.values()]

    def log_prob(self, hidden: Any) -> Any:
        """Log-probabilities of every word in nats: hidden (..., in_units) -> (..., vocab_size)."""
        check_hidden("hidden", hidden, self._in_units)
        flat = hidden.reshape(-1, self._in_units)  # (N, in_units)
        log_prob = self._log_prob_graph(flat, *self._log_prob_inputs(hidden.ctx))  # (N, vocab_size)
        if hidden.ndim == 2:
            return log_prob  # a reshape copies
        return log_prob.reshape(*hidden.shape[:-1], self._vocab_size)

    def _log_prob(self, F: Any, hidden: Any, *inputs: Any) -> Any:
        raise NotImplementedError

    def predict(self, hidden: Any) -> Any:
        """The likeliest word of each position: hidden (..., in_units) -> (...) int32 ids."""
        return np.argmax(self.log_prob(hidden), axis=-1).astype("int32")
