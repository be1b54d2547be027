"""What every chapter asks for at its head: the corpus, how long to train, where, and where its pictures go.

As a script a chapter takes these on its command line. A notebook's kernel has arguments of its own, so there
they are read from the environment variable ``CHAPTER_ARGS``.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import NamedTuple, Sequence

from .backend.device import parse_device
from .data.corpus import Corpus, choose_corpus, load_corpus
from .training.progress import in_notebook
from .utils.checks import check_positive_int
from .utils.types import Context


class Chapter(NamedTuple):
    """The choices of one reading of a chapter."""

    name: str
    corpus_name: str
    why: str  # one line: which corpus, and why
    num_epochs: int
    device: Context
    smoke: bool
    data_dir: str | None

    def load_corpus(self, min_freq: int | None = None, eos: bool = False) -> Corpus:
        """The corpus of this reading, see `load_corpus`."""
        return load_corpus(self.corpus_name, min_freq, eos, self.data_dir)

    def picture(self, suffix: str = "") -> Path:
        """Where a picture of this chapter goes: ``build/`` of the clone, else of the working folder."""
        clone = Path(__file__).resolve().parents[1]
        folder = (clone if (clone / "chapters").is_dir() else Path.cwd()) / "build"
        folder.mkdir(exist_ok=True)
        return folder / f"{self.name}{'-' if suffix else ''}{suffix}.png"


def open_chapter(
    name: str, num_epochs: int, smoke_epochs: int = 1, argv: Sequence[str] | None = None
) -> Chapter:
    """Read the options of the chapter `name`, say in one line which corpus is used and why.

    ``--corpus`` auto (PTB where it can be had, else mini_ptb), ptb, mini_ptb or a folder; ``--num-epochs``,
    by default `num_epochs`; ``--device`` cpu, gpu:0 or auto; ``--data-dir``; ``--smoke`` reads mini_ptb for
    `smoke_epochs`. Raises ValueError for a device or a number that does not fit.
    """
    parser = argparse.ArgumentParser(prog=f"chapters/{name}.py", description=f"The chapter {name}.")
    parser.add_argument(
        "--corpus", help="auto, ptb, mini_ptb or a folder with train.txt, valid.txt, test.txt"
    )
    parser.add_argument("--num-epochs", type=int, help=f"passes over the corpus (default {num_epochs})")
    parser.add_argument("--device", default="auto", help="cpu, gpu:0 or auto (default auto)")
    parser.add_argument("--data-dir", help="where PTB is kept (default: data/ of the clone)")
    parser.add_argument("--smoke", action="store_true", help="mini_ptb and few epochs, in half a minute")
    if argv is None:
        argv = shlex.split(os.environ.get("CHAPTER_ARGS", "")) if in_notebook() else sys.argv[1:]
    args = parser.parse_args(argv)
    epochs = args.num_epochs if args.num_epochs is not None else smoke_epochs if args.smoke else num_epochs
    epochs = check_positive_int("num_epochs", epochs)
    corpus_name, why = choose_corpus(args.corpus or ("mini_ptb" if args.smoke else "auto"), args.data_dir)
    print(why)
    return Chapter(name, corpus_name, why, epochs, parse_device(args.device), args.smoke, args.data_dir)
