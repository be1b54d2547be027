"""Small pieces of the layers' graphs, each the fastest of MXNet's ways to write it.

The layers here draw and check on the host, and a block that overrides ``forward`` is not compiled by MXNet.
So each keeps its numeric core in a function ``f(F, *arrays)``, with parameters among its arguments; wrapped
in an ``nn.HybridLambda`` it is compiled by ``hybridize()``, and called with symbols it is exported.
"""

from __future__ import annotations

from ..utils.types import Array, Namespace


def softplus(F: Namespace, x: Array) -> Array:
    """log(1 + e^x) without overflow, elementwise; -log sigmoid(x) is softplus(-x). oneDNN's, 4 to 8 times
    faster than ``np.log``.
    """
    return F.npx.activation(x, act_type="softrelu")


def row_dot(F: Namespace, x: Array, rows: Array) -> Array:
    """Inner products of each x (N, d) with its own rows (N, L, d) -> (N, L).

    ``batch_dot``, since multiplying with a broadcast axis and summing takes ten times as long, most of it in
        the backward.
    """
    return F.np.squeeze(F.npx.batch_dot(rows, F.np.expand_dims(x, 2)), 2)
