"""Host arrays that a training loop of one's own puts on a device, as it does with a DataLoader's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Tuple, TypeVar

import numpy

if TYPE_CHECKING:
    from ..utils.types import Array, Context

BatchT = TypeVar("BatchT", bound=Tuple[numpy.ndarray, ...])


class HostArray(numpy.ndarray):
    """A NumPy array with the method of MXNet's arrays that the loops of *Dive into Deep Learning* call."""

    def as_in_ctx(self, ctx: Context) -> Array:
        """A copy as an MXNet array of the same dtype on `ctx`."""
        from ..backend.arrays import as_device_array  # seconds, for whoever has no device to put arrays on

        return as_device_array(self, self.dtype, ctx)

    as_in_context = as_in_ctx


def as_host_arrays(batch: BatchT) -> BatchT:
    """The named tuple with each of its arrays, which are not copied, as a `HostArray`."""
    return type(batch)(*(array.view(HostArray) for array in batch))
