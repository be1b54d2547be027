"""The command line's arguments: help with examples that parse and with defaults, and what does not parse."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Sequence

import pytest
from oracles.small_runs import Call, check_error

from gluon_softmax import cli
from gluon_softmax.runs.arguments import COMMANDS, make_parser
from gluon_softmax.runs.defaults import COMMON
from gluon_softmax.runs.layers import LAYERS
from gluon_softmax.runs.models import MODELS
from gluon_softmax.runs.train_arguments import option_names


@pytest.mark.parametrize("command", list(COMMANDS))
def test_help_shows_an_example_that_parses(command: str, call: Call) -> None:
    status, out, _ = call(command, "--help")
    assert status == 0
    examples = [
        shlex.split(line) for line in out.splitlines() if f"{line} ".startswith(f"  gluon-softmax {command} ")
    ]
    assert len(examples) == len(COMMANDS[command].examples) > 0
    for words in examples:
        make_parser(cli.ACTIONS).parse_args(words[1:])


def test_help_of_train_has_every_option_and_its_default(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "2000")
    lines = [line.strip() for line in call("train", "--help-all")[1].splitlines()]
    models, layers = MODELS.values(), LAYERS.values()
    for table in (COMMON, *(model.own for model in models), *(layer.own for layer in layers)):
        for option in table:
            [at] = [i for i, line in enumerate(lines) if f"{line} ".startswith(f"{option.flag} ")]
            default = ("no", "yes")[option.default] if option.type is bool else option.default
            default = f"{default:g}" if isinstance(default, float) else "none" if default is None else default
            own = f"{option.flag} (default: {default}"  # where another layer has it too, with another default
            text = " ".join(lines[at : at + 2])  # the help is on the next line after a long flag
            assert f"(default: {default}" in text or any(own in line for line in lines), option.name


def test_no_command_is_an_error_and_version_is_none(call: Call) -> None:
    assert call()[0] == 2
    assert call("--version")[:2] == (0, "gluon-softmax 0.1.0\n")


def test_generate_shows_examples_that_parse(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["generate", "--help"])
    shown = capsys.readouterr().out.splitlines()
    lines = [line for line in shown if line.startswith("  gluon-softmax generate ")]
    for line in lines:
        make_parser(cli.ACTIONS).parse_args(shlex.split(line)[1:])
    assert len(lines) == 2


def test_every_command_has_its_action() -> None:
    assert list(cli.ACTIONS) == list(COMMANDS)


def test_an_option_that_is_not_given_is_none_and_a_switch_has_its_opposite() -> None:
    parser = make_parser(cli.ACTIONS)
    names = option_names()
    assert len(names) == len(set(names)) and {"corpus", "cell", "cutoffs", "power"} <= set(names)
    args = parser.parse_args(["train"])
    assert [getattr(args, name) for name in names] == [None] * len(names)
    args = parser.parse_args(
        ["train", "--sparse-grad", "--no-unique", "--num-noise-words", "3", "--lr", "1e-3"]
    )
    assert (args.sparse_grad, args.unique, args.num_noise_words, args.lr) == (True, False, 3, 0.001)


def test_help_of_train_gives_an_override_with_its_reason(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "2000")
    out = call("train", "--help-all")[1]
    assert "(default: 4096; with --corpus mini_ptb 256: so small a text has few steps an epoch; " in out
    assert "with --batches blocks --corpus mini_ptb 0.05: few steps again" in out


@pytest.mark.parametrize(
    ("argv", "parts"),
    [
        (
            ["similar", "RUN", "chip", "-k", "two"],
            ["argument -k: invalid int value: 'two'", "similar --help"],
        ),
        (["similar", "RUN"], ["the following arguments are required: WORD"]),
        (["translate"], ["invalid choice: 'translate'"]),
        (["train", "--lr", "quick"], ["argument --lr: invalid float value: 'quick'"]),
        (["train", "--resume", "--overwrite"], ["not allowed with"]),
        (["train", "--learning-rate", "1"], ["unrecognized arguments: --learning-rate"]),
        (["train", "--num-epoch", "1"], ["unrecognized arguments: --num-epoch"]),
    ],
    ids=lambda value: "-".join(value) if "RUN" in value else None,
)
def test_what_cannot_be_parsed_is_one_line(
    argv: Sequence[str], parts: Sequence[str], call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    check_error(call(*argv), *parts)
    assert list(tmp_path.iterdir()) == []
