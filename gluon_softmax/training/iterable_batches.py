"""Any iterable of batches as what the loop takes: a list, a generator, a DataLoader of Gluon's or d2l's."""

from __future__ import annotations

import inspect
import itertools
import math
from typing import Any, Iterable, Iterator, Sequence, Sized, Union

import numpy

from ..utils.checks import on_host
from ..utils.types import Batches

_TAKES = (
    "takes batches such as SkipGramPairs, or anything that can be iterated over and gives tuples of "
    "arrays, such as a list or a gluon.data.DataLoader"
)


AnyBatches = Union[Batches, Iterable[Any]]  # what `as_batches` takes


def as_batches(batches: Any, num_epochs: int = 1, schedule: str = "constant") -> Batches:
    """Batches with ``epoch(e)``, ``expected_positions`` and ``produced``: `batches` itself if it has them.

    Parameters
    ----------
    batches : what has them, or an iterable of batches; a batch is a tuple or list of arrays, NumPy's or
        MXNet's, that a net is called with.
    num_epochs : how many will be asked for.
    schedule : one that falls with the positions seen needs to know how many an epoch has.

    Raises TypeError for what is no iterable of batches; ValueError for an iterator where `num_epochs` is not
    1, for a generator that is used up, and for a schedule that needs a length that is not known.
    """
    if _are_batches(batches):
        own: Batches = batches
        return own
    check_batches("batches", batches, num_epochs)
    found = IterableBatches(batches)
    if schedule != "constant" and math.isnan(found.expected_positions):
        raise ValueError(
            f"schedule takes 'constant' where the length of an epoch is unknown, as it is without len(); "
            f"got {schedule!r} with {_shown(batches)}"
        )
    return found


def check_batches(name: str, batches: object, num_epochs: int = 1) -> None:
    """Raise the errors of `as_batches`, for the argument `name`, without a look at the batches."""
    if _are_batches(batches):
        return
    if not isinstance(batches, Iterable) or isinstance(batches, (str, bytes, dict, type)):
        raise TypeError(f"{name} {_TAKES}; got {_shown(batches)}")
    if isinstance(batches, Iterator):
        _check_iterator(name, batches, num_epochs)


def _are_batches(batches: object) -> bool:
    return not isinstance(batches, type) and all(
        hasattr(batches, name) for name in ("epoch", "expected_positions", "produced")
    )


class IterableBatches:
    """An iterable of batches, one epoch each time it is iterated over.

    Attributes
    ----------
    expected_positions : how many positions an epoch has, counted by the first array of a batch: exact for a
        list or tuple; of the size of the first batch times ``len()``, if there is that; else NaN.
    produced : the "positions" that the latest epoch gave so far.
    """

    def __init__(self, batches: Iterable[Any]) -> None:
        self._batches = batches
        self._begun: Iterator[Any] | None = None  # an iterator whose first batch was looked at
        self.produced = {"positions": 0}
        self.expected_positions = self._expect()

    def _expect(self) -> float:
        if isinstance(self._batches, (list, tuple)):
            return float(sum(_size(_as_batch(batch)) for batch in self._batches))
        if not isinstance(self._batches, Sized):
            return math.nan
        iterator = iter(self._batches)
        first = next(iterator, None)
        if first is None:
            return 0.0
        self._begun = itertools.chain([first], iterator)  # the first epoch's: to begin again may draw anew
        return float(_size(_as_batch(first)) * len(self._batches))

    def epoch(self, epoch: int) -> Iterator[Sequence[numpy.ndarray]]:
        """The batches of one epoch, in host arrays; the iterable alone decides which they are."""
        del epoch
        self.produced = {"positions": 0}
        iterator, self._begun = self._begun or iter(self._batches), None
        for batch in iterator:
            arrays = _as_batch(batch)
            self.produced["positions"] += _size(arrays)
            yield arrays


def _check_iterator(name: str, batches: Iterator[Any], num_epochs: int) -> None:
    """An iterator gives its batches once."""
    if num_epochs > 1:
        raise ValueError(
            f"{name} takes what can be iterated over once per epoch, {num_epochs} times, such as a list; "
            f"got {_shown(batches)}, which gives its batches once"
        )
    if inspect.isgenerator(batches) and inspect.getgeneratorstate(batches) == inspect.GEN_CLOSED:
        raise ValueError(f"{name} takes a generator that has batches to give; got one that is used up")


def _as_batch(batch: Any) -> Sequence[numpy.ndarray]:
    """The arrays of a batch on the host, in the batch's own class if it has named fields."""
    if not isinstance(batch, (tuple, list)) or not batch:
        raise TypeError(f"batches {_TAKES}; got a batch that is {_shown(batch)}")
    arrays = []
    for array in batch:
        host = on_host(array, "batches")
        if host.dtype.kind not in "biuf" or not host.ndim:
            raise TypeError(f"batches {_TAKES}; got {_shown(array)} in a batch")
        # NumPy's default for floats, which MXNet's operators do not mix with the parameters' float32
        arrays.append(host.astype(numpy.float32) if host.dtype == numpy.float64 else host)
    if hasattr(batch, "_fields"):  # the language model's says along which axis it may be split
        named: Sequence[numpy.ndarray] = type(batch)(*arrays)
        return named
    return tuple(arrays)


def _size(arrays: Sequence[numpy.ndarray]) -> int:
    return int(arrays[0].size)


def _shown(value: object) -> str:
    return "None" if value is None else f"an object of type {type(value).__name__}"
