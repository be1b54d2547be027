"""MXNet's obvious operators are slow for some small formulas; here each is written in the fastest way.

These functions are parts of the layers' graphs. The layers draw and check on the host, and MXNet does not
compile a block that overrides ``forward``. So each layer keeps its numeric core in a function
``f(F, *arrays)``, with parameters among its arguments: ``hybridize()`` compiles it inside an
``nn.HybridLambda``, and called with symbols it is exported.
"""

from __future__ import annotations

import ctypes
import functools

from ..utils.types import Array, Namespace
from .bootstrap import autograd, mx, nd


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


def fully_connected_backward(slopes: Array, x: Array, weight: Array) -> tuple[Array, Array, Array]:
    """The gradients of a fully connected layer's x (N, d), weight (C, d) and bias (C,), from slopes (N, C).

    It is the operator that a recorded ``nd.FullyConnected`` calls in its backward, which Python has no name
    for: called here, x and weight need not be the arrays of the forward (see `arrays.unordered_view`). Legacy
    arrays, nothing recorded.
    """
    shapes = x.shape, weight.shape, weight.shape[:1]
    gradients = [nd.empty(shape, ctx=slopes.ctx, dtype=slopes.dtype) for shape in shapes]
    inputs = (slopes, x, weight)
    options = {b"num_hidden": str(weight.shape[0]).encode(), b"no_bias": b"False"}
    with autograd.pause(train_mode=True):
        mx.base.check_call(
            mx.base._LIB.MXImperativeInvokeEx(
                _operator(b"_backward_FullyConnected"),
                ctypes.c_int(len(inputs)),
                mx.base.c_handle_array(inputs),
                ctypes.byref(ctypes.c_int(len(gradients))),
                ctypes.byref(
                    ctypes.cast(mx.base.c_handle_array(gradients), ctypes.POINTER(mx.base.NDArrayHandle))
                ),
                ctypes.c_int(len(options)),
                (ctypes.c_char_p * len(options))(*options),
                (ctypes.c_char_p * len(options))(*options.values()),
                ctypes.byref(ctypes.POINTER(ctypes.c_int)()),
            )
        )
    to_x, to_weight, to_bias = gradients
    return to_x, to_weight, to_bias


@functools.lru_cache(maxsize=None)
def _operator(name: bytes) -> ctypes.c_void_p:
    """The handle of an operator of MXNet's library."""
    handle = ctypes.c_void_p()
    mx.base.check_call(mx.base._LIB.NNGetOpHandle(name, ctypes.byref(handle)))
    return handle
