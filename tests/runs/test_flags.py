"""Errors in a command's names, and the option that was meant."""

from __future__ import annotations

import pytest

from gluon_softmax import cli
from gluon_softmax.runs.arguments import make_parser
from gluon_softmax.runs.flags import _SYNONYMS, did_you_mean, flags_of, in_flags, one_line
from gluon_softmax.runs.train_arguments import choices_of_options, option_names

PARSER = make_parser(cli.ACTIONS)
TRAIN = PARSER.parse_args(["train"])
GENERATE = PARSER.parse_args(["generate", "RUN"])


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("num_epochs takes an integer, got 0.5", "--num-epochs takes an integer, got 0.5"),
        ("lr takes a number, got 'x'", "--lr takes a number, got 'x'"),
        ("model takes one of lm; got 'bert'", "--model takes one of lm; got 'bert'"),
        ("min_freq=9 removes every word, so min_freq takes 1 to 5",
         "--min-freq=9 removes every word, so --min-freq takes 1 to 5"),
        ("batches takes 'book' with softmax negative-sampling only; got softmax full",
         "--batches takes 'book' with --softmax negative-sampling only; got --softmax full"),
        ("power is no option of this kind of run, model lm with softmax full",
         "--power is no option of this kind of run, --model lm with --softmax full"),
        ("x is none; did you mean seed?", "x is none; did you mean --seed?"),
        ("a goes on with seed 3, as it began; got 4", "a goes on with --seed 3, as it began; got 4"),
        ("diverged: the loss is nan with lr 9.0; try a smaller lr",
         "diverged: the loss is nan with --lr 9.0; try a smaller --lr"),
        ("name takes 'ptb', 'mini_ptb' or a folder", "--corpus takes 'ptb', 'mini_ptb' or a folder"),
        ("run takes a path; got ''", "--out takes a path; got ''"),
        # what speaks of something else, or quotes
        ("the model, its softmax, a device", "the model, its softmax, a device"),
        ("/data/min_freq/lr/batch_size.txt has no words", "/data/min_freq/lr/batch_size.txt has no words"),
        ("got 'batch_size'", "got 'batch_size'"),
        ("config.json is damaged: lr takes a number", "config.json is damaged: lr takes a number"),
    ],
)  # fmt: skip
def test_a_message_says_the_names_of_the_command_line(message: str, said: str) -> None:
    assert in_flags(message, TRAIN.flags, choices_of_options()) == said


def test_each_command_has_its_own_names() -> None:
    for message, said in (
        ("num_words takes 1", "--words takes 1"), ("top_k takes 1", "--top-k takes 1"),
        ("run takes a language model", "RUN takes a language model"), ("seed takes 0", "--seed takes 0"),
        ("name takes 'ptb'", "the run's corpus takes 'ptb'"), ("num_epochs takes 1", "num_epochs takes 1"),
    ):  # fmt: skip
        assert in_flags(message, GENERATE.flags, choices_of_options()) == said


def test_every_option_of_train_has_its_flag() -> None:
    for name in option_names():
        if "no-" + name not in TRAIN.flags:
            assert TRAIN.flags[name].replace("--no-", "--") == "--" + name.replace("_", "-")
    assert flags_of(TRAIN.parser)["sparse_grad"] == "--sparse-grad"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--num-epoch", "3"], "; did you mean --num-epochs?"),
        (["--num_epochs=3"], "; did you mean --num-epochs?"),
        (["--learning-rate", "1"], "; did you mean --lr?"),
        (["--epochs", "1", "--batchsize", "3"], "; did you mean --num-epochs and --batch-size?"),
        (["--colour"], ""),
        (["word", "-"], ""),
        (["-" * 100_000], ""),
    ],
)
def test_an_option_that_is_not_there_is_answered_with_the_one_that_was_meant(
    words: list[str], hint: str
) -> None:
    assert did_you_mean(words, TRAIN.parser) == hint


def test_every_synonym_is_of_an_option_that_some_command_has() -> None:
    similar = PARSER.parse_args(["similar", "RUN", "WORD"])
    flags = {f for args in (TRAIN, similar) for action in args.parser._actions for f in action.option_strings}
    assert set(_SYNONYMS.values()) <= flags and not set(_SYNONYMS) & flags


def test_a_message_is_one_line_and_what_is_too_long_is_cut() -> None:
    assert one_line("a\n  b\tc ") == "a b c"
    cut = one_line(f"got {'x' * 300}y and more")
    assert cut == f"got {'x' * 40}...{'x' * 19}y and more"
    assert len(one_line("word " * 1000)) == 1000
