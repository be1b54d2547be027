"""Run the benchmarks that have a peer or a target; write results.json, the README's table and the plot.

python benchmarks/report.py [NAME ...]     # all, or those that are named: the other rows stay as they are
python benchmarks/report.py --smoke        # each in its smallest form; nothing is written
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from presentation import plot, put_into, table
from rows import show

HERE = Path(__file__).resolve().parent
RESULTS, README, PLOT = HERE / "results.json", HERE.parent / "README.md", HERE / "time_to_quality.png"
BENCHMARKS = (
    "skip_gram",
    "skip_gram_gensim",
    "skip_gram_tree_gensim",
    "corpus_load",
    "adaptive_step",
    "sampled_step",
    "vocab_scaling",
    "language_model_epoch",
    "corpus_scale",
)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line
        ]
        processor = names[0] if names else processor
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def run(name: str, options: list[str]) -> list[dict[str, Any]]:
    """The rows of one benchmark, in a process of its own."""
    command = [sys.executable, str(HERE / f"{name}.py"), "--json", *options]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def main() -> None:
    smoke, names = "--smoke" in sys.argv[1:], [name for name in sys.argv[1:] if name != "--smoke"]
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        raise SystemExit(f"names takes some of {', '.join(BENCHMARKS)}; got {', '.join(sorted(unknown))}")
    rows = json.loads(RESULTS.read_text())["rows"] if names else []
    for name in names or BENCHMARKS:
        for found in run(name, ["--smoke"] if smoke else []):
            show(found, as_json=False)
            rows = [row for row in rows if row["name"] != found["name"]] + [found]
        if not smoke:  # after each, so that a long run that is cut short leaves what it measured
            RESULTS.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n")
    if not smoke:
        put_into(README, table(rows))
        for row in rows:
            if "points" in row:
                plot(row, PLOT)


if __name__ == "__main__":
    main()
