from typing import Any, Callable

from . import numpy as _np
from . import numpy_extension as _npx

np = _np
npx = _npx

# Not a subclass in MXNet: so that one signature holds for a graph that is run and one that is traced.
class Symbol(_np.ndarray):
    name: str
    def as_np_ndarray(self) -> Symbol: ...
    def list_arguments(self) -> list[str]: ...
    def save(self, fname: str, remove_amp_cast: bool = ...) -> None: ...

def var(
    name: str,
    attr: Any = ...,
    shape: Any = ...,
    lr_mult: Any = ...,
    wd_mult: Any = ...,
    dtype: Any = ...,
    init: Any = ...,
    stype: Any = ...,
    **kwargs: Any,
) -> Symbol: ...
def Group(symbols: Any, create_fn: Any = ...) -> Symbol: ...
def __getattr__(name: str) -> Callable[..., Symbol]: ...

numpy: Any
