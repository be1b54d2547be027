from typing import Any, Callable

from .ndarray import NDArray

class ndarray(NDArray): ...

float32: Any
float64: Any
int32: Any
int64: Any

def __getattr__(name: str) -> Callable[..., ndarray]: ...
