"""An ``autograd.Function`` whose arrays go as soon as its graph does.

MXNet's own lies in a circle with the callbacks that it hands to C, so that what it keeps for the backward
stays until Python's collector comes by: hundreds of steps' arrays in a training loop.
"""

from __future__ import annotations

from typing import Any

from .backend import autograd


class Function(autograd.Function):
    """Used as MXNet's: one call an object; when the graph is freed, the object forgets its attributes."""

    def __call__(self, *inputs: Any) -> Any:
        held = autograd.Function._registry.ref_holder  # callbacks by number, until C says that they may go
        before = set(held)
        outputs = super().__call__(*inputs)
        new = set(held) - before
        if len(new) == 1:  # none without recording; two where another thread came between: left to Python
            key = new.pop()
            held[key] = _Held(held[key], self)
        return outputs


class _Held:
    """Stands in MXNet's list in the place of the callbacks, and notices when it is struck off."""

    def __init__(self, callbacks: Any, function: Function) -> None:
        self._callbacks, self._function = callbacks, function

    def __del__(self) -> None:
        self._function.__dict__.clear()
