"""An error says a command's names: the package's ``num_epochs`` is ``--num-epochs`` on the command line.

And an option that is not there is answered with the one that was meant.
"""

from __future__ import annotations

import argparse
import difflib
import re
from typing import Mapping, Sequence

_MAX_WORD = 260  # characters of a word in a message: a path may be long, a value need not be shown whole
_MAX_MESSAGE = 1000
_ALIASES = {"num_words": "--words"}  # names of arguments that a command's option has another name for
# What other programs call an option: gensim, word2vec.c, fastText, PyTorch's examples.
_SYNONYMS = {
    "--alpha": "--lr",
    "--learning-rate": "--lr",
    "--epochs": "--num-epochs",
    "--epoch": "--num-epochs",
    "--iter": "--num-epochs",
    "--vector-size": "--embed-size",
    "--size": "--embed-size",
    "--dim": "--embed-size",
    "--emsize": "--embed-size",
    "--window": "--max-window-size",
    "--negative": "--num-noise-words",
    "--neg": "--num-noise-words",
    "--min-count": "--min-freq",
    "--sample": "--threshold",
    "--nhid": "--num-hiddens",
    "--hidden-size": "--num-hiddens",
    "--nlayers": "--num-layers",
    "--loss": "--softmax",
    "--output": "--out",
    "--input": "--corpus",
    "--topn": "-k",
    "--save": "--out",
    "--clip": "--clip-norm",
    "--cuda": "--device",
}


def flags_of(parser: argparse.ArgumentParser) -> dict[str, str]:
    """How a command calls each of its arguments, by the argument's name: its flag or its place."""
    flags = dict(_ALIASES)
    for action in parser._actions:
        flags.setdefault(
            action.dest, action.option_strings[-1] if action.option_strings else str(action.metavar)
        )
    return flags


def in_flags(message: str, flags: Mapping[str, str], choices: Mapping[str, Sequence[str]]) -> str:
    """`message` with the names of arguments as the command calls them.

    Parameters
    ----------
    message : of an error of the package, such as "num_epochs takes an integer of at least 1, got 0".
    flags : see `flags_of`.
    choices : the values of each argument that has some; "softmax full" becomes "--softmax full".

    A name of one word, such as "model", is replaced where a message speaks of the argument for certain: at
    its beginning before "takes", before one of its values, after "did you mean" or "goes on with". A message
    about a damaged file keeps the names that the file has.
    """
    if " damaged: " in message:
        return message
    certain = [name for name in flags if "_" in name or name == "lr"]
    patterns = [
        rf"(?<![\w/.'\"-])({_any(certain)})(?![\w/.'\"-])",
        rf"^({_any(flags)})(?= (?:takes|is no option)\b)",
        rf"(?:(?<=did you mean )|(?<=goes on with ))({_any(flags)})\b",
        *(
            rf"(?<![\w/.'\"-])({name})(?= (?:{_any(values)})(?![\w/.-]))"
            for name, values in choices.items()
            if name in flags
        ),
    ]
    for pattern in patterns:
        message = re.sub(pattern, lambda match: flags[match[1]], message)
    return message


def _any(words: Mapping[str, object] | Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def one_line(message: str) -> str:
    """`message` on one line, with what is too long to read cut short."""
    text = re.sub(rf"\S{{{_MAX_WORD},}}", lambda match: f"{match[0][:40]}...{match[0][-20:]}", message)
    text = " ".join(text.split())
    return text if len(text) <= _MAX_MESSAGE else f"{text[: _MAX_MESSAGE - 3]}..."


def did_you_mean(words: Sequence[str], parser: argparse.ArgumentParser) -> str:
    """``; did you mean --num-epochs?`` for options that `parser` has not, where one is near; else nothing."""
    flags = [flag for action in parser._actions for flag in action.option_strings]
    by_name = {flag.lstrip("-"): flag for flag in flags}
    meant: list[str] = []
    for word in words:
        name = word.partition("=")[0][:_MAX_WORD].replace("_", "-")
        if name.startswith("-") and len(name) > 1:
            synonym = _SYNONYMS.get(name)
            close = difflib.get_close_matches(name.lstrip("-"), by_name, 1)
            near = [synonym] if synonym in flags else [by_name[found] for found in close]
            meant += [flag for flag in near if flag is not None and flag not in meant]
    return f"; did you mean {' and '.join(meant)}?" if meant else ""
