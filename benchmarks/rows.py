"""The row that a benchmark ends in: medians of both sides, their ratio, and the target."""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING, Any, Dict, Mapping, Sequence, Tuple

if TYPE_CHECKING:
    from sides import Compared

Row = Dict[str, Any]  # as in results.json: "name" and "unit" are texts, "points" is a list, the rest numbers
Pairs = Sequence[Tuple[float, ...]]  # (ours, peer) per turn


def row(name: str, turns: Pairs, unit: str, target: float, better: str) -> Row:
    """Return the row `name` from turns of (ours, peer): their medians, and the median of ours / peer."""
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


def memory_row(name: str, memory: Pairs) -> Row:
    """Return the row of both sides' peak memory in the benchmark `name`, from (ours, peer) per process."""
    return row(f"peak_memory_{name}", memory, "MiB", 1, "lower")


def is_met(found: Mapping[str, Any]) -> bool:
    """Whether a row reaches its target."""
    if found["better"] == "higher":
        return bool(found["ratio"] >= found["target"])
    return bool(found["ratio"] <= found["target"])


def show(found: Row, as_json: bool) -> None:
    """Print a row, as JSON or in a line that says whether the target is met."""
    if as_json:
        print(json.dumps(found))
        return
    bound = "at least" if found["better"] == "higher" else "at most"
    print(
        f"{found['name']:24s} ours {found['ours']:,.4g} {found['unit']}, peer {found['peer']:,.4g}, "
        f"ratio {found['ratio']:.2f} (target {bound} {found['target']:g}: "
        f"{'met' if is_met(found) else 'missed'}; median of {found['runs']})"
    )


def show_compared(
    name: str, compared: Compared, unit: str, target: float, better: str, as_json: bool
) -> None:
    """Print the row of both sides' turns, then that of their memory."""
    show(row(name, compared.turns, unit, target, better), as_json)
    show(memory_row(name, compared.memory), as_json)
