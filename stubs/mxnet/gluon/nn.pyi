from typing import Any, Callable

from .block import Block, HybridBlock
from .parameter import Parameter

class Sequential(Block):
    def add(self, *blocks: Block) -> None: ...
    def __getitem__(self, key: Any) -> Any: ...
    def __len__(self) -> int: ...

class HybridSequential(HybridBlock):
    def add(self, *blocks: HybridBlock) -> None: ...
    def __getitem__(self, key: Any) -> Any: ...
    def __len__(self) -> int: ...

class Dense(HybridBlock):
    weight: Parameter
    bias: Parameter | None
    def __init__(
        self,
        units: int,
        activation: Any = ...,
        use_bias: bool = ...,
        flatten: bool = ...,
        dtype: Any = ...,
        weight_initializer: Any = ...,
        bias_initializer: Any = ...,
        in_units: int = ...,
        **kwargs: Any,
    ) -> None: ...

class Dropout(HybridBlock):
    _rate: float
    def __init__(self, rate: float, axes: Any = ..., **kwargs: Any) -> None: ...

class Embedding(HybridBlock):
    weight: Parameter
    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        dtype: Any = ...,
        weight_initializer: Any = ...,
        sparse_grad: bool = ...,
        **kwargs: Any,
    ) -> None: ...

class HybridLambda(HybridBlock):
    def __init__(self, function: str | Callable[..., Any], prefix: str | None = ...) -> None: ...
