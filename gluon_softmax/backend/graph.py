"""A pure function of arrays as a block without parameters, so that ``hybridize()`` compiles it and the layers
need not.

The layers here draw and check on the host, and a block that overrides ``forward`` is not compiled by MXNet.
So each keeps its numeric core in a function ``f(F, *arrays)``, with parameters among its arguments; wrapped
in a `Graph` it is compiled, and called with symbols it is exported.
"""

from __future__ import annotations

from typing import Any, Callable

from .bootstrap import gluon


class Graph(gluon.HybridBlock):
    """``Graph(f)(*arrays)`` is ``f(F, *arrays)``; gradients flow to every float array, parameters too."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self._function = function

    def hybrid_forward(self, F: Any, x: Any, *args: Any) -> Any:
        return self._function(F, x, *args)

    def __repr__(self) -> str:
        return f"Graph({self._function.__name__})"


def softplus(F: Any, x: Any) -> Any:
    """log(1 + e^x) without overflow, elementwise; -log sigmoid(x) is softplus(-x). oneDNN's, 4 to 8 times
    faster than ``np.log``.
    """
    return F.npx.activation(x, act_type="softrelu")


def row_dot(F: Any, x: Any, rows: Any) -> Any:
    """Inner products of each x (N, d) with its own rows (N, L, d) -> (N, L).

    ``batch_dot``, since multiplying with a broadcast axis and summing takes ten times as long, most of it in
        the backward.
    """
    return F.np.squeeze(F.npx.batch_dot(rows, F.np.expand_dims(x, 2)), 2)
