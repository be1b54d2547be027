"""The command line ``gluon-softmax``: it parses, calls and prints; everything else lives in the package."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from typing import Any, Iterable, NoReturn, Sequence

from . import __version__
from .models.vectors import get_similar_tokens
from .runs.arguments import add_train, option_names
from .runs.build import COMMON, MODELS
from .runs.commands import evaluate_run, generate_run, train_run
from .runs.folder import Run, finite_or_none

PROGRAM = "gluon-softmax"
USER_ERROR, INTERRUPTED = 2, 130
_WORDS_A_LINE = 20
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
    given = {name: getattr(args, name) for name in option_names()}
    out = args.out or _default_out(args)
    args.afterwards = (
        f"; what was checkpointed stays, and `{PROGRAM} train --out {shlex.quote(out)} --resume` goes on"
    )
    silent = args.quiet or args.json
    model = args.model or (
        Run(out).config()["options"]["model"] if args.resume and Run(out).files() else None
    )
    keeps_best = model in MODELS and MODELS[model].keeps_best
    interrupted: list[bool] = []
    history = train_run(
        out,
        given,
        resume=args.resume,
        overwrite=args.overwrite,
        progress="none" if silent else "auto",
        say=(lambda line: None) if silent else print,
        on_interrupt=(lambda: interrupted.append(True)) if keeps_best else None,
    )
    figures = evaluate_run(out, args.device or "auto", args.data_dir) if keeps_best and history else {}
    if args.json:
        epochs = [finite_or_none(metrics) for metrics in history]
        _print_json({"run": out, "epochs": epochs, **_finite(figures)})
    elif not silent:
        run = Run(out)
        print(f"{out} holds {', '.join(path.name for path in run.files())}; the loss plot is {run.plot_path}")
        if run.vectors_path.exists():
            tokens = run.vectors().tokens
            word = "chip" if "chip" in tokens else tokens[-1]
            print(f"neighbours of a word: {PROGRAM} similar {shlex.quote(out)} {shlex.quote(word)} -k 5")
        if figures:
            _print_figures(figures)
            print(f"text of its own: {PROGRAM} generate {shlex.quote(out)} --words 100")
    if interrupted:
        raise KeyboardInterrupt


def _default_out(args: argparse.Namespace) -> str:
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
        _print_json(_finite(figures))
    else:
        _print_figures(figures)


def _finite(figures: dict[str, Any]) -> dict[str, Any]:
    return {split: finite_or_none(values) for split, values in figures.items()}


def _print_figures(figures: dict[str, Any]) -> None:
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
    for start in range(0, len(words), _WORDS_A_LINE):
        print(" ".join(words[start : start + _WORDS_A_LINE]))


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

    add_train(
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
        "evaluate",
        _evaluate,
        "print the held-out loss on the valid and test splits, and a language model's perplexity",
        ["runs/ptb --json"],
    )
    _add_run(evaluate)
    _add_where(evaluate)
    generate = command(
        "generate",
        _generate,
        "print text that a language model draws word by word",
        ["runs/ptb-lm-sampled --words 1000", 'runs/ptb-lm-sampled --prefix "the company" --top-k 40'],
    )
    _add_run(generate)
    generate.add_argument("--words", type=int, default=1000, metavar="N", help="how many (default: 1000)")
    generate.add_argument(
        "--temperature",
        type=float,
        default=1.0,
        metavar="X",
        help="below 1 likely words are drawn more often, above 1 less (default: 1)",
    )
    generate.add_argument("--prefix", default="", metavar="TEXT", help="words to go on from (default: none)")
    generate.add_argument(
        "--top-k", type=int, metavar="N", help="draw from the N likeliest words only (default: from all)"
    )
    generate.add_argument("--seed", type=int, default=0, metavar="N", help="decides every draw (default: 0)")
    _add_where(generate)
    return parser


def _examples(*commands: str) -> str:
    lines = "".join(f"\n  {PROGRAM} {command}" for command in commands)
    return f"example{'s' if len(commands) > 1 else ''}:{lines}"


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help=f"the folder that `{PROGRAM} train` wrote")


def _add_where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="auto", help="as for train (default: auto)")
    parser.add_argument(
        "--data-dir", metavar="DIR", help="where ptb is kept (default: where the run found it)"
    )


def _add_k(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-k", type=int, default=5, metavar="K", help="how many (default: 5)")
