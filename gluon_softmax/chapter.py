"""What every chapter needs: its options (corpus, epochs, device), its pictures, and the time of a step.

As a script a chapter takes its options on its command line. A notebook's kernel has arguments of its own, so
there they are read from the environment variable ``CHAPTER_ARGS``.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Callable, Mapping, NamedTuple, NoReturn, Sequence

from .backend import mx
from .backend.device import parse_device
from .data.corpus import Corpus, load_corpus
from .data.sources import choose_corpus, find_sources
from .models.vectors import WordVectors
from .runs.arguments import PROGRAM, USER_ERROR
from .runs.flags import in_flags, one_line
from .training.progress import in_notebook
from .utils.checks import check_positive_int
from .utils.types import Context

# What the package calls an option that a chapter has.
_FLAGS = {name: f"--{name.replace('_', '-')}" for name in ("num_epochs", "device", "data_dir")}
_FLAGS["name"] = "--corpus"


class Chapter(NamedTuple):
    """The options of one run of a chapter."""

    name: str
    corpus_name: str
    why: str  # one line: which corpus, and why
    num_epochs: int
    device: Context
    smoke: bool
    data_dir: str | None

    def load_corpus(self, min_freq: int | None = None, eos: bool = False) -> Corpus:
        """Load the chapter's corpus; see `gluon_softmax.load_corpus`.

        Ends the script with one line if there is no such corpus.
        """
        try:
            return load_corpus(self.corpus_name, min_freq, eos, self.data_dir)
        except (ValueError, OSError) as error:
            _end(_script(self.name), error)

    def picture(self, suffix: str = "") -> Path:
        """Return the path of a picture: in ``build/`` of the clone, else of the working folder."""
        clone = Path(__file__).resolve().parents[1]
        folder = (clone if (clone / "chapters").is_dir() else Path.cwd()) / "build"
        folder.mkdir(exist_ok=True)
        return folder / f"{self.name}{'-' if suffix else ''}{suffix}.png"

    def finish(self, vectors: WordVectors) -> None:
        """Keep the vectors beside the picture, and print where things are and which commands go on."""
        path = self.picture("vectors").with_suffix(".txt")
        vectors.save(path)
        run = Path("runs") / Path(self.corpus_name).name
        train = (
            f"train --corpus {shlex.quote(self.corpus_name)} --batches blocks --out {shlex.quote(str(run))}"
        )
        if self.data_dir is not None:
            train += f" --data-dir {shlex.quote(self.data_dir)}"
        page = shlex.quote(str(path.with_suffix(".html")))
        print(f"the loss plot:       {self.picture()}")
        print(f"the vectors:         {path}")
        print(f"a map of the words:  {_program()} map {shlex.quote(str(path))} --out {page}")
        print(f"next:                {_program()} {'runs' if run.exists() else train}")

    def draw(
        self,
        suffix: str,
        lines: Mapping[str, tuple[Sequence[float], Sequence[float]]],
        xlabel: str,
        ylabel: str,
        xscale: str = "linear",
    ) -> Path:
        """Draw the lines (x, y), by their label and over a logarithmic y, into the picture `suffix`."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 4.5), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        for label, (x, y) in lines.items():
            axes.plot(x, y, "o-", label=label)
        axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale="log")
        axes.legend()
        axes.grid(True, alpha=0.3)
        path = self.picture(suffix)
        figure.savefig(path)
        show_picture(path)
        return path


def show_picture(path: Path) -> None:
    """Show a PNG file in the notebook's cell; elsewhere, and for another kind of file, do nothing.

    The file itself is shown, whatever matplotlib's backend is.
    """
    if in_notebook() and path.suffix == ".png":
        from IPython.display import Image, display

        display(Image(filename=str(path)))


def step_seconds(step: Callable[[int], object], num_steps: int, warm_up: int = 1) -> list[float]:
    """Return the seconds of each call of ``step(i)``, i = 0, 1, ..., until all its work is done.

    The first `warm_up` calls allocate memory and compile graphs, so they do not count; `num_steps` follow.
    """
    seconds = []
    for i in range(warm_up + num_steps):
        start = time.perf_counter()
        step(i)
        mx.nd.waitall()
        seconds.append(time.perf_counter() - start)
    return seconds[warm_up:]


def open_chapter(
    name: str, num_epochs: int, smoke_epochs: int = 1, argv: Sequence[str] | None = None
) -> Chapter:
    """Read the options of the chapter `name`, and print in one line which corpus is used and why.

    ``--corpus`` auto (PTB where it is available, else mini_ptb), ptb, mini_ptb or a folder; ``--num-epochs``,
    by default `num_epochs`; ``--device`` cpu, gpu:0 or auto; ``--data-dir``; ``--smoke`` reads mini_ptb for
    `smoke_epochs`. A bad option ends the script with one line and the exit code 2, as on the command line.
    """
    parser = _Parser(prog=_script(name), description=f"The chapter {name}.")
    parser.add_argument(
        "--corpus", help="auto, ptb, mini_ptb or a folder with train.txt, valid.txt, test.txt"
    )
    parser.add_argument("--num-epochs", type=int, help=f"passes over the corpus (default {num_epochs})")
    parser.add_argument("--device", default="auto", help="cpu, gpu:0 or auto (default auto)")
    parser.add_argument("--data-dir", help="the folder of PTB (default: data/ of the clone)")
    parser.add_argument("--smoke", action="store_true", help="mini_ptb and few epochs, in half a minute")
    try:
        if argv is None:
            argv = shlex.split(os.environ.get("CHAPTER_ARGS", "")) if in_notebook() else sys.argv[1:]
        args = parser.parse_args(argv)
        default = smoke_epochs if args.smoke else num_epochs
        epochs = check_positive_int("num_epochs", default if args.num_epochs is None else args.num_epochs)
        asked = ("mini_ptb" if args.smoke else "auto") if args.corpus is None else args.corpus
        corpus_name, why = choose_corpus(asked, args.data_dir)
        if args.corpus not in (None, "auto"):
            find_sources(corpus_name, args.data_dir)
        device = parse_device(args.device)
    except (ValueError, OSError) as error:
        _end(_script(name), error)
    print(why)
    return Chapter(name, corpus_name, why, epochs, device, args.smoke, args.data_dir)


class _Parser(argparse.ArgumentParser):
    """One line for an error, as on the command line."""

    def error(self, message: str) -> NoReturn:
        """Exit with the status of a user's error."""
        _end(self.prog, message)


def _program() -> str:
    """The command line as it can be typed: beside the Python that runs, else on the path."""
    beside = Path(sys.executable).with_name(PROGRAM)
    if not beside.is_file():
        return PROGRAM
    with contextlib.suppress(ValueError):  # it is not below the working folder
        beside = beside.relative_to(Path.cwd())
    return shlex.quote(str(beside))


def _script(name: str) -> str:
    return f"chapters/{name}.py"


def _end(script: str, error: Exception | str) -> NoReturn:
    """End the script with the error on one line."""
    print(f"{script}: error: {one_line(in_flags(str(error), _FLAGS, {}))}", file=sys.stderr)
    raise SystemExit(USER_ERROR)
