"""Run the benchmarks that have a peer, print their table, and write benchmarks/results.json with the machine.

python benchmarks/report.py [--smoke]        # --smoke: each in its smallest form, nothing is written
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from rows import show

HERE = Path(__file__).resolve().parent
BENCHMARKS = ("skip_gram", "corpus_load", "corpus_scale", "vocab_scaling")


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
    smoke = sys.argv[1:] == ["--smoke"]
    rows = [found for name in BENCHMARKS for found in run(name, ["--smoke"] if smoke else [])]
    for found in rows:
        show(found, as_json=False)
    if not smoke:
        (HERE / "results.json").write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
