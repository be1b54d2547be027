"""The arguments of map, plot, compare and runs, and their defaults."""

from __future__ import annotations

import argparse

from gluon_softmax.runs.picture_arguments import add_compare, add_map, add_plot, add_runs


def test_defaults() -> None:
    parsed = {}
    for add, argv in ((add_map, ["a"]), (add_plot, ["a", "b"]), (add_compare, ["a"]), (add_runs, [])):
        parser = argparse.ArgumentParser()
        add(parser)
        parsed[add] = vars(parser.parse_args(argv))
    assert parsed[add_map] == {
        "run": "a", "out": None, "method": "auto", "k": 10, "max_words": 100_000, "seed": 0,
    }  # fmt: skip
    assert parsed[add_plot] == {"runs": ["a", "b"], "out": None, "html": False}
    assert parsed[add_compare] == {"runs": ["a"], "words": None, "k": 5}
    assert parsed[add_runs] == {"folder": None}
