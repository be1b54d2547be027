"""A table of options filled in: what is given wins over overrides, and they over defaults."""

from __future__ import annotations

import pytest

from gluon_softmax.runs.options import Given, Option, Override, fill_in

TABLE = (
    Option("color", str, "red", "", ("red", "blue")),
    Option("size", int, 3, ""),
    Option("rate", float, 0.5, ""),
)
OVERRIDES = (
    Override({"color": "blue"}, {"size": 7, "rate": 0.1, "weight": 1}, "bluer"),
    Override({"color": "blue", "size": 9}, {"rate": 0.2}, "larger"),
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"color": "red", "size": 3, "rate": 0.5}),
        ({"color": None, "size": 0}, {"color": "red", "size": 0, "rate": 0.5}),
        ({"color": "blue"}, {"color": "blue", "size": 7, "rate": 0.1}),
        ({"color": "blue", "size": 9}, {"color": "blue", "size": 9, "rate": 0.2}),
        ({"color": "blue", "rate": 4.0}, {"color": "blue", "size": 7, "rate": 4.0}),
    ],
)
def test_defaults_yield_to_overrides_and_both_to_what_is_given(
    given: Given, expected: dict[str, object]
) -> None:
    assert fill_in(given, TABLE, OVERRIDES) == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"color": "green"}, "color takes one of red, blue; got 'green'"),
        ({"weight": 2}, "^weight is no option of this kind of run$"),
        ({"colour": 2}, r"^colour is no option of this kind of run; did you mean color\?$"),
    ],
)
def test_a_wrong_option_is_named(given: Given, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fill_in(given, TABLE, OVERRIDES)


def test_a_flag_is_the_name_with_hyphens() -> None:
    assert Option("num_noise_words", int, 5, "").flag == "--num-noise-words"


def test_choices_may_grow_after_the_table_was_made() -> None:
    colors = {"red": 1}
    table = (Option("color", str, "red", "", colors.keys()),)
    with pytest.raises(ValueError, match="color takes one of red; got 'blue'"):
        fill_in({"color": "blue"}, table, ())
    colors["blue"] = 2
    assert fill_in({"color": "blue"}, table, ()) == {"color": "blue"}
