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

from figures import draw_time_to_quality
from options import read_report_options
from readme_table import table, write_table
from rows import Row, show

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


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
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


def run(name: str, options: list[str]) -> list[Row]:
    """Run one benchmark in a process of its own and return its rows."""
    command = [sys.executable, str(HERE / f"{name}.py"), "--json", *options]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def main() -> None:
    """Run the benchmarks that were named, or all of them."""
    names, smoke = read_report_options(__doc__, BENCHMARKS)
    rows: list[Row] = json.loads(RESULTS.read_text())["rows"] if names else []
    for name in names or BENCHMARKS:
        for found in run(name, ["--smoke"] if smoke else []):
            show(found, as_json=False)
            rows = [row for row in rows if row["name"] != found["name"]] + [found]
        if not smoke:  # after each, so that a long run that is cut short leaves what it measured
            RESULTS.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n")
    if not smoke:
        write_table(README, table(rows))
        for row in rows:
            if "points" in row:
                draw_time_to_quality(row, PLOT)


if __name__ == "__main__":
    main()
