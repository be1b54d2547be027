"""The command line ``gluon-softmax``: it parses, calls and prints; everything else lives in the package."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from typing import Any, Iterable, NoReturn, Sequence

from . import __version__
from .build import COMMON, MODELS, OVERRIDES
from .options import Option
from .output_layers.choose import LAYERS
from .runs import Run, evaluate_run, finite_or_none, train_run
from .vectors import get_similar_tokens

PROGRAM = "gluon-softmax"
USER_ERROR, INTERRUPTED = 2, 130
_USER_ERRORS = (ValueError, TypeError, KeyError, OSError, ImportError)


class _Parser(argparse.ArgumentParser):
    """One line for an error, as for every other."""

    def error(self, message: str) -> NoReturn:
        self.exit(USER_ERROR, f"{PROGRAM}: error: {message}; `{self.prog} --help` shows what it takes\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 after a user's error, or 130 after Ctrl-C."""
    args = _parser().parse_args(argv)
    try:
        args.command(args)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        if args.debug:
            raise
        print(f"\n{PROGRAM}: interrupted{getattr(args, 'afterwards', '')}", file=sys.stderr)
        return INTERRUPTED
    except _USER_ERRORS as error:
        if args.debug:
            raise
        print(f"{PROGRAM}: error: {_one_line(error)}", file=sys.stderr)
        return USER_ERROR
    return 0


def _one_line(error: BaseException) -> str:
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return " ".join(text.split()) or type(error).__name__


def _train(args: argparse.Namespace) -> None:
    given = {name: getattr(args, name) for name in _option_names()}
    out = args.out or _default_out(args)
    args.afterwards = (
        f"; what was checkpointed stays, and `{PROGRAM} train --out {shlex.quote(out)} --resume` goes on"
    )
    silent = args.quiet or args.json
    history = train_run(
        out,
        given,
        resume=args.resume,
        overwrite=args.overwrite,
        progress="none" if silent else "auto",
        say=(lambda line: None) if silent else print,
    )
    if args.json:
        _print_json({"run": out, "epochs": [finite_or_none(metrics) for metrics in history]})
    elif not silent:
        run = Run(out)
        print(f"{out} holds {', '.join(path.name for path in run.files())}; the loss plot is {run.plot_path}")
        if run.vectors_path.exists():
            tokens = run.vectors().tokens
            word = "chip" if "chip" in tokens else tokens[-1]
            print(f"neighbours of a word: {PROGRAM} similar {shlex.quote(out)} {shlex.quote(word)} -k 5")


def _default_out(args: argparse.Namespace) -> str:
    defaults = {option.name: option.default for option in COMMON}
    kind = {name: getattr(args, name) or defaults[name] for name in ("corpus", "model", "softmax")}
    corpus = os.path.basename(os.path.abspath(kind["corpus"]))
    return os.path.join("runs", f"{corpus}-{kind['model']}-{kind['softmax']}")


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


def _answers(found: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"token": token, "cosine": cosine} for token, cosine in found]


def _export(args: argparse.Namespace) -> None:
    vectors = Run(args.run).vectors()
    vectors.save(args.path)
    words, dimensions = vectors.matrix.shape
    if args.json:
        _print_json({"path": args.path, "words": words, "dimensions": dimensions})
    else:
        print(f"{args.path}: {words:,} words, {dimensions} dimensions, word2vec text format")


def _evaluate(args: argparse.Namespace) -> None:
    figures = evaluate_run(args.run, args.device, args.data_dir)
    if args.json:
        _print_json({split: finite_or_none(values) for split, values in figures.items()})
    else:
        for split, values in figures.items():
            print(f"{split}: {', '.join(f'{name} {value:.3f}' for name, value in values.items())}")


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        description="Train word vectors and ask for their neighbours. COMMAND --help shows an example.",
        epilog=_examples("train --corpus ptb --out runs/ptb", "similar runs/ptb chip -k 5"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, action: Any, summary: str, examples: Sequence[str]) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=_examples(*(f"{name} {example}" for example in examples)),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        sub.set_defaults(command=action)
        sub.add_argument("--json", action="store_true", help="print the result as one JSON object")
        sub.add_argument("--debug", action="store_true", help="show where an error comes from")
        return sub

    _add_train(
        command(
            "train",
            _train,
            "train a model and write a run: vectors, metrics, checkpoint, loss plot",
            (
                "--corpus ptb --model skip-gram --softmax negative-sampling --num-epochs 5 --out runs/ptb",
                "--out runs/ptb --resume --num-epochs 10",
            ),
        )
    )
    similar = command("similar", _similar, "print the words nearest to a word", ["runs/ptb chip -k 5"])
    _add_run(similar)
    similar.add_argument("token", metavar="WORD", help="a word of the run's vocabulary")
    _add_k(similar)
    analogy = command(
        "analogy",
        _analogy,
        "print the words nearest to a - b + c (a is to b as the answer is to c)",
        ["runs/ptb king man woman -k 5"],
    )
    _add_run(analogy)
    for name in "abc":
        analogy.add_argument(name, metavar=name.upper(), help="a word of the run's vocabulary")
    _add_k(analogy)
    export = command("export", _export, "write the vectors in the word2vec text format", ["runs/ptb vec.txt"])
    _add_run(export)
    export.add_argument("path", metavar="FILE", help="the file to write; one that is there is replaced")
    evaluate = command(
        "evaluate", _evaluate, "print the held-out loss on the valid and test splits", ["runs/ptb --json"]
    )
    _add_run(evaluate)
    evaluate.add_argument("--device", default="auto", help="as for train (default: auto)")
    evaluate.add_argument(
        "--data-dir", metavar="DIR", help="where ptb is kept (default: where the run found it)"
    )
    return parser


def _examples(*commands: str) -> str:
    lines = "".join(f"\n  {PROGRAM} {command}" for command in commands)
    return f"example{'s' if len(commands) > 1 else ''}:{lines}"


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help=f"the folder that `{PROGRAM} train` wrote")


def _add_k(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-k", type=int, default=5, metavar="K", help="how many (default: 5)")


def _add_train(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument_group("the run")
    where.add_argument(
        "--out", metavar="RUN", help="the folder to write (default: runs/CORPUS-MODEL-SOFTMAX)"
    )
    what = where.add_mutually_exclusive_group()
    what.add_argument(
        "--resume",
        action="store_true",
        help="go on from the run's checkpoint; options left out are the run's, only --num-epochs may grow",
    )
    what.add_argument("--overwrite", action="store_true", help="replace the run that is there")
    where.add_argument("--quiet", action="store_true", help="print nothing but errors")
    seen: set[str] = set()
    for title, options in _option_groups():
        shared = [f"{option.flag} ({_defaults(option)})" for option in options if option.name in seen]
        group = parser.add_argument_group(title, f"from above: {', '.join(shared)}" if shared else None)
        for option in options:
            if option.name not in seen:
                _add_option(group, option)
            seen.add(option.name)


def _option_groups() -> list[tuple[str, Sequence[Option]]]:
    groups = [
        ("options of every run", COMMON),
        *((f"options of --model {name}", model.own) for name, model in MODELS.items()),
        *((f"options of --softmax {name}", layer.own) for name, layer in LAYERS.items()),
    ]
    return [(title, options) for title, options in groups if options]


def _option_names() -> list[str]:
    return list({option.name: None for _, options in _option_groups() for option in options})


def _add_option(group: Any, option: Option) -> None:
    """Options that are not given stay None: the run's kind decides what they are then."""
    text = f"{option.help} ({_defaults(option)})".replace("%", "%%")
    if option.type is bool:
        group.add_argument(option.flag, action="store_const", const=True, dest=option.name, help=text)
        no = "--no-" + option.flag[2:]
        group.add_argument(
            no, action="store_const", const=False, dest=option.name, help=f"the opposite of {option.flag}"
        )
        return
    metavar = {int: "N", float: "X"}.get(option.type, option.name.upper())  # type: ignore[call-overload]  # by type
    group.add_argument(
        option.flag,
        type=option.type,
        dest=option.name,
        metavar="{" + ",".join(option.choices) + "}" if option.choices else metavar,
        help=text,
    )


def _defaults(option: Option) -> str:
    """``default: 4096; with --model cbow 1024: its reason``."""
    parts = [f"default: {_shown(option.default)}"]
    for override in OVERRIDES:
        if option.name in override.defaults:
            where = " ".join(f"--{name} {value}" for name, value in override.where.items())
            parts.append(f"with {where} {_shown(override.defaults[option.name])}: {override.reason}")
    return "; ".join(parts)


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
