"""The arguments of ``train``: a short help of one line each, and a long one behind ``--help-all``."""

from __future__ import annotations

import pytest
from oracles.small_runs import Call

from gluon_softmax.runs.defaults import COMMON
from gluon_softmax.runs.train_arguments import choices_of_options, option_names


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_the_short_help_of_train_fits_a_screen_with_a_line_for_each_option(
    columns: str, flag: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    status, out, err = call("train", flag)
    lines = out.splitlines()
    assert (status, err) == (0, "") and len(lines) < 35 and max(map(len, lines)) < 125
    options = [line.split()[0] for line in lines if line.startswith("  --")]
    brief = [option.flag for option in COMMON if option.brief]
    assert options == ["--out", "--resume", "--overwrite", "--quiet", "--json", *brief, "--help-all"]
    for name in ("corpus", "model", "softmax", "num_epochs", "lr", "device"):
        assert any(line.startswith(f"  --{name.replace('_', '-')} ") for line in lines)
    assert "  --lr X             initial learning rate (default: by model and corpus)" in lines


def test_the_long_help_has_every_option(call: Call) -> None:
    status, out, _ = call("train", "--help-all")
    words = out.split()
    assert status == 0 and len(out.splitlines()) > 100
    assert {f"--{name.replace('_', '-')}" for name in option_names()} <= set(words)


def test_the_short_help_leads_to_the_long_one_and_shows_the_same_examples(call: Call) -> None:
    short, long = call("train", "--help")[1], call("train", "--help-all")[1]
    assert "  --help-all         every option" in short
    assert short.partition("examples:")[2] == long.partition("examples:")[2] != ""


def test_the_help_says_that_more_epochs_stretch_the_schedule(call: Call) -> None:
    words = " ".join(call("train", "--help-all")[1].split())
    assert "only --num-epochs may grow: that stretches the schedule" in words


def test_choices_are_those_of_the_tables() -> None:
    choices = choices_of_options()
    assert choices["optimizer"] == ["sgd", "adam", "adagrad"] and choices["batches"] == [
        "pairs",
        "book",
        "blocks",
    ]
    assert set(choices) <= set(option_names()) and "lr" not in choices
