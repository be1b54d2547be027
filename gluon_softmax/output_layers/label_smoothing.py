"""Label smoothing: a share of each target is spread evenly over all words.

Szegedy et al. 2016, "Rethinking the Inception Architecture for Computer Vision".
"""

from __future__ import annotations

from ..utils.types import Array, Namespace


def smoothed_cross_entropy(F: Namespace, log_prob: Array, target: Array, smoothing: float) -> Array:
    r"""The cross-entropy in nats between log_prob (N, V) and targets (N,) smoothed by eps -> (N,).

        loss = -(1 - eps) log p(target) - eps mean_v log p(v)

    with eps = `smoothing` in [0, 1), as PyTorch's `label_smoothing`.
    """
    nll = -F.npx.pick(log_prob, target, axis=-1)
    uniform = -F.np.mean(log_prob, axis=-1)
    return (1 - smoothing) * nll + smoothing * uniform
