"""A node of MXNet's graph whose forward and backward are Python: ``autograd.Function`` without its faults.

MXNet's own stops at the first gradient that nobody asked for, drops what should be added to a gradient
(``grad_req="add"``), copies each gradient to its place, and lies in a circle with the callbacks that it hands
to C, so that what it keeps for the backward stays until Python's collector comes by: hundreds of steps'
arrays in a training loop. Here the backward writes gradients where they belong, those that are wanted, and
what was kept goes as soon as the graph does.

MXNet's own also calls the backward as soon as the gradient of its output is there, which may be long before
its forward: Python runs ahead of the engine, and a loss's gradient is ones. Backwards of several steps then
go to several threads in any order, and since the scratch memory of the operators that they call belongs to
the thread, one step can wait for the next and that for the first. Here a backward comes when its inputs are
there, and so after all the backwards that they come from.
"""

from __future__ import annotations

import atexit
import ctypes
import itertools
import sys
import time
import traceback
from typing import Any, Sequence

from .bootstrap import autograd, mx, nd

_BACKWARD = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.c_int),
    ctypes.c_int,
    ctypes.c_void_p,
)
_FORGET = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int)
_NULL, _ADD = 0, 3  # of MXNet's ways to give a gradient; the others write it

_numbers = itertools.count()
_callbacks: dict[int, Any] = {}  # what C may still call
_to_forget: set[int] = set()  # of these, those that C will soon call for the last time
_LONGEST_WAIT = 1.0  # s, for graphs that somebody keeps after their backward


@atexit.register
def _wait_for_callbacks() -> None:
    """One that comes when Python is half gone ends in an abort, or never."""
    mx.nd.waitall()
    end = time.monotonic() + _LONGEST_WAIT
    while _to_forget and time.monotonic() < end:
        time.sleep(0.001)


class Function:
    """Used as MXNet's: ``Function()(*inputs)``, one call an object, one output.

    A subclass gives ``forward(*inputs)`` -> output, run without recording, and ``backward(out_grad,
    gradients)``, which writes into each of `gradients` that is not None, one an input. MXNet calls it on a
    thread of its own, where arrays are legacy ones, perhaps several times. When the graph is freed the object
    forgets its attributes.
    """

    def forward(self, *inputs: Any) -> Any:
        raise NotImplementedError

    def backward(self, out_grad: Any, gradients: Sequence[Any]) -> None:
        raise NotImplementedError

    def __call__(self, *inputs: Any) -> Any:
        with autograd.pause(train_mode=autograd.is_training()):
            output = self.forward(*inputs)
        if autograd.is_recording():
            self._record(inputs, output)
            with autograd.pause():
                one = _one(inputs)
            output = output * one  # and so is the gradient, before the backward
        return output

    def _record(self, inputs: Sequence[Any], output: Any) -> None:
        number = next(_numbers)

        def backward(
            num_outputs: int, num_inputs: int, handles: Any, requests: Any, is_train: int, _: Any
        ) -> bool:
            try:
                arrays = [_array(handles[i]) for i in range(num_outputs + num_inputs)]
                self._backward(arrays[0], arrays[num_outputs:], [requests[i] for i in range(num_inputs)])
            except Exception:  # C cannot take it: MXNet raises an error of its own, which says where to look
                print(traceback.format_exc(), file=sys.stderr)
                return False
            _to_forget.add(number)
            return True

        def forget(_: Any) -> bool:
            self.__dict__.clear()
            _to_forget.discard(number)
            return _callbacks.pop(number, None) is not None

        held = (_BACKWARD(backward), _FORGET(forget))
        functions = (_CALLBACK * 2)(*(ctypes.cast(callback, _CALLBACK) for callback in held))
        callbacks = mx.base.MXCallbackList(
            2,
            ctypes.cast(functions, ctypes.POINTER(_CALLBACK)),
            ctypes.cast((ctypes.c_void_p * 2)(), ctypes.POINTER(ctypes.c_void_p)),
        )
        _callbacks[number] = held, functions, callbacks
        mx.base.check_call(
            mx.base._LIB.MXCustomFunctionRecord(
                ctypes.c_int(len(inputs)),
                mx.base.c_handle_array(inputs),
                ctypes.c_int(1),
                mx.base.c_handle_array([output]),
                ctypes.byref(callbacks),
            )
        )

    def _backward(self, out_grad: Any, arrays: Sequence[Any], requests: Sequence[int]) -> None:
        gradients: list[Any] = []
        for array, request in zip(arrays, requests):
            if request == _ADD:
                gradients.append(nd.empty(array.shape, ctx=array.ctx, dtype=array.dtype))
            else:
                gradients.append(None if request == _NULL else array)
        self.backward(out_grad, gradients)
        for array, gradient, request in zip(arrays, gradients, requests):
            if request == _ADD:
                array += gradient


def _one(inputs: Sequence[Any]) -> Any:
    """1, (1,), once all of them are there."""
    first = [array.as_nd_ndarray().reshape(-1)[:1] for array in inputs]
    return nd.ones_like(nd.add_n(*first)).as_np_ndarray()


def _array(handle: Any) -> Any:
    return nd.NDArray(ctypes.cast(handle, mx.base.NDArrayHandle))
