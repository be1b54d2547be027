"""The arguments of the commands that look at runs: map, plot, compare, runs."""

from __future__ import annotations

import argparse


def add_map(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``map``."""
    parser.add_argument("run", metavar="RUN", help="a run's folder, or a file of word vectors")
    parser.add_argument("--out", metavar="FILE", help="the page to write (default: map.html in RUN)")
    parser.add_argument(
        "--method",
        default="auto",
        metavar="NAME",
        help="umap, tsne, pca, or auto: the first of them that is installed (default: auto)",
    )
    parser.add_argument("-k", type=int, default=10, metavar="K", help="neighbours to show (default: 10)")
    parser.add_argument(
        "--max-words", type=int, default=100_000, metavar="N", help="the N most frequent (default: 100000)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="decides every draw (default: 0)")


def add_plot(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``plot``."""
    _add_runs(parser)
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="the file to write, by its end a .png, .svg, .pdf or .html (default: curves.png in RUN, or here "
        "for several runs)",
    )
    parser.add_argument(
        "--html", action="store_true", help="write a page with the picture and its figures, curves.html"
    )


def add_compare(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``compare``."""
    _add_runs(parser)
    parser.add_argument(
        "--words", nargs="+", metavar="WORD", help="whose neighbours to print (default: three of the text)"
    )
    parser.add_argument("-k", type=int, default=5, metavar="K", help="how many neighbours (default: 5)")


def add_runs(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``runs``."""
    parser.add_argument(
        "folder", metavar="FOLDER", nargs="?", help="where to look, three folders deep (default: runs)"
    )


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", metavar="RUN", nargs="+", help="folders that `gluon-softmax train` wrote")
