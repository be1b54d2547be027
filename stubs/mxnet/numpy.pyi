from typing import Any, Callable, Iterator

from .context import Context
from .ndarray import NDArray

class ndarray(NDArray):
    def __iter__(self) -> Iterator[ndarray]: ...  # by __len__ and __getitem__
    def __float__(self) -> float: ...
    def __int__(self) -> int: ...
    def item(self, *args: Any) -> Any: ...
    def tolist(self) -> Any: ...
    def copy(self, order: str = ...) -> ndarray: ...
    def as_in_ctx(self, ctx: Context) -> ndarray: ...
    def squeeze(self, axis: Any = ...) -> ndarray: ...  # type: ignore[override]  # as MXNet has it
    def sum(self, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: bool = ...) -> ndarray: ...  # type: ignore[override]
    def mean(self, axis: Any = ..., dtype: Any = ..., out: Any = ..., keepdims: bool = ...) -> ndarray: ...  # type: ignore[override]

float32: Any
float64: Any
int32: Any
int64: Any

random: Any

def __getattr__(name: str) -> Callable[..., ndarray]: ...
