"""The arguments of every command; those of ``train`` from the tables of models, layers and runs."""

from __future__ import annotations

import argparse
from typing import Callable, Mapping, NamedTuple, NoReturn, Sequence

from .. import __version__
from .defaults import COMMON, OVERRIDES
from .layers import LAYERS
from .models import MODELS
from .options import Option

PROGRAM = "gluon-softmax"
USER_ERROR = 2
Action = Callable[[argparse.Namespace], None]


class Command(NamedTuple):
    """A command of the program: what its help says, examples, and what adds its arguments."""

    summary: str
    examples: Sequence[str]
    add_arguments: Callable[[argparse.ArgumentParser], None]


class Parser(argparse.ArgumentParser):
    """One line for an error, as for every other."""

    def error(self, message: str) -> NoReturn:
        """Exit with the status of a user's error."""
        self.exit(USER_ERROR, f"{PROGRAM}: error: {message}; `{self.prog} --help` shows what it takes\n")


def make_parser(actions: Mapping[str, Action]) -> argparse.ArgumentParser:
    """The parser of the program; ``args.command`` is the action of the command that was given."""
    parser = Parser(
        prog=PROGRAM,
        description="Train word vectors and ask for their neighbours. COMMAND --help shows an example.",
        epilog=_examples("train --corpus ptb --out runs/ptb", "similar runs/ptb chip -k 5"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        sub: argparse.ArgumentParser = commands.add_parser(
            name,
            help=command.summary,
            description=command.summary[0].upper() + command.summary[1:] + ".",
            epilog=_examples(*(f"{name} {example}" for example in command.examples)),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        sub.set_defaults(command=actions[name])
        sub.add_argument("--json", action="store_true", help="print the result as one JSON object")
        sub.add_argument("--debug", action="store_true", help="show where an error comes from")
        command.add_arguments(sub)
    return parser


def _examples(*commands: str) -> str:
    lines = "".join(f"\n  {PROGRAM} {command}" for command in commands)
    return f"example{'s' if len(commands) > 1 else ''}:{lines}"


def _add_similar(parser: argparse.ArgumentParser) -> None:
    _add_run(parser)
    parser.add_argument("token", metavar="WORD", help="a word of the run's vocabulary")
    _add_k(parser)


def _add_analogy(parser: argparse.ArgumentParser) -> None:
    _add_run(parser)
    for name in "abc":
        parser.add_argument(name, metavar=name.upper(), help="a word of the run's vocabulary")
    _add_k(parser)


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_run(parser)
    parser.add_argument("path", metavar="FILE", help="the file to write, binary if it ends in .bin")


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_run(parser)
    _add_where(parser)


def _add_generate(parser: argparse.ArgumentParser) -> None:
    _add_run(parser)
    parser.add_argument("--words", type=int, default=1000, metavar="N", help="how many (default: 1000)")
    parser.add_argument(
        "--temperature",
        type=float,
        default=1.0,
        metavar="X",
        help="below 1 likely words are drawn more often, above 1 less (default: 1)",
    )
    parser.add_argument("--prefix", default="", metavar="TEXT", help="words to go on from (default: none)")
    parser.add_argument(
        "--top-k", type=int, metavar="N", help="draw from the N likeliest words only (default: from all)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="decides every draw (default: 0)")
    _add_where(parser)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help=f"the folder that `{PROGRAM} train` wrote")


def _add_where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="auto", help="as for train (default: auto)")
    parser.add_argument(
        "--data-dir", metavar="DIR", help="where ptb is kept (default: where the run found it)"
    )


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


def option_names() -> list[str]:
    """The name of every option of ``train``."""
    return list({option.name: None for _, options in _option_groups() for option in options})


def _add_option(group: argparse._ArgumentGroup, option: Option) -> None:
    """Options that are not given stay None: the run's kind decides what they are then."""
    text = f"{option.help} ({_defaults(option)})".replace("%", "%%")
    if option.type is bool:
        group.add_argument(option.flag, action="store_const", const=True, dest=option.name, help=text)
        no = "--no-" + option.flag[2:]
        group.add_argument(
            no, action="store_const", const=False, dest=option.name, help=f"the opposite of {option.flag}"
        )
        return
    metavar = "N" if option.type is int else "X" if option.type is float else option.name.upper()
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


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


COMMANDS = {
    "train": Command(
        "train a model and write a run: vectors, metrics, checkpoint, loss plot",
        (
            "--corpus ptb --model skip-gram --softmax negative-sampling --num-epochs 5 --out runs/ptb",
            "--out runs/ptb --resume --num-epochs 10",
        ),
        _add_train,
    ),
    "similar": Command("print the words nearest to a word", ("runs/ptb chip -k 5",), _add_similar),
    "analogy": Command(
        "print the words nearest to a - b + c (a is to b as the answer is to c)",
        ("runs/ptb king man woman -k 5",),
        _add_analogy,
    ),
    "export": Command(
        "write the vectors in the word2vec text format, or binary to FILE.bin",
        ("runs/ptb vec.txt", "runs/ptb vec.bin"),
        _add_export,
    ),
    "evaluate": Command(
        "print the held-out loss on the valid and test splits, and a language model's perplexity",
        ("runs/ptb --json",),
        _add_evaluate,
    ),
    "generate": Command(
        "print text that a language model draws word by word",
        ("runs/ptb-lm-sampled --words 1000", 'runs/ptb-lm-sampled --prefix "the company" --top-k 40'),
        _add_generate,
    ),
}
