from typing import Any

from .parameter import Parameter

class Trainer:
    _params: list[Parameter]
    _contexts: list[Any]
    _updaters: list[Any]
    def __init__(
        self,
        params: Any,
        optimizer: Any,
        optimizer_params: dict[str, Any] | None = ...,
        kvstore: Any = ...,
        compression_params: Any = ...,
        update_on_kvstore: bool | None = ...,
    ) -> None: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def optimizer(self) -> Any: ...
    def set_learning_rate(self, lr: float) -> None: ...
    def step(self, batch_size: float, ignore_stale_grad: bool = ...) -> None: ...
    def allreduce_grads(self) -> None: ...
    def update(self, batch_size: float, ignore_stale_grad: bool = ...) -> None: ...
