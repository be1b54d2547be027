"""The command line ``gluon-softmax``: it parses, calls and prints; everything else lives in the package."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import shlex
import signal
import sys
import warnings
from typing import Iterable, Mapping, Sequence, TextIO, cast

from .data.joined_text import check_target, phrases_of, write_joined
from .models.vectors import get_similar_tokens
from .runs.arguments import PROGRAM, USER_ERROR, Action, make_parser
from .runs.commands import evaluate_run, generate_run, train_run
from .runs.defaults import COMMON
from .runs.flags import flags_of, in_flags, one_line
from .runs.folder import Run, finite_or_none
from .runs.models import MODELS
from .runs.train_arguments import choices_of_options, option_names
from .runs.word_tests import WordFigures, evaluate_words, has_word_tests, lines_about
from .utils.checks import check_positive_int
from .utils.errors import TrainingInterrupted
from .utils.streams import Unheard
from .utils.types import Metrics

Figures = Mapping[str, Mapping[str, float]]  # of each split, by name
FAULT = 1  # of the program
_WORDS_PER_LINE = 20
# What a user may have asked for: sizes beyond memory or beyond what a float holds are among them.
_USER_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    OSError,
    ImportError,
    MemoryError,
    OverflowError,
    RecursionError,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its status.

    0; 1 while an exercise is open; 2 after a user's error; 128 and the signal's number after a signal, so 130
    after Ctrl-C; 1 after an error that no user should see. Each error is one line.
    """
    args = make_parser(ACTIONS, _add_exercises).parse_args(argv)
    status = 0
    try:
        with warnings.catch_warnings():
            said: set[str] = set()
            warnings.showwarning = lambda message, *_, **__: _warn(str(message), said)
            status = args.command(args) or 0
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt as stop:
        if args.debug:
            raise
        print(f"\n{PROGRAM}: interrupted{_afterwards(args)}", file=sys.stderr)
        return 128 + (stop.signum if isinstance(stop, TrainingInterrupted) else signal.SIGINT)
    except _USER_ERRORS as error:
        if args.debug:
            raise
        print(f"{PROGRAM}: error: {_describe(error, args)}", file=sys.stderr)
        return USER_ERROR
    except Exception as error:
        if args.debug:
            raise
        what = one_line(f"{type(error).__name__}: {error}")
        print(
            f"{PROGRAM}: error: {what}; this is a fault of the program: --debug shows where", file=sys.stderr
        )
        return FAULT
    return status


def _warn(message: str, said: set[str]) -> None:
    """A warning on one line, as an error is, and once: a checkpoint is read before the start and at it."""
    if message not in said:
        print(f"{PROGRAM}: warning: {one_line(message)}", file=sys.stderr)
    said.add(message)


def _describe(error: BaseException, args: argparse.Namespace) -> str:
    """A user's error on one line, in the command's names."""
    text = str(error.args[0]) if type(error) is KeyError and error.args else str(error)
    if isinstance(error, MemoryError):
        text = f"memory does not suffice; smaller sizes take less: {text}"
    elif isinstance(error, (OverflowError, RecursionError)):
        text = f"a number or a file is beyond what can be computed: {text}"
    return one_line(in_flags(text, args.flags, choices_of_options())) or type(error).__name__


def _afterwards(args: argparse.Namespace) -> str:
    """How an interrupted training goes on."""
    if args.command is not _train:
        return ""
    out = _out(args)
    if not Run(out).config_path.exists():
        return "; nothing was written"
    return f"; what was checkpointed stays, and `{PROGRAM} train --out {shlex.quote(out)} --resume` goes on"


def _train(args: argparse.Namespace) -> None:
    """Train; when nobody reads the output any more, go on silently."""
    unheard = Unheard(sys.stdout)
    with contextlib.redirect_stdout(cast(TextIO, unheard)):
        _train_aloud(args)
        unheard.flush()


def _train_aloud(args: argparse.Namespace) -> None:
    given = {name: getattr(args, name) for name in option_names()}
    out = _out(args)
    silent = args.quiet or args.json
    trained = train_run(
        out,
        given,
        resume=args.resume,
        overwrite=args.overwrite,
        progress="none" if silent else "auto",
        say=_say_nothing if silent else print,
    )
    has_figures = trained.keeps_best and trained.history
    figures = evaluate_run(out, args.device or "auto", args.data_dir) if has_figures else {}
    if args.json:
        epochs = [finite_or_none(metrics) for metrics in trained.history]
        _print_json({"run": out, "epochs": epochs, **_finite(figures)})
    elif not silent:
        _print_run(out, figures)
    if trained.interrupted:
        raise KeyboardInterrupt


def _say_nothing(_: str) -> None:
    """Take the place of ``print``."""


def _print_run(out: str, figures: Figures) -> None:
    run = Run(out)
    print(f"{out} holds {', '.join(path.name for path in run.files())}; the loss plot is {run.plot_path}")
    if run.vectors_path.exists():
        tokens = run.vectors().tokens
        word = "chip" if "chip" in tokens else tokens[-1]
        print(f"neighbours of a word: {PROGRAM} similar {shlex.quote(out)} {shlex.quote(word)} -k 5")
        print(f"a map of the words: {PROGRAM} map {shlex.quote(out)}")
    if figures:
        _print_figures(figures)
        print(f"text of its own: {PROGRAM} generate {shlex.quote(out)} --words 100")


def _out(args: argparse.Namespace) -> str:
    """The folder of the run: the one given, else one that is named after what it is."""
    if args.out is not None:
        return str(args.out)
    defaults = {option.name: option.default for option in COMMON}
    corpus = os.path.basename(os.path.abspath(args.corpus or defaults["corpus"]))
    model = args.model or defaults["model"]
    softmax = args.softmax or (MODELS[model].softmax if model in MODELS else "")
    return os.path.join("runs", f"{corpus}-{model}-{softmax}")


def _similar(args: argparse.Namespace) -> None:
    vectors = Run(args.run).vectors()
    if args.json:
        _print_json({"token": args.token, "similar": _answers(vectors.most_similar(args.token, args.k))})
    else:
        get_similar_tokens(args.token, args.k, vectors)


def _analogy(args: argparse.Namespace) -> None:
    answers = Run(args.run).vectors().analogy(args.a, args.b, args.c, args.k)
    if args.json:
        _print_json({"a": args.a, "b": args.b, "c": args.c, "answers": _answers(answers)})
    else:
        for token, cosine in answers:
            print(f"cosine sim={cosine:.3f}: {token}")


def _answers(found: Iterable[tuple[str, float]]) -> list[dict[str, object]]:
    return [{"token": token, "cosine": cosine} for token, cosine in found]


def _export(args: argparse.Namespace) -> None:
    vectors = Run(args.run).vectors()
    title = vectors.save(args.path, format=args.format)
    words, dimensions = vectors.matrix.shape
    if args.json:
        _print_json({"path": args.path, "words": words, "dimensions": dimensions})
    else:
        print(f"{args.path}: {words:,} words, {dimensions} dimensions, {title}")


def _evaluate(args: argparse.Namespace) -> None:
    asked = args.word_pairs is not None or args.analogies is not None
    words = _word_figures(args) if asked else {}  # what was given is read before the slow part
    figures = evaluate_run(args.run, args.device, args.data_dir)
    words = words or _word_figures(args)
    if args.json:
        _print_json({**_finite(figures), **({"words": words} if words else {})})
        return
    _print_figures(figures)
    for line in lines_about(words) if words else ():
        print(line)


def _word_figures(args: argparse.Namespace) -> WordFigures:
    if not has_word_tests(args.run, args.word_pairs, args.analogies):
        return {}
    return evaluate_words(args.run, args.word_pairs, args.analogies)


def _finite(figures: Figures) -> dict[str, Metrics]:
    return {split: finite_or_none(values) for split, values in figures.items()}


def _print_figures(figures: Figures) -> None:
    for split, values in figures.items():
        print(f"{split}: {', '.join(f'{name} {value:.3f}' for name, value in values.items())}")


def _generate(args: argparse.Namespace) -> None:
    words = generate_run(
        args.run,
        args.device,
        args.data_dir,
        num_words=args.words,
        temperature=args.temperature,
        prefix=args.prefix,
        top_k=args.top_k,
        seed=args.seed,
    )
    if args.json:
        _print_json({"prefix": args.prefix.split(), "words": words})
        return
    words = args.prefix.split() + words
    for start in range(0, len(words), _WORDS_PER_LINE):
        print(" ".join(words[start : start + _WORDS_PER_LINE]))


def _add_exercises(parser: argparse.ArgumentParser) -> None:
    from .coursework.arguments import add_exercise_arguments  # the other commands need none of it

    add_exercise_arguments(parser, flags_of)


def _look(name: str, args: argparse.Namespace) -> None:
    from .pictures.commands import ANSWERS  # no other command waits for its imports

    answer = ANSWERS[name](args)
    if args.json:
        _print_json(answer.value)
    for line in () if args.json else answer.lines:
        print(line)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


def _phrases(args: argparse.Namespace) -> None:
    if args.out is not None:
        check_target(args.out, args.delimiter)
    k = check_positive_int("k", args.k)
    found = phrases_of(args.corpus, args.min_count, args.threshold, args.data_dir)
    if args.out is not None:
        write_joined(args.corpus, found, args.out, args.delimiter, args.data_dir)
    if args.json:
        best = [phrase._asdict() for phrase in found[:k]]
        _print_json({"out": args.out, "num_phrases": len(found), "phrases": best})
        return
    print(f"{len(found):,} phrases{'' if args.out is None else f', joined in {args.out}'}")
    for phrase in found[:k]:
        print(f"score={phrase.score:.1f}, {phrase.num_times:,} times: {phrase.first} {phrase.second}")


ACTIONS: dict[str, Action] = {
    "train": _train,
    "similar": _similar,
    "analogy": _analogy,
    "export": _export,
    "evaluate": _evaluate,
    "generate": _generate,
    **{name: functools.partial(_look, name) for name in ("map", "plot", "compare", "runs", "doctor")},
    "phrases": _phrases,
}
