"""``autograd.Function`` loses gradients, memory and deadlocks; here is a node of the graph that does not.

Forward and backward of such a node are Python. What MXNet's own class does wrong, and what this one does:

- It stops at the first gradient that nobody asked for. Here the backward skips that one and goes on.
- It drops a gradient that should be added (``grad_req="add"``). Here it is added.
- It copies each gradient to its buffer. Here the backward writes into the buffer.
- It is in a reference cycle with the callbacks that it hands to C, so what it keeps for the backward stays
  until Python's garbage collector runs: hundreds of steps' arrays in a training loop. Here that memory is
  freed with the graph.
- It calls the backward as soon as the gradient of its output is computed, which may be long before its
  forward is: Python runs ahead of the engine, and a loss's gradient is ones. Backwards of several steps then
  run on several threads in any order, and since the scratch memory of the operators that they call belongs
  to the thread, one step can wait for the next and that one for the first. Here a backward runs when its
  inputs are computed, and so after all the backwards that they depend on.
"""

from __future__ import annotations

import atexit
import ctypes
import itertools
import sys
import time
import traceback
from typing import Sequence

from ..utils.types import Array
from .bootstrap import autograd, mx, nd

_BACKWARD_TYPE = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.c_int),
    ctypes.c_int,
    ctypes.c_void_p,
)
_RELEASE_TYPE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_CALLBACK_TYPE = ctypes.CFUNCTYPE(ctypes.c_int)
_NULL, _ADD = 0, 3  # MXNet's numbers of a gradient that is not wanted, and of one that is added; others write

_numbers = itertools.count()
_live_callbacks: dict[int, object] = {}  # kept alive while C may call them, by the node's number
_awaiting_release: set[int] = set()  # nodes whose backward has run, and which C will release soon
_MAX_EXIT_WAIT = 1.0  # s, for graphs that the program keeps after their backward


@atexit.register
def _wait_for_callbacks() -> None:
    """Wait for C's last calls: one that comes while Python shuts down ends in an abort, or never returns."""
    mx.nd.waitall()
    end = time.monotonic() + _MAX_EXIT_WAIT
    while _awaiting_release and time.monotonic() < end:
        time.sleep(0.001)


class Function:
    """A node of the graph, used like MXNet's: ``Function()(*inputs)``, one call per object, one output.

    A subclass defines `forward` and `backward`. What `forward` keeps for `backward` are attributes of the
    object, which are deleted when the graph is freed.
    """

    def forward(self, *inputs: Array) -> Array:
        """The output, computed without recording."""
        raise NotImplementedError

    def backward(self, out_grad: Array, gradients: Sequence[Array | None]) -> None:
        """Write the gradient of each input into `gradients`, one per input, None where nobody asked for it.

        MXNet calls it on a thread of its own, where arrays are legacy ones, and once per backward of a graph
        that is retained.
        """
        raise NotImplementedError

    def __call__(self, *inputs: Array) -> Array:
        """The output of `forward`, recorded if autograd records."""
        with autograd.pause(train_mode=autograd.is_training()):
            output = self.forward(*inputs)
        if autograd.is_recording():
            self._record(inputs, output)
            with autograd.pause():
                one = _one_after(inputs)
            output = output * one  # its gradient is multiplied by `one` too, before our backward is called
        return output

    def _record(self, inputs: Sequence[Array], output: Array) -> None:
        number = next(_numbers)

        def backward(
            num_outputs: int,
            num_inputs: int,
            handles: Sequence[ctypes.c_void_p],
            requests: Sequence[int],
            _is_train: int,
            _state: object,
        ) -> bool:
            try:
                arrays = [_array_of(handles[i]) for i in range(num_outputs + num_inputs)]
                self._write_gradients(
                    arrays[0], arrays[num_outputs:], [requests[i] for i in range(num_inputs)]
                )
            except Exception:  # C cannot take it; MXNet raises an error of its own that says where to look
                print(traceback.format_exc(), file=sys.stderr)
                return False
            _awaiting_release.add(number)
            return True

        def release(_state: object) -> bool:
            self.__dict__.clear()
            _awaiting_release.discard(number)
            return _live_callbacks.pop(number, None) is not None

        typed = (_BACKWARD_TYPE(backward), _RELEASE_TYPE(release))
        functions = (_CALLBACK_TYPE * 2)(*(ctypes.cast(callback, _CALLBACK_TYPE) for callback in typed))
        callbacks = mx.base.MXCallbackList(
            2,
            ctypes.cast(functions, ctypes.POINTER(_CALLBACK_TYPE)),
            ctypes.cast((ctypes.c_void_p * 2)(), ctypes.POINTER(ctypes.c_void_p)),
        )
        _live_callbacks[number] = typed, functions, callbacks
        mx.base.check_call(
            mx.base._LIB.MXCustomFunctionRecord(
                ctypes.c_int(len(inputs)),
                mx.base.c_handle_array(inputs),
                ctypes.c_int(1),
                mx.base.c_handle_array([output]),
                ctypes.byref(callbacks),
            )
        )

    def _write_gradients(self, out_grad: Array, arrays: Sequence[Array], requests: Sequence[int]) -> None:
        """Call `backward` with the gradient buffers `arrays`; gradients to be added get scratch memory."""
        gradients: list[Array | None] = []
        for array, request in zip(arrays, requests):
            if request == _ADD:
                gradients.append(nd.empty(array.shape, ctx=array.ctx, dtype=array.dtype))
            else:
                gradients.append(None if request == _NULL else array)
        self.backward(out_grad, gradients)
        for array, gradient, request in zip(arrays, gradients, requests):
            if request == _ADD:
                array += gradient


def _one_after(inputs: Sequence[Array]) -> Array:
    """1, of shape (1,), which the engine computes once all inputs are computed."""
    first = [array.as_nd_ndarray().reshape(-1)[:1] for array in inputs]
    return nd.ones_like(nd.add_n(*first)).as_np_ndarray()


def _array_of(handle: ctypes.c_void_p) -> Array:
    array: Array = nd.NDArray(ctypes.cast(handle, mx.base.NDArrayHandle))  # type: ignore[assignment]  # legacy
    return array
