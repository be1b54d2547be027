"""What every benchmark shares: its options, and the row that it ends in."""

from __future__ import annotations

import argparse
import json
import statistics
from typing import Any, Mapping, Sequence


def read_options(description: str, runs: int, **texts: str) -> argparse.Namespace:
    """``--runs``, ``--data-dir``, ``--json`` (one object a row), ``--smoke`` (tiny: does it work?), and what
    else is given, with its default.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--runs", type=int, default=runs, help=f"turns of each side (default {runs})")
    parser.add_argument("--data-dir", help="where PTB is kept")
    parser.add_argument("--json", action="store_true", help="print one JSON object a row")
    parser.add_argument("--smoke", action="store_true", help="one tiny turn: does it work?")
    for name, default in texts.items():
        parser.add_argument(f"--{name.replace('_', '-')}", default=default, help=f"default {default}")
    return parser.parse_args()


def row(
    name: str, turns: Sequence[tuple[float, float]], unit: str, target: float, better: str
) -> dict[str, Any]:
    """The row `name` from turns of (ours, peer): their medians, and the median of the ratios ours / peer."""
    ours, peer = (statistics.median(side) for side in zip(*turns))
    ratio = statistics.median(one / other for one, other in turns)
    return {
        "name": name,
        "ours": ours,
        "peer": peer,
        "unit": unit,
        "ratio": ratio,
        "target": target,
        "better": better,
        "runs": len(turns),
    }


def memory_row(name: str, memory: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """The row of both sides' peak memory in the benchmark `name`, one of each a pair of processes."""
    return row(f"peak_memory_{name}", memory, "MiB", 1, "lower")


def is_met(found: Mapping[str, Any]) -> bool:
    """Whether a row reaches its target."""
    if found["better"] == "higher":
        return bool(found["ratio"] >= found["target"])
    return bool(found["ratio"] <= found["target"])


def show(found: dict[str, Any], as_json: bool) -> None:
    """Print a row, as JSON or in a line that says whether the target is met."""
    if as_json:
        print(json.dumps(found))
        return
    higher = found["better"] == "higher"
    print(
        f"{found['name']:24s} ours {found['ours']:,.4g} {found['unit']}, peer {found['peer']:,.4g}, "
        f"ratio {found['ratio']:.2f} (target {'at least' if higher else 'at most'} {found['target']:g}: "
        f"{'met' if is_met(found) else 'missed'}; median of {found['runs']})"
    )
