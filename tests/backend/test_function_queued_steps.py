"""No backward in Python waits for what waits for it: every layer trains with losses kept ahead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from oracles.queued_steps import CASES

ROOT = Path(__file__).resolve().parents[2]
_TIME_OUT = 240.0  # s; a minute on a busy machine, for ever where two wait for each other


def test_steps_of_every_layer_end_and_are_those_of_one_at_a_time() -> None:
    command = [sys.executable, "-u", "-c", "from oracles import queued_steps; queued_steps.main()"]
    code = "\n".join(("import sys", f"sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]", command[-1]))
    process = subprocess.Popen([*command[:-1], code], stdout=subprocess.PIPE, text=True)
    try:
        said, _ = process.communicate(timeout=_TIME_OUT)
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
    assert said.splitlines() == [f"{case}: done" for case in CASES]
    assert process.returncode == 0
