"""``python -m torture``: the checks in turn, each with its share of the time, and a table at the end."""

from __future__ import annotations

import argparse
import math
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, NamedTuple, Sequence

from . import bad_input, damage, disk, fuzz, kills, soak, two_at_once
from .corpus import write_corpus
from .process import OutOfTimeError, end_all
from .references import References
from .settings import Settings, common_arguments
from .tally import Tally, lost_lines, table

FULL_S, QUICK_S = 15 * 60, 2 * 60
_RESERVE_S = 15  # for what is running when the time is up
_LAST_S = 4  # before the bound all that still runs is ended, and counts as not reached


class Check(NamedTuple):
    """`weight` is its share of the time that is left when it begins; what it leaves over goes to the next."""

    name: str
    run: Callable[[Settings, float], Tally]
    weight: float


CHECKS = (
    Check(bad_input.NAME, bad_input.check, 12),
    Check(two_at_once.NAME, two_at_once.check, 7),
    Check(disk.NAME, disk.check, 7),
    Check(fuzz.NAME, fuzz.check, 4),
    Check(soak.NAME, soak.check, 8),
    Check(damage.NAME, damage.check, 13),
    Check(kills.NAME, kills.check, 52),  # last, with all that is left
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the checks; 1 if anything was lost."""
    args = _parser().parse_args(argv)
    # A handler of Python's own, so that children get the default action, in a background job too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    begun = time.monotonic()
    seed = random.SystemRandom().randrange(10**6) if args.seed is None else args.seed
    chosen = [c for c in CHECKS if args.only is None or c.name in args.only]
    bound = math.inf if args.rounds or args.case is not None else QUICK_S if args.quick else FULL_S
    end = begun + bound - _RESERVE_S
    print(f"seed {seed}; {', '.join(c.name for c in chosen)}; {_shown(bound)}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix=f"torture-{seed}-"))
    write_corpus(folder / "corpus", seed)
    common = common_arguments()
    if not common:
        print(
            "train has no --checkpoint-minutes: runs are checkpointed at the end of epochs only", flush=True
        )
    references = References(folder / "references", folder / "corpus", common)
    references.folder.mkdir()
    settings = Settings(seed, folder, args.rounds, args.case, references)
    if bound < math.inf:
        timer = threading.Timer(bound - _LAST_S, end_all)
        timer.daemon = True
        timer.start()
    tallies = []
    for number, check in enumerate(chosen):
        now, weights = time.monotonic(), [c.weight for c in chosen[number:]]
        deadline = now + max(0.0, end - now) * weights[0] / sum(weights)
        tallies.append(_run(check, settings, deadline, seed))
    print(f"\n{table(tallies)}\n{time.monotonic() - begun:.0f} s", flush=True)
    if any(tally.lost for tally in tallies):
        print(f"what was lost is in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _run(check: Check, settings: Settings, deadline: float, seed: int) -> Tally:
    begun = time.monotonic()
    try:
        tally = check.run(settings, deadline)
    except OutOfTimeError:
        tally = Tally(check.name, planned=1)
    print(
        f"{check.name}: {tally.tried:,} tried, {len(tally.lost):,} lost, {time.monotonic() - begun:.0f} s",
        flush=True,
    )
    if tally.planned > tally.tried:
        tally.notes.append(
            f"{tally.planned - tally.tried:,} of {tally.planned:,} cases were not reached in time"
        )
    for line in (*(f"  {note}" for note in tally.notes), *lost_lines(tally, seed)):
        print(line, flush=True)
    return tally


def _shown(bound: float) -> str:
    return "no time limit" if bound == math.inf else f"at most {bound / 60:g} minutes"


def _names(text: str) -> list[str]:
    known = [check.name for check in CHECKS]
    names = text.split(",")
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f"takes names of {', '.join(known)}; got {name!r}")
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes instead of fifteen")
    parser.add_argument("--rounds", type=int, metavar="N", help="N rounds of kills, without a time limit")
    parser.add_argument(
        "--seed", type=int, metavar="S", help="decides every draw (default: another each time)"
    )
    parser.add_argument("--only", type=_names, metavar="X,…", help=f"of {', '.join(c.name for c in CHECKS)}")
    parser.add_argument("--case", type=int, metavar="N", help="one case only, with --only and --seed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
