"""The argument checks: what passes comes back as it should, what does not is named."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest

from gluon_softmax.backend import mx, np
from gluon_softmax.utils import checks


def test_integers() -> None:
    got = checks.check_positive_int("k", numpy.int64(3))
    assert got == 3 and type(got) is int
    assert checks.check_positive_int("seed", 0, 0) == 0 and checks.check_positive_int("m", 2, minimum=2) == 2
    for value, minimum in ((0, 1), (-1, 0), (1, 2)):
        with pytest.raises(ValueError, match=rf"^k takes an integer of at least {minimum}, got {value}$"):
            checks.check_positive_int("k", value, minimum)
    for wrong in (True, 1.0, "3", None, [1], numpy.array([1])):
        with pytest.raises(TypeError, match=r"^k takes an integer of at least 1, got "):
            checks.check_positive_int("k", wrong)


def test_numbers() -> None:
    for value in (0, 1, 0.5, numpy.float32(0.25), numpy.int32(1)):
        got = checks.check_number("lr", value, 0, 1)
        assert got == value and type(got) is float
    assert checks.check_number("power", -3) == -3.0
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (-0.1, {"low": 0}, " of at least 0"), (0, {"low": 0, "open_low": True}, " above 0"),
        (1.1, {"low": 0, "high": 1}, " of at least 0 and at most 1"), (2, {"high": 1}, " at most 1"),
        (math.nan, {}, ""), (math.inf, {}, ""), (-math.inf, {"high": 1}, " at most 1"),
    ]  # fmt: skip
    for value, bounds, said in cases:
        with pytest.raises(ValueError, match=rf"^lr takes a finite number{said}, got {value}$"):
            checks.check_number("lr", value, **bounds)
    for wrong in (True, "0.1", None, 1j, [0.1]):
        with pytest.raises(TypeError, match=r"^lr takes a number, got "):
            checks.check_number("lr", wrong)


def test_choices() -> None:
    assert checks.check_choice("optimizer", "adam", ("sgd", "adam")) == "adam"
    for wrong in ("Adam", "", None, 3):
        with pytest.raises(ValueError, match=r"^optimizer takes one of sgd, adam; got "):
            checks.check_choice("optimizer", wrong, ("sgd", "adam"))


@pytest.mark.parametrize("counts", [[3, 0, 2], (3.0, 0.0, 2.0), numpy.array([3, 0, 2], dtype=numpy.uint8)])
def test_counts(counts: Any) -> None:
    got = checks.check_counts("counts", counts, 3)
    assert got.dtype == numpy.float64
    numpy.testing.assert_array_equal(got, [3, 0, 2])


def test_counts_are_copied() -> None:
    counts = numpy.array([1.0, 2.0])
    checks.check_counts("counts", counts)[0] = 9
    assert counts[0] == 1


@pytest.mark.parametrize("counts, error, said", [
    ([1, -2], ValueError, "finite numbers of at least 0; got -2.0 for id 1"),
    ([math.inf, 1], ValueError, "finite numbers of at least 0; got inf for id 0"),
    ([1, 2, math.nan], ValueError, "finite numbers of at least 0; got nan for id 2"),
    ([0, 0.0], ValueError, "at least one number above 0; got 2 zeros"),
    ([], ValueError, r"one number per word, shape \(vocab_size,\); got shape \(0,\)"),
    (3, ValueError, r"one number per word, .* got shape \(\)"),
    ([[1]], ValueError, r"one number per word, .* got shape \(1, 1\)"),
    ([True, False], TypeError, r"a sequence of numbers, one per word; got list \(dtype bool\)"),
    ("abc", TypeError, "a sequence of numbers, one per word; got str"),
    ({"the": 3}, TypeError, "a sequence of numbers, one per word; got dict"),
])  # fmt: skip
def test_wrong_counts(counts: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=f"^counts takes {said}"):
        checks.check_counts("counts", counts)


def test_counts_of_another_length() -> None:
    with pytest.raises(ValueError, match=r"^counts takes 3 numbers, one per word; got 2$"):
        checks.check_counts("counts", [1, 2], 3)


@pytest.mark.parametrize("counts", [[0, 9, 9, 4, 0], [1, 9], [3], (2.0, 0.5, 0.25)])
def test_counts_that_fall_from_id_1_on(counts: Any) -> None:
    got = checks.check_falling_counts("counts", counts, len(counts))
    assert got.dtype == numpy.float64
    numpy.testing.assert_array_equal(got, counts)


def test_counts_that_rise() -> None:
    said = r"^counts takes numbers in falling order from id 1 on; got 3 for id 2 and 25 for id 3$"
    with pytest.raises(ValueError, match=said):
        checks.check_falling_counts("counts", [1, 7, 3, 25, 90])
    with pytest.raises(ValueError, match=r"^weights takes rare words last; got 0.5 for id 1 and 1 for id 2$"):
        checks.check_falling_counts("weights", [9, 0.5, 1], what="rare words last")
    with pytest.raises(ValueError, match=r"^counts takes 3 numbers, .*; got 2$"):
        checks.check_falling_counts("counts", [1, 2], 3)
    with pytest.raises(TypeError, match=r"^counts takes a sequence of numbers, .*; got str"):
        checks.check_falling_counts("counts", "abc")


def test_ids() -> None:
    for ids in ([0, 4], numpy.array([[4, 0]], dtype=numpy.uint8), np.array([4], dtype="int32"), 3):
        got = checks.check_ids("target", ids, 5)
        numpy.testing.assert_array_equal(got, ids.asnumpy() if hasattr(ids, "asnumpy") else ids)
        assert isinstance(got, numpy.ndarray) and got.dtype.kind in "iu"
    assert checks.check_ids("target", numpy.zeros((0, 2), dtype=int), 5).shape == (0, 2)
    for wrong, first in (([0, 5], 5), ([[1, -1, 9]], -1), (np.array([7], dtype="int32"), 7)):
        with pytest.raises(ValueError, match=rf"^target takes ids in \[0, 5\); got {first}$"):
            checks.check_ids("target", wrong, 5)
    for wrong in ([0.0, 1.5], [math.nan], np.array([1.5]), ["a"], [True], None):
        with pytest.raises(TypeError, match=r"^target takes integer ids in \[0, 5\); got dtype"):
            checks.check_ids("target", wrong, 5)
    with pytest.raises(TypeError, match=r"got dtype float64, beginning \[1.0, nan, 3.0\] \("):
        checks.check_ids("target", [1.0, math.nan, 3.0, 4.0], 5)


@pytest.mark.parametrize("kind", [numpy.array, np.array])
def test_whole_numbers_in_a_float_array_are_ids_where_nothing_was_rounded(kind: Any) -> None:
    """d2l's batches are float32, MXNet's default; from 2^24 on float32 does not tell two ids apart."""
    upper = 2**25
    got = checks.check_ids("target", kind([[0, 3], [2**24 - 1, -0.0]], dtype="float32"), upper)
    assert got.dtype == numpy.int32 and got.tolist() == [[0, 3], [2**24 - 1, 0]]
    assert checks.check_ids("target", kind([], dtype="float32"), upper).dtype == numpy.int32
    for wrong in ([2.0**24], [0.0, 0.5], [math.nan], [math.inf], [-(2.0**24)]):
        message = r"^target takes integer ids .* float32, beginning .* \(of a float array only whole numbers"
        with pytest.raises(TypeError, match=message):
            checks.check_ids("target", kind(wrong, dtype="float32"), upper)
    for wrong in ([-1.0], [5.0]):
        with pytest.raises(ValueError, match=r"^target takes ids in \[0, 5\); got (-1|5)$"):
            checks.check_ids("target", kind(wrong, dtype="float32"), 5)
    with pytest.raises(TypeError, match="got dtype float16"):  # which has rounded from 2,048 on
        checks.check_ids("target", kind([1.0], dtype="float16"), upper)


def test_hidden_vectors() -> None:
    checks.check_hidden("hidden", np.zeros((2, 3, 4)), 4)
    checks.check_hidden("hidden", np.zeros((4,)), 4)
    for shape in ((4, 3), (5,), ()):
        with pytest.raises(ValueError, match=r"^hidden takes shape \(\.\.\., 4\), in_units last; got \("):
            checks.check_hidden("hidden", np.zeros(shape), 4)
    for wrong, said in (
        (numpy.zeros((2, 4)), "an MXNet array; got ndarray"),
        (np.zeros((2, 4), dtype="int32"), "float32; got int32"),
        (np.zeros((2, 4), dtype="float16"), "float32 on a CPU, where MXNet has no float16 products"),
    ):
        with pytest.raises(TypeError, match=f"^hidden takes {said}"):
            checks.check_hidden("hidden", wrong, 4)


def test_shapes() -> None:
    checks.check_same_shape("mask", [2, 3], "pred", (2, 3))
    for shape in ((3, 2), (2,), (2, 3, 1)):
        with pytest.raises(ValueError, match=r"^mask takes the sizes of pred, \(2, 3\); got "):
            checks.check_same_shape("mask", shape, "pred", (2, 3))


def test_a_value_is_shown_on_one_line_and_cut_short() -> None:
    for value, text in (
        ("adam", "'adam'"), (-1.0, "-1.0"), (None, "None"), ([1, "a"], "[1, 'a']"), ("a\nb", r"'a\nb'"),
        (numpy.zeros((2, 2)), "array([[0., 0.], [0., 0.]])"),
    ):  # fmt: skip
        assert checks.shown(value) == text
    for long in (
        "x" * 10**6,
        10**3000,
        10**5000,
        list(range(10**5)),
        numpy.arange(10**6),
        {i: i for i in range(999)},
    ):
        text = checks.shown(long)
        assert len(text) <= checks.MAX_SHOWN and "\n" not in text

    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError("no repr")

    assert "Odd" in checks.shown(Odd())


@pytest.mark.parametrize("check", [checks.check_positive_int, checks.check_number])
def test_a_number_beyond_what_can_be_computed_is_refused(check: Any) -> None:
    for number in (10**400, 10**5000):
        with pytest.raises(ValueError, match=r"^k takes an? (integer|finite number)") as caught:
            check("k", number)
        assert len(str(caught.value)) < 130
    with pytest.raises(ValueError, match=r"^k takes a finite number of at least 0, got -1000"):
        checks.check_number("k", -(10**400), 0)
    assert checks.check_positive_int("k", checks.MAX_INT) == 2**63 - 1
    with pytest.raises(
        ValueError, match=r"^k takes an integer of at most 9223372036854775807, got 9223372036854775808$"
    ):
        checks.check_positive_int("k", 2**63)


def test_switches() -> None:
    assert checks.check_bool("eos", numpy.bool_(True)) is True and checks.check_bool("eos", False) is False
    for wrong in (0, 1, None, "no", numpy.array([True]), mx.sym.var("s")):
        with pytest.raises(TypeError, match=r"^eos takes True or False; got "):
            checks.check_bool("eos", wrong)


def test_scales_are_what_float32_holds() -> None:
    assert checks.check_scale("lr", 1e-30) == 1e-30 and checks.check_scale("wd", 0, or_zero=True) == 0
    for wrong in (0, 1e-31, 1e31):
        with pytest.raises(ValueError, match=r"^lr takes a "):
            checks.check_scale("lr", wrong)


def test_a_symbol_holds_no_numbers() -> None:
    for check in (checks.on_host, checks.shape_of, checks.integers_on_host):
        with pytest.raises(TypeError, match=r"^ids takes an array; got a symbol, <Symbol s>, which holds no"):
            check(mx.sym.var("s"), "ids")
    with pytest.raises(TypeError, match=r"^mask takes numbers; got 'x'$"):
        checks.numbers_on_host("mask", "x")
