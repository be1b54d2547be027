"""The commands of the program, and the arguments of those that ask a run; ``train`` has its own file."""

from __future__ import annotations

import argparse
from typing import Callable, Mapping, NamedTuple, NoReturn, Optional, Sequence

from .. import __version__
from ..models.formats.registry import FORMATS
from .flags import did_you_mean, flags_of, one_line
from .picture_arguments import add_compare, add_map, add_plot, add_runs
from .train_arguments import add_train_arguments

PROGRAM = "gluon-softmax"
USER_ERROR = 2
Action = Callable[[argparse.Namespace], Optional[int]]  # the exit code, None for 0


class Command(NamedTuple):
    """A command of the program: what its help says, examples, and what adds its arguments."""

    summary: str
    examples: Sequence[str]
    add_arguments: Callable[[argparse.ArgumentParser], None]
    other_names: Mapping[str, str] = {}  # what its errors call an argument, and the command calls it


class Parser(argparse.ArgumentParser):
    """One line for an error, as for every other."""

    fill: Callable[[argparse.ArgumentParser], None] | None = None  # adds arguments when they are asked for

    def parse_known_args(  # type: ignore[override]  # argparse has overloads for other namespaces
        self, args: Sequence[str] | None = None, namespace: None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Add what only this command needs, then parse."""
        fill, self.fill = self.fill, None
        if fill is not None:
            fill(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Exit with the status of a user's error."""
        said = f"{PROGRAM}: error: {one_line(message)}; `{self.prog} --help` shows what it takes\n"
        self.exit(USER_ERROR, said)

    def parse_args(  # type: ignore[override]  # argparse has overloads for other namespaces
        self, args: Sequence[str] | None = None, namespace: None = None
    ) -> argparse.Namespace:
        """The arguments; what is left over is an error of the command that was given, with what was meant."""
        parsed, left = self.parse_known_args(args, namespace)
        if left:
            command: Parser = getattr(parsed, "parser", self)
            command.error(f"unrecognized arguments: {' '.join(left)}{did_you_mean(left, command)}")
        return parsed


def make_parser(
    actions: Mapping[str, Action],
    add_exercises: Callable[[argparse.ArgumentParser], None] | None = None,
) -> argparse.ArgumentParser:
    """The parser of the program; ``args.command`` is the action of the command that was given.

    `add_exercises` adds the commands of ``exercise``, which the others do not wait for.
    """
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
        sub = commands.add_parser(
            name,
            help=command.summary,
            description=command.summary[0].upper() + command.summary[1:] + ".",
            epilog=_examples(*(f"{name} {example}" for example in command.examples)),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=command.add_arguments is not add_train_arguments,  # which has a short and a long help
        )
        sub.add_argument("--json", action="store_true", help="print the result as one JSON object")
        sub.add_argument("--debug", action="store_true", help="show where an error comes from")
        command.add_arguments(sub)
        sub.set_defaults(command=actions[name], parser=sub, flags={**flags_of(sub), **command.other_names})
    summary = "exercises for the chapters: begin, check, hints"
    exercises = commands.add_parser(
        "exercise", help=summary, description=f"{summary[0].upper()}{summary[1:]}.", allow_abbrev=False
    )
    exercises.fill = add_exercises
    return parser


def _examples(*commands: str) -> str:
    lines = "".join(f"\n  {PROGRAM} {command.strip()}" for command in commands)
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
    parser.add_argument("path", metavar="PATH", help="the file or folder to write")
    parser.add_argument(
        "--format", metavar="NAME", help=f"{', '.join(FORMATS)} (default: what the name ends like)"
    )


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_run(parser)
    _add_where(parser)
    parser.add_argument(
        "--word-pairs",
        metavar="FILE",
        help="lines 'word TAB word TAB number' (default: WordSim-353 and SimLex-999, which gensim brings)",
    )
    parser.add_argument(
        "--analogies",
        metavar="FILE",
        help="lines of four words in sections ': name' (default: word2vec's, which gensim brings)",
    )


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


def _add_phrases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("corpus", metavar="CORPUS", help="as train's --corpus")
    parser.add_argument(
        "--out", metavar="DIR", help="write the text with its phrases joined (default: only print)"
    )
    parser.add_argument(
        "--min-count", type=int, default=5, metavar="N", help="taken from a pair's count (default: 5)"
    )
    parser.add_argument(
        "--threshold", type=float, default=10.0, metavar="X", help="the score to exceed (default: 10)"
    )
    parser.add_argument(
        "--delimiter", default="_", metavar="TEXT", help="between the words of a phrase (default: _)"
    )
    parser.add_argument("--data-dir", metavar="DIR", help="where ptb is kept (default: as for train)")
    _add_k(parser)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help=f"the folder that `{PROGRAM} train` wrote")


def _add_where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="auto", help="as for train (default: auto)")
    parser.add_argument(
        "--data-dir", metavar="DIR", help="where ptb is kept (default: where the run found it)"
    )


def _add_k(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-k", type=int, default=5, metavar="K", help="how many (default: 5)")


COMMANDS = {
    "train": Command(
        "train a model and write a run: vectors, metrics, checkpoint, loss plot",
        (
            "--corpus ptb --model skip-gram --softmax negative-sampling --num-epochs 5 --out runs/ptb",
            "--out runs/ptb --resume --num-epochs 10",
        ),
        add_train_arguments,
        {"run": "--out", "name": "--corpus"},
    ),
    "similar": Command("print the words nearest to a word", ("runs/ptb chip -k 5",), _add_similar),
    "analogy": Command(
        "print the words nearest to a - b + c (a is to b as the answer is to c)",
        ("runs/ptb japanese japan germany -k 5", "runs/mini chip quartel larksen"),
        _add_analogy,
    ),
    "export": Command(
        "write the vectors in a format that another program reads",
        ("runs/ptb vec.txt", "runs/ptb vec.bin", "runs/ptb folder --format safetensors"),
        _add_export,
    ),
    "evaluate": Command(
        "print the held-out loss on the valid and test splits, a language model's perplexity, and what word "
        "vectors know of word pairs and analogies",
        ("runs/ptb --json", "runs/ptb --word-pairs pairs.tsv --analogies questions.txt"),
        _add_evaluate,
        {"name": "the run's corpus"},
    ),
    "generate": Command(
        "print text that a language model draws word by word",
        ("runs/ptb-lm-sampled --words 1000", 'runs/ptb-lm-sampled --prefix "the company" --top-k 40'),
        _add_generate,
        {"name": "the run's corpus"},
    ),
    "map": Command(
        "write a page that shows the words in the plane, with search and neighbours",
        ("runs/ptb", "runs/mini --out map.html --method pca"),
        add_map,
    ),
    "plot": Command(
        "draw the loss, the held-out loss and the perplexity of runs over epochs and seconds",
        ("runs/ptb", "runs/ptb runs/fast --out both.png"),
        add_plot,
        {"run": "RUN"},
    ),
    "compare": Command(
        "print how runs differ: options, best figures, speed, neighbours of a few words",
        ("runs/ptb runs/fast", "runs/ptb runs/fast --words chip bank --json"),
        add_compare,
        {"run": "RUN"},
    ),
    "runs": Command("list the runs in a folder", ("", "elsewhere --json"), add_runs),
    "doctor": Command(
        "print what a run finds here: versions, cards, threads, corpora, and what is slow and why",
        ("", "--json"),
        lambda _: None,
    ),
    "phrases": Command(
        "find words that belong together, such as new york, and write the text with them joined",
        ("ptb --out phrases -k 10", "my_texts --threshold 50"),
        _add_phrases,
        {"name": "CORPUS"},
    ),
}
