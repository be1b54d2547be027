from typing import Any

from .block import HybridBlock

class SoftmaxCrossEntropyLoss(HybridBlock):
    def __init__(
        self,
        axis: int = ...,
        sparse_label: bool = ...,
        from_logits: bool = ...,
        weight: float | None = ...,
        batch_axis: int = ...,
        **kwargs: Any,
    ) -> None: ...

class SigmoidBinaryCrossEntropyLoss(HybridBlock):
    def __init__(
        self, from_sigmoid: bool = ..., weight: float | None = ..., batch_axis: int = ..., **kwargs: Any
    ) -> None: ...

SigmoidBCELoss = SigmoidBinaryCrossEntropyLoss
