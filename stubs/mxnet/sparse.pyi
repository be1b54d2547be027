from typing import Any

from . import numpy as np

class RowSparseNDArray(np.ndarray):
    indices: np.ndarray
    data: np.ndarray

def _new_alloc_handle(
    stype: str, shape: Any, ctx: Any, delay_alloc: bool, dtype: Any, aux_types: Any, aux_shapes: Any = ...
) -> Any: ...
