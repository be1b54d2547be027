"""Checks of arguments: each raises an error that names the argument, what it takes and what it got."""

from __future__ import annotations

import difflib
import math
import numbers
import reprlib
from typing import Sequence

import numpy

from .types import Array

_MAX_FLOAT_ID = 2**24  # the first whole number whose successor float32 rounds
_WHY_NO_FLOATS = " (of a float array only whole numbers below 2^24 are, since MXNet would round others)"
MAX_INT = 2**63 - 1  # what NumPy's and MXNet's sizes hold
MAX_SHOWN = 60  # characters of a value in a message
_MAX_LISTED, _FEW = 20, 6  # choices in a message: up to so many all, else a few
_repr = reprlib.Repr()
_repr.maxlist = _repr.maxtuple = _repr.maxset = _repr.maxfrozenset = _repr.maxarray = 20
_repr.maxstring = _repr.maxother = _repr.maxlong = MAX_SHOWN


def shown(value: object) -> str:
    """`value` as a message shows it: its repr on one line, cut short in the middle where it is long."""
    try:
        text = " ".join(_repr.repr(value).split())
    except ValueError:  # Python writes no integer of thousands of digits
        return f"an integer of {value.bit_length()} bits" if isinstance(value, int) else type(value).__name__
    half = (MAX_SHOWN - 3) // 2
    return text if len(text) <= MAX_SHOWN else f"{text[:half]}...{text[-half:]}"


def check_positive_int(name: str, value: object, minimum: int = 1, maximum: float = MAX_INT) -> int:
    """`value` as an int.

    Raises TypeError for what is not an integer, ValueError below `minimum` and above `maximum`, by default
    what 64 bits hold.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} takes an integer of at least {minimum}, got {shown(value)}")
    number = int(value)
    if number < minimum:
        raise ValueError(f"{name} takes an integer of at least {minimum}, got {shown(number)}")
    if number > maximum:
        raise ValueError(f"{name} takes an integer of at most {maximum}, got {shown(number)}")
    return number


def check_int_or_none(name: str, value: object) -> int | None:
    """`value` as an int, or None; raises TypeError for what is neither. NumPy's integers are integers."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} takes an integer or None; got {shown(value)}")
    return int(value)


def check_bool(name: str, value: object) -> bool:
    """`value` as a bool; raises TypeError for anything else: "no" would be true. NumPy's are taken."""
    if not isinstance(value, (bool, numpy.bool_)):
        raise TypeError(f"{name} takes True or False; got {shown(value)}")
    return bool(value)


def check_number(
    name: str,
    value: object,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> float:
    """`value` as a finite float within [low, high], without the end that is open.

    Raises TypeError for what is not a number, ValueError for NaN, infinity or a number out of range.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} takes a number, got {shown(value)}")
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        number = -math.inf if value < 0 else math.inf
    ends = [end for end, is_open in ((low, open_low), (high, open_high)) if is_open]
    if not math.isfinite(number) or not low <= number <= high or number in ends:
        left, right = "above" if open_low else "of at least", "below" if open_high else "at most"
        bounds = f" {left} {low:g}" if low > -math.inf else ""
        bounds += f"{' and' if bounds else ''} {right} {high:g}" if high < math.inf else ""
        raise ValueError(f"{name} takes a finite number{bounds}, got {shown(value)}")
    return number


def check_scale(name: str, value: object, or_zero: bool = False) -> float:
    """`value` as a number above 0, or 0 too, that float32 numbers can be multiplied or divided by.

    Raises the errors of `check_number`, and ValueError beyond 1e-30 and 1e+30.
    """
    number = check_number(name, value, 0, open_low=not or_zero)
    if number and not 1e-30 <= number <= 1e30:
        raise ValueError(
            f"{name} takes a number from 1e-30 to 1e+30, which float32 holds; got {shown(value)}"
        )
    return number


def check_choice(name: str, value: object, choices: Sequence[str]) -> str:
    """`value` if it is one of `choices`; raises ValueError, listing them, if it is not.

    Of many choices the first are listed, and the one that is spelt nearest is named.
    """
    if not isinstance(value, str) or value not in choices:
        near = difflib.get_close_matches(value, choices, 1) if isinstance(value, str) else []
        meant = f"; did you mean {near[0]}?" if near else ""
        many = len(choices) > _MAX_LISTED
        listed = (
            f"{', '.join(choices[:_FEW])} and {len(choices) - _FEW} others" if many else ", ".join(choices)
        )
        raise ValueError(f"{name} takes one of {listed}; got {shown(value)}{meant}")
    return value


def on_host(array: object, name: str = "array") -> numpy.ndarray:
    """What is taken for an array, a list, NumPy's or MXNet's, as a NumPy array.

    MXNet's is asked itself, since NumPy would read it back number by number. Raises TypeError, for the
    argument `name`, for a symbol and for lists of different lengths.
    """
    if hasattr(array, "list_arguments"):  # a symbol's asnumpy raises MXNet's error
        raise TypeError(f"{name} takes an array; got a symbol, {shown(array)}, which holds no numbers")
    try:
        host: numpy.ndarray = array.asnumpy() if hasattr(array, "asnumpy") else numpy.asarray(array)
    except ValueError:  # NumPy's about an inhomogeneous shape
        raise TypeError(f"{name} takes an array or lists of one length; got {shown(array)}") from None
    return host


def numbers_on_host(name: str, array: object) -> numpy.ndarray:
    """`on_host` of numbers or truth values; raises TypeError for an array of anything else."""
    host = on_host(array, name)
    if host.dtype.kind not in "biuf":
        raise TypeError(f"{name} takes numbers; got {shown(array)}")
    return host


def shape_of(array: object, name: str = "array") -> tuple[int, ...]:
    """The shape of an array, a list, NumPy's or MXNet's, which is not read back for it."""
    shape: tuple[int, ...] = array.shape if hasattr(array, "shape") else numpy.shape(on_host(array, name))
    return tuple(shape)


def integers_on_host(array: object, name: str = "array") -> numpy.ndarray:
    """`on_host`, where whole numbers of an MXNet array become integers: MXNet makes float32 by default."""
    host = on_host(array, name)
    if hasattr(array, "asnumpy") and host.dtype.kind == "f" and _are_exact_integers(host):
        return host.astype(numpy.int64)
    return host


def check_counts(name: str, counts: object, length: int | None = None) -> numpy.ndarray:
    """Counts or weights as a new float64 array (V,), V = `length` if given.

    Raises TypeError for what is not a sequence of numbers, ValueError for another shape or length, for a
    number that is negative or not finite, and for zeros alone.
    """
    try:
        array = on_host(counts, name)
        if array.dtype.kind not in "iuf":
            raise TypeError(f"dtype {array.dtype}")
        array = array.astype(numpy.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} takes a sequence of numbers, one per word; got {type(counts).__name__} ({error})"
        ) from None
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} takes one number per word, shape (vocab_size,); got shape {array.shape}")
    if length is not None and array.size != length:
        raise ValueError(f"{name} takes {length} numbers, one per word; got {array.size}")
    wrong = numpy.flatnonzero(~numpy.isfinite(array) | (array < 0))
    if wrong.size:
        raise ValueError(
            f"{name} takes finite numbers of at least 0; got {array[wrong[0]]} for id {wrong[0]}"
        )
    if not array.any():
        raise ValueError(f"{name} takes at least one number above 0; got {array.size} zeros")
    return array


def check_falling_counts(
    name: str,
    counts: object,
    length: int | None = None,
    what: str = "numbers in falling order from id 1 on",
) -> numpy.ndarray:
    """`check_counts` of counts that never rise from id 1 on; id 0, ``<unk>``, may have any count.

    `what` describes in the error what `name` takes. Raises ValueError for the first count above the one
    before it, and the errors of `check_counts`.
    """
    array = check_counts(name, counts, length)
    rises = numpy.flatnonzero(numpy.diff(array[1:]) > 0)
    if rises.size:
        i = int(rises[0]) + 1
        raise ValueError(
            f"{name} takes {what}; got {array[i]:g} for id {i} and {array[i + 1]:g} for id {i + 1}"
        )
    return array


def check_ids(name: str, ids: object, upper: int) -> numpy.ndarray:
    """Ids as a NumPy integer array within [0, upper).

    MXNet silently clips ids out of range (Embedding, pick) and rounds float ids, so every block checks them
    first. An MXNet array is read back once: ids come from the host, so no computation is waited for. An array
    of floats, which MXNet makes by default and d2l's batches are, is taken where all are whole numbers below
    2^24: from there on float32 does not tell two ids apart.

    Raises TypeError for ids that are not such integers (0.5, NaN), ValueError for ids out of range.
    """
    array = on_host(ids, name)
    if not array.size and not hasattr(ids, "dtype"):
        return array.astype(numpy.int64)  # an empty list has no dtype of its own
    if array.dtype in (numpy.float32, numpy.float64) and _are_exact_integers(array):
        array = array.astype(numpy.int32)
    if array.dtype.kind not in "iu":
        beginning = shown(array.ravel()[:3].tolist())
        raise TypeError(
            f"{name} takes integer ids in [0, {upper}); got dtype {array.dtype}, beginning {beginning}"
            f"{_WHY_NO_FLOATS if array.dtype.kind == 'f' else ''}"
        )
    if array.size and (array.min() < 0 or array.max() >= upper):
        wrong = array[(array < 0) | (array >= upper)].ravel()[0]
        raise ValueError(f"{name} takes ids in [0, {upper}); got {wrong}")
    return array


def _are_exact_integers(array: numpy.ndarray) -> bool:
    """Whether all floats are whole numbers that float32 holds exactly, and tells from their neighbours."""
    return bool((numpy.abs(array) < _MAX_FLOAT_ID).all() and (array == numpy.rint(array)).all())


def check_hidden(name: str, array: Array, width: int) -> Array:
    """`array` if it is an MXNet array of floats of shape (..., width), a legacy one as one of ``mx.np``.

    MXNet's matrix products reject float16 on a CPU with an obscure error, so this check names the cause.
    Raises TypeError for another kind or dtype, ValueError for another shape.
    """
    if not hasattr(array, "as_np_ndarray") or not hasattr(array, "ctx"):
        raise TypeError(
            f"{name} takes an MXNet array; got {type(array).__name__}, "
            "of which mx.np.array(..., dtype='float32') makes one"
        )
    if numpy.dtype(array.dtype) == numpy.float16 and array.ctx.device_type == "cpu":
        raise TypeError(f"{name} takes float32 on a CPU, where MXNet has no float16 products; got float16")
    if numpy.dtype(array.dtype) not in (numpy.float32, numpy.float16):
        raise TypeError(
            f"{name} takes float32; got {numpy.dtype(array.dtype)}, which .astype('float32') makes one"
        )
    if not array.shape or array.shape[-1] != width:
        raise ValueError(f"{name} takes shape (..., {width}), in_units last; got {tuple(array.shape)}")
    return array.as_np_ndarray()


def check_same_shape(name: str, shape: Sequence[int], like: str, like_shape: Sequence[int]) -> None:
    """Raise ValueError, naming both shapes, unless `shape` equals `like_shape`."""
    if tuple(shape) != tuple(like_shape):
        raise ValueError(f"{name} takes the sizes of {like}, {tuple(like_shape)}; got {tuple(shape)}")
