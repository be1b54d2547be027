"""The full softmax: every word is scored, exact and linear in the vocabulary; the others approximate it.

Bengio et al. 2003, "A Neural Probabilistic Language Model"; *Dive into Deep Learning*, section "Softmax
Regression".
"""

from __future__ import annotations

from typing import Any

from ..backend import autograd, mx, nn
from ..backend.embedding import table_parameter
from ..backend.table import check_initializer
from ..utils.checks import check_bool, check_number
from ..utils.object_checks import check_kind
from ..utils.types import Array, Ids, InitializerLike, Namespace, Numbers
from .base import OutputLayer, Target
from .label_smoothing import smoothed_cross_entropy


class FullSoftmax(OutputLayer):
    r"""The cross-entropy of the softmax over all words, in nats, one loss per position.

        log p(w) = w . h + b_w - log sum_v exp(v . h + b_v),   loss = -log p(target)

    With label smoothing eps, in training mode, loss = -(1 - eps) log p(target) - eps mean_v log p(v): Szegedy
    et al. 2016, "Rethinking the Inception Architecture for Computer Vision", and PyTorch's `label_smoothing`.

    Parameters
    ----------
    vocab_size : the number of words, V.
    in_units : width of the hidden vector.
    label_smoothing : eps in [0, 1), since at 1 nothing would be learnt from the targets; outside of training
        mode the loss is -log p(target) whatever it is, so that a held-out loss can be compared.
    use_bias : give each word a bias.
    sparse_grad : False only; the gradient of a full softmax touches every row.
    weight_initializer, bias_initializer : MXNet initializers. The bias starts at zero;
        ``unigram_bias(counts)`` starts it at the unigram.

    Inputs: hidden (..., in_units) float32, target (...) integer ids. Output: loss (...). Parameters: `weight`
    (vocab_size, in_units), `bias` (vocab_size,). Raises ValueError or TypeError for arguments that do not
    fit.

    Without label smoothing the layer is traced in a block that is hybridized; ids are then checked no longer.
    """

    def __init__(
        self,
        vocab_size: int,
        in_units: int,
        label_smoothing: float = 0.0,
        use_bias: bool = True,
        sparse_grad: bool = False,
        weight_initializer: InitializerLike = None,
        bias_initializer: InitializerLike = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab_size, in_units, **kwargs)
        if check_bool("sparse_grad", sparse_grad):
            raise ValueError(
                "sparse_grad takes False for a full softmax, whose gradient touches every row; got True"
            )
        self.label_smoothing = check_number("label_smoothing", label_smoothing, 0, 1, open_high=True)
        self._loss_graph = nn.HybridLambda(self._cross_entropy)
        self._smooth_graph = nn.HybridLambda(self._smooth_cross_entropy)
        shape = (self._vocab_size, self._in_units)
        self.weight = table_parameter(self, "weight", shape, weight_initializer)
        self._use_bias = check_bool("use_bias", use_bias)
        if self._use_bias:
            check_initializer("bias_initializer", bias_initializer)
            self.bias = self.params.get("bias", shape=shape[:1], init=bias_initializer)

    @property
    def traceable(self) -> bool:  # type: ignore[override]  # a graph is traced once, in training or outside
        """Whether the loss is one graph: smoothed labels make it two, in training and outside."""
        return not self.label_smoothing

    def forward(self, hidden: Array, target: Ids, sample_weight: Numbers | None = None) -> Array:
        """The loss per position in nats, as `OutputLayer.forward`; of symbols the symbol of it."""
        if isinstance(hidden, mx.sym.Symbol):
            traced: Array = self._traced_loss(hidden, target, sample_weight)
            return traced
        return super().forward(hidden, target, sample_weight)

    def _traced_loss(self, hidden: Any, target: Any, sample_weight: Any) -> Any:
        """`forward` of symbols: hidden (..., in_units), target and sample_weight (...) -> (...)."""
        check_kind("target", target, mx.sym.Symbol, "a symbol where hidden is one")
        F = mx.sym
        flat: Any = F.np.reshape(target, (-1,))  # (N,)
        ignored = None if self._ignore_index is None else flat == self._ignore_index  # (N,)
        ids = flat if ignored is None else F.np.where(ignored, F.np.zeros_like(flat), flat)
        parameters = [parameter.var() for parameter in self._reg_params.values()]
        loss = self._cross_entropy(F, F.np.reshape(hidden, (-1, self._in_units)), ids, *parameters)  # (N,)
        if ignored is not None:
            loss = F.np.where(ignored, F.np.zeros_like(loss), loss)
        loss = F.npx.reshape_like(loss, target)
        return loss if sample_weight is None else loss * F.npx.reshape_like(sample_weight, loss)

    def _loss(self, hidden: Array, target: Target) -> Array:
        smooth = self.label_smoothing and autograd.is_training()
        graph = self._smooth_graph if smooth else self._loss_graph
        loss: Array = graph(hidden, target.ids, *self.log_prob_inputs(hidden.ctx))
        return loss

    def _smooth_cross_entropy(self, F: Namespace, hidden: Array, target: Array, *inputs: Array) -> Array:
        log_prob = self.log_prob_graph(F, hidden, *inputs)  # (N, V)
        return smoothed_cross_entropy(F, log_prob, target, self.label_smoothing)

    def log_prob_graph(self, F: Namespace, hidden: Array, *inputs: Array) -> Array:
        """The log-softmax of all scores: hidden (N, in_units), weight and bias -> (N, vocab_size)."""
        return word_log_prob(F, hidden, *inputs, vocab_size=self._vocab_size)

    def __repr__(self) -> str:
        smoothing = f", label_smoothing={self.label_smoothing:g}" if self.label_smoothing else ""
        return f"FullSoftmax({self._in_units} -> {self._vocab_size}{smoothing}, use_bias={self._use_bias})"


def word_log_prob(
    F: Namespace, hidden: Array, weight: Array, bias: Array | None = None, *, vocab_size: int
) -> Array:
    """Log-softmax of the scores of all words: hidden (N, d), weight (V, d), bias (V,) or None -> (N, V)."""
    inputs = (hidden, weight) if bias is None else (hidden, weight, bias)
    scores = F.npx.fully_connected(*inputs, num_hidden=vocab_size, no_bias=bias is None)  # (N, V)
    return F.npx.log_softmax(scores, axis=-1)
