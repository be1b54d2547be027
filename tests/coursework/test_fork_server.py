"""The server that forks: nothing that a file has started outlives it, whichever way it tries."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from oracles.answers import MASKED_BCE, RIGHT, WRONG, body, write

from gluon_softmax.coursework.exercise import Loaded
from gluon_softmax.coursework.fork_server import descendants
from gluon_softmax.coursework.ladder import NOT_YET, PASSED, Verdict, check
from gluon_softmax.coursework.process import Limits, handed_in
from gluon_softmax.coursework.start import ForkServers

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone has these calls")
ESCAPE = """\
import ctypes, os, time
if ctypes.pythonapi.fork() == 0:
    os.setsid()
    if ctypes.pythonapi.fork():
        os._exit(0)
    time.sleep(999)
"""


@pytest.fixture(scope="module")
def servers():  # type: ignore[no-untyped-def]  # a fixture that yields
    found = ForkServers()
    yield found
    found.close()


def checked(servers: ForkServers, folder: Path, source: str, exercise: Loaded = MASKED_BCE) -> Verdict:
    file = write(folder, source)
    with handed_in(exercise, file, Limits(alone=True, limit_s=1.0), how=servers.start) as answer:
        return check(exercise, answer)


def test_files_one_after_the_other(servers: ForkServers, tmp_path: Path) -> None:
    for _ in range(3):
        assert checked(servers, tmp_path, RIGHT).state == PASSED
        assert checked(servers, tmp_path, WRONG).mistakes == ("mean_over_length",)
    assert "division by zero" in checked(servers, tmp_path, body("1 / 0")).why


def test_one_file_leaves_nothing_for_the_next(servers: ForkServers, tmp_path: Path) -> None:
    spoiled = (
        "import numpy, os\nnumpy.logaddexp = None\nos.environ['LEFT'] = '1'\nopen('left', 'w').close()\n"
    )
    assert checked(servers, tmp_path, spoiled + RIGHT).state == NOT_YET
    looks = "import os\nassert 'LEFT' not in os.environ and os.listdir('.') == ['masked_bce.py']\n"
    assert checked(servers, tmp_path, looks + RIGHT).state == PASSED


def test_what_leaves_its_session_is_found(servers: ForkServers, tmp_path: Path) -> None:
    checked(servers, tmp_path, RIGHT)
    before = set(descendants(os.getpid()))
    assert checked(servers, tmp_path, ESCAPE + RIGHT).state == PASSED
    assert set(descendants(os.getpid())) == before


def test_a_lost_server_is_begun_anew(tmp_path: Path) -> None:
    servers = ForkServers()
    try:
        assert checked(servers, tmp_path, RIGHT).state == PASSED
        server = servers._server("numpy")
        server._process.kill()
        server._process.wait()
        assert checked(servers, tmp_path, RIGHT).state == PASSED
    finally:
        servers.close()


def test_a_server_ends_with_its_asker_and_ends_what_it_started(tmp_path: Path) -> None:
    write(tmp_path, "while True: pass\n")
    lines = f"""
import sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})
from pathlib import Path
from oracles.answers import MASKED_BCE
from gluon_softmax.coursework.process import Limits, handed_in
from gluon_softmax.coursework.start import ForkServers
file = Path({str(tmp_path)!r}) / "masked_bce.py"
with handed_in(MASKED_BCE, file, Limits(alone=True, limit_s=60.0), how=ForkServers().start) as answer:
    print("started", flush=True)
    answer.parameters()
"""
    asker = subprocess.Popen([sys.executable, "-c", lines], stdout=subprocess.PIPE)
    assert asker.stdout is not None and asker.stdout.readline() == b"started\n"
    time.sleep(0.3)
    started = list(descendants(asker.pid))
    assert len(started) >= 2
    asker.kill()
    asker.wait()
    asker.stdout.close()
    until = time.monotonic() + 10.0
    while any(_is_alive(pid) for pid in started) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(_is_alive(pid) for pid in started)


def _is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
