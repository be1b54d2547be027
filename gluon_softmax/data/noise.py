"""The noise distribution of batches that bring their own noise words: never `<unk>`."""

from __future__ import annotations

from typing import Any

from ..utils.checks import check_counts
from ..vocabulary.samplers import UnigramSampler
from ..vocabulary.tokens import UNK_ID


def noise_sampler(counts: Any, power: float, noise_weights: Any = None) -> UnigramSampler:
    """Draws words in proportion to counts^power, or to `noise_weights` (vocab_size,) as they are.

    Raises ValueError if they leave nothing to draw beside `<unk>`, id 0.
    """
    if noise_weights is not None:
        power = 1.0
    weights = check_counts("noise_weights", counts if noise_weights is None else noise_weights, len(counts))
    weights = weights.copy()
    weights[UNK_ID] = 0
    if not weights.any():
        raise ValueError("noise_weights takes a weight above 0 for a word other than <unk>, id 0; got none")
    return UnigramSampler(weights, power)
