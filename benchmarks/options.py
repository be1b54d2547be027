"""The command lines of the benchmarks and of the report."""

from __future__ import annotations

import argparse
from typing import NamedTuple, Sequence


class Options(NamedTuple):
    """What one benchmark is asked for."""

    runs: int  # turns of each side that count
    data_dir: str | None
    as_json: bool
    smoke: bool
    vocab_sizes: tuple[int, ...]


def read_options(description: str, runs: int, vocab_sizes: Sequence[int] = ()) -> Options:
    """Read ``--runs``, ``--data-dir``, ``--json``, ``--smoke``, and ``--vocab-sizes`` where it has a default.

    `description` is the benchmark's docstring; the help shows its first line. ``--smoke`` makes a single run.
    """
    parser = _parser(description, "one tiny turn: does it work?")
    parser.add_argument("--runs", type=int, default=runs, help=f"turns of each side (default {runs})")
    parser.add_argument("--data-dir", help="the folder of the Penn Treebank")
    parser.add_argument("--json", action="store_true", help="print one JSON object per row")
    if vocab_sizes:
        default = ",".join(map(str, vocab_sizes))
        parser.add_argument("--vocab-sizes", default=default, help=f"default {default}")
    args = parser.parse_args()
    sizes = tuple(int(size) for size in args.vocab_sizes.split(",")) if vocab_sizes else ()
    return Options(1 if args.smoke else args.runs, args.data_dir, args.json, args.smoke, sizes)


def read_report_options(description: str, benchmarks: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return the names of the benchmarks that were asked for, and whether ``--smoke`` was given.

    Raises SystemExit for a name that is not in `benchmarks`.
    """
    parser = _parser(description, "each in its smallest form; nothing is written")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(benchmarks)}")
    args = parser.parse_args()
    unknown = set(args.names) - set(benchmarks)
    if unknown:
        raise SystemExit(f"names takes some of {', '.join(benchmarks)}; got {', '.join(sorted(unknown))}")
    return tuple(args.names), args.smoke


def _parser(description: str, smoke: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help=smoke)
    return parser
