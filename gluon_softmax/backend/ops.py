"""MXNet's obvious operators are slow for some small formulas; here each is written in the fastest way.

These functions are parts of the layers' graphs. The layers draw and check on the host, and MXNet does not
compile a block that overrides ``forward``. So each layer keeps its numeric core in a function
``f(F, *arrays)``, with parameters among its arguments: ``hybridize()`` compiles it inside an
``nn.HybridLambda``, and called with symbols it is exported.
"""

from __future__ import annotations

from ..utils.types import Array, Namespace


def softplus(F: Namespace, x: Array) -> Array:
    """log(1 + e^x) without overflow, elementwise; −log σ(x) is softplus(−x).

    It is oneDNN's, 4 to 8 times as fast as ``np.log``.
    """
    return F.npx.activation(x, act_type="softrelu")


def row_dot(F: Namespace, x: Array, rows: Array) -> Array:
    """Inner products of each x (N, d) with its own rows (N, L, d) → (N, L).

    It is a ``batch_dot``, since multiplying with a broadcast axis and summing takes ten times as long, most
    of it in the backward.
    """
    return F.np.squeeze(F.npx.batch_dot(rows, F.np.expand_dims(x, 2)), 2)


def grouped_matmul(F: Namespace, left: Array, right: Array, num_groups: int, num_rows: int) -> Array:
    """Products of two matrices for each of n groups, ``left[k] @ right[k]``, in the shapes of a convolution.

    left (n p, q, 1, 1), the rows of n matrices (p, q) one after another; right (1, n q, 1, r) -> (1, n p, 1,
    r); `num_groups` is n and `num_rows` n p. A convolution of n groups with 1 x 1 kernels is such a product,
    and oneDNN computes it in half the time of ``batch_dot``. In inference mode oneDNN reorders its inputs
    first, which doubles the time: call this in ``autograd.train_mode()``.
    """
    return F.npx.convolution(
        right, left, kernel=(1, 1), num_filter=num_rows, num_group=num_groups, no_bias=True
    )


def grouped_transpose(F: Namespace, matrices: Array) -> Array:
    """Each of n matrices transposed: (n, p, q) -> (n, q, p).

    The legacy operator, which takes a quarter of the time of ``np.transpose``.
    """
    return F.transpose(matrices.as_nd_ndarray(), axes=(0, 2, 1)).as_np_ndarray()
