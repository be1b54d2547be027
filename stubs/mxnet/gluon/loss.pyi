from typing import Any

from .block import HybridBlock

class SoftmaxCrossEntropyLoss(HybridBlock):
    def __init__(self, **kwargs: Any) -> None: ...

class SigmoidBinaryCrossEntropyLoss(HybridBlock):
    def __init__(self, **kwargs: Any) -> None: ...
