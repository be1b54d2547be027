"""Is an answer what is expected? Where they differ, the first difference in one line."""

from __future__ import annotations

from typing import Mapping

import numpy

_MAX_SHOWN = 80


def difference(got: object, want: object, rtol: float, atol: float) -> str | None:
    """Return None if `got` equals `want`, else the first difference.

    Numbers and arrays of any library are compared as numbers: ``|got − want| ≤ atol + rtol · |want|``; their
    type does not matter, their shape does. Sequences and mappings are compared by their members, sets as
    sets, and text as it is.
    """
    return _difference(got, want, rtol, atol, "")


def _difference(got: object, want: object, rtol: float, atol: float, place: str) -> str | None:
    if isinstance(want, Mapping):
        return _of_mappings(got, want, rtol, atol, place)
    if isinstance(want, (set, frozenset)):
        return _of_sets(got, want, place)
    if isinstance(want, str) or want is None:
        same = got is None if want is None else isinstance(got, str) and got == want
        return None if same else f"{place}{_shown(got)} where {_shown(want)} is expected"
    if isinstance(want, (tuple, list)) and not _is_numbers(want):
        return _of_sequences(got, want, rtol, atol, place)
    return _of_numbers(got, want, rtol, atol, place)


def _of_mappings(
    got: object, want: Mapping[object, object], rtol: float, atol: float, place: str
) -> str | None:
    if not isinstance(got, Mapping):
        return f"{place}{_shown(got)} where a dict is expected"
    if set(got) != set(want):
        return (
            f"{place}keys {_shown(sorted(map(str, got)))} where {_shown(sorted(map(str, want)))} are expected"
        )
    found = (_difference(got[key], want[key], rtol, atol, f"{place}[{key!r}] ") for key in want)
    return next((text for text in found if text), None)


def _of_sets(got: object, want: set[object] | frozenset[object], place: str) -> str | None:
    if not isinstance(got, (set, frozenset, tuple, list, numpy.ndarray)):
        return f"{place}{_shown(got)} where a set is expected"
    members = {member.item() if isinstance(member, numpy.generic) else member for member in got}
    if members == want:
        return None
    return f"{place}{_shown(sorted(members, key=str))} where {_shown(sorted(want, key=str))} are expected"


def _of_sequences(
    got: object, want: tuple[object, ...] | list[object], rtol: float, atol: float, place: str
) -> str | None:
    if not isinstance(got, (tuple, list)) and not (isinstance(got, numpy.ndarray) and got.ndim):
        return f"{place}{_shown(got)} where a sequence of {len(want)} is expected"
    if len(got) != len(want):
        return f"{place}{len(got)} values where {len(want)} are expected"
    found = (
        _difference(one, other, rtol, atol, f"{place}[{number}] ")
        for number, (one, other) in enumerate(zip(got, want))
    )
    return next((text for text in found if text), None)


def _of_numbers(got: object, want: object, rtol: float, atol: float, place: str) -> str | None:
    right = numpy.asarray(want)
    try:
        array = numpy.asarray(got, "float64")  # rows of several lengths are a ValueError
    except (TypeError, ValueError, OverflowError):
        array = None
    if got is None or isinstance(got, str) or array is None:
        return f"{place}{_shown(got)} where {_kind(right)} is expected"
    if array.shape != right.shape:
        return f"{place}the shape is {array.shape} where {right.shape} is expected"
    expected = right.astype("float64")
    with numpy.errstate(invalid="ignore"):
        near = numpy.abs(array - expected) <= atol + rtol * numpy.abs(expected)
        wrong = ~((array == expected) | (near & numpy.isfinite(expected)))  # all is near to infinity
    wrong &= ~(numpy.isnan(array) & numpy.isnan(expected))
    if not wrong.any():
        return None
    lost = wrong & ~numpy.isfinite(array)
    index = tuple(int(i) for i in numpy.argwhere(lost if lost.any() else wrong)[0])
    at = f"at {list(index)}: " if index else ""
    return f"{place}{at}{array[index]:.6g} where {expected[index]:.6g} is expected"


def _is_numbers(values: tuple[object, ...] | list[object]) -> bool:
    return all(isinstance(value, (int, float, numpy.number)) for value in values)


def _kind(array: numpy.ndarray) -> str:
    return f"an array of shape {array.shape}" if array.shape else "a number"


def _shown(value: object) -> str:
    if value is None:
        return "nothing (None)"
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 3]}..."
