"""Namespaces: the file's process sees no other, has no network, and changes its own folder alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gluon_softmax.coursework import apart

PROBE = """\
import ctypes, json, os, sys
from pathlib import Path
from gluon_softmax.coursework import apart
folder, hidden = Path(sys.argv[1]), sys.argv[2]
{before}
done = apart.stand_apart(folder, [hidden])
c = ctypes.CDLL(None)
found = {{
    "done": done,
    "pid": os.getpid(),
    "here": sorted(os.listdir(".")),
    "hidden": os.listdir(hidden),
    "written": c.open(str(folder / "new").encode(), 64 | 1, 0o600) >= 0,
    "outside": c.open(str(folder.parent / "new").encode(), 64 | 1, 0o600) >= 0,
    "hidden written": c.open((hidden + "/new").encode(), 64 | 1, 0o600) >= 0,
    "unmounted": c.umount2(hidden.encode(), 2) == 0,
    "mounted": c.mount(b"tmpfs", b"/", b"tmpfs", 0, None) == 0,
    "networks": [line.split(":")[0].strip() for line in open("/proc/self/net/dev").readlines()[2:]],
}}
print(json.dumps(found))
"""
FORBIDDEN = """\
apart.take_own_user()
Path("/proc/sys/user/max_user_namespaces").write_text("0")
apart._own_user = False
"""


def probe(tmp_path: Path, before: str = "") -> dict[str, object]:
    folder, hidden = tmp_path / "folder", tmp_path / "hidden"
    folder.mkdir()
    hidden.mkdir()
    (folder / "answer.py").write_text("x = 1\n")
    (hidden / "solution.py").write_text("x = 1\n")
    command = [sys.executable, "-c", PROBE.format(before=before), str(folder), str(hidden)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)
    assert isinstance(found, dict)
    return found


def is_permitted() -> bool:
    code = "from gluon_softmax.coursework import apart; raise SystemExit(not apart.take_own_user())"
    return subprocess.run([sys.executable, "-c", code]).returncode == 0


needs_namespaces = pytest.mark.skipif(not is_permitted(), reason="this system permits no namespaces")


@needs_namespaces
def test_a_process_apart_changes_its_own_folder_alone(tmp_path: Path) -> None:
    found = probe(tmp_path)
    assert found == {
        "done": True,
        "pid": 1,
        "here": ["answer.py"],
        "hidden": [],
        "written": True,
        "outside": False,
        "hidden written": False,
        "unmounted": False,
        "mounted": False,
        "networks": ["lo"],
    }
    assert os.listdir(tmp_path / "hidden") == ["solution.py"]
    assert os.listdir(tmp_path / "folder") == ["answer.py"]  # what it wrote was in memory
    assert sorted(os.listdir(tmp_path)) == ["folder", "hidden"]


@needs_namespaces
def test_where_namespaces_are_not_permitted_it_goes_on_as_it_is(tmp_path: Path) -> None:
    found = probe(tmp_path, FORBIDDEN)
    assert found["done"] is False and found["pid"] != 1
    assert found["hidden"] == ["new", "solution.py"] or found["hidden"] == ["solution.py"]


@needs_namespaces
@pytest.mark.parametrize(("way", "code"), [("os._exit(7)", 7), ("os.abort()", -6), ("1 / 0", 1)])
def test_who_waits_ends_as_the_new_process_does(tmp_path: Path, way: str, code: int) -> None:
    lines = f"""
import os, sys
from pathlib import Path
from gluon_softmax.coursework import apart
assert apart.stand_apart(Path(sys.argv[1]), [])
{way}
"""
    ended = subprocess.run([sys.executable, "-c", lines, str(tmp_path)], capture_output=True, timeout=60)
    assert ended.returncode in (code, -11)  # a namespace's first process may abort by another signal


def test_another_system_has_none_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not apart.is_linux()
    assert not apart.take_own_user()
    assert not apart.stand_apart(tmp_path, [])
