"""``copy.deepcopy`` and ``pickle`` fail for Gluon's nets, or lose their gradients; here they work.

A parameter's copy had a gradient buffer that autograd did not know, so that its first backward raised an
error; a row-sparse gradient and the compiled graph of a hybridized block could not be copied at all. Here a
copy has the values of its original's parameters, gradients of zero, and no Trainer; it compiles its graphs
again when it is first called.

What pickles it needs no change: ``copy`` and ``pickle`` ask the registry of ``copyreg`` about these classes.
"""

from __future__ import annotations

import copyreg
from typing import Any, Callable

from .bootstrap import gluon, mx
from .row_sparse import RowSparseParameter
from .table import TableParameter

_NOT_COPIED: dict[str, Any] = {
    "_grad": None,
    "_trainer": None,
    "_pending": [],
    "_installed": set(),
    "_scratch": None,
}


def _reduce_parameter(parameter: gluon.Parameter) -> tuple[Callable[..., gluon.Parameter], tuple[Any, ...]]:
    state = {name: _NOT_COPIED.get(name, value) for name, value in vars(parameter).items()}
    return _parameter, (type(parameter), state)


def _parameter(kind: type[gluon.Parameter], state: dict[str, Any]) -> gluon.Parameter:
    """A parameter from its attributes, with a gradient buffer that autograd knows."""
    parameter = kind.__new__(kind)
    vars(parameter).update(state)
    if parameter._data is not None:
        parameter._init_grad()
    return parameter


def _reduce_cached_op(_graph: object) -> tuple[Callable[..., None], tuple[Any, ...]]:
    return _no_cached_op, ()


def _no_cached_op() -> None:
    """In place of a compiled graph: its block compiles another one."""


def _reduce_symbol(symbol: Any) -> tuple[Callable[[str], Any], tuple[str]]:
    return _numpy_symbol, (symbol.tojson(),)


def _numpy_symbol(json: str) -> Any:
    """A symbol whose graph gives NumPy arrays: MXNet's own pickle loses that."""
    return mx.sym.load_json(json).as_np_ndarray()


_REDUCERS: list[tuple[Any, Callable[[Any], Any]]] = [
    (gluon.Parameter, _reduce_parameter),
    (gluon.Constant, _reduce_parameter),
    (TableParameter, _reduce_parameter),
    (RowSparseParameter, _reduce_parameter),
    (mx.nd.CachedOp, _reduce_cached_op),
    (mx.sym.numpy._Symbol, _reduce_symbol),
]
for _kind, _reduce in _REDUCERS:
    copyreg.pickle(_kind, _reduce)
