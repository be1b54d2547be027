"""What is asked of the C library, and that the environment overrides it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gluon_softmax.utils import memory


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(memory, "_c_function", lambda name: lambda *values: calls.append((name, *values)))
    for name in memory._SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return calls


def test_the_environment_overrides_the_settings(
    asked: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.configure_malloc()
    assert asked == [("mallopt", *setting) for setting in memory._SETTINGS.values()]
    asked.clear()
    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")
    memory.configure_malloc()
    assert ("mallopt", *memory._SETTINGS["MALLOC_ARENA_MAX"]) not in asked and len(asked) == 2


def test_another_system_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert memory._c_function("mallopt")(-8, 1) == 0
    memory.trim_memory()


FREE = """
import numpy
from gluon_softmax.utils import memory

def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096

memory.configure_malloc()
pieces, kept = [], []
for _ in range(40):  # in turns, so that freed blocks are between blocks in use
    pieces.append(numpy.ones(1 << 19))  # 4 MiB
    kept.append(numpy.ones(1 << 15))
before = resident()
del pieces
assert resident() > before - (40 << 20), "it does not go back by itself"
memory.trim_memory()
assert resident() < before - (100 << 20) and len(kept) == 40
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's /proc")
def test_free_memory_goes_back() -> None:
    subprocess.run([sys.executable, "-c", FREE], check=True)  # a process whose memory nobody else uses
