"""A run's folder as others see it: its newest checkpoint, how two runs differ, what should not be there."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy

_KINDS = ("parameters", "optimizer")


class Progress(NamedTuple):
    """How far a checkpoint is: epochs done, and steps in the next.

    `seconds` are what those epochs took, which no two trainings share.
    """

    epoch: int
    step: int
    seconds: tuple[float, ...]


def read_index(folder: Path) -> dict[str, object] | None:
    """The content of ``checkpoint.json``, None where there is none or it cannot be read."""
    try:
        index = json.loads((folder / "checkpoint.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return index if isinstance(index, dict) else None


def progress(run: Path) -> Progress | None:
    """How far the run's newest checkpoint is, None without one."""
    index = read_index(run / "checkpoint")
    if index is None:
        return None
    history = index.get("history")
    seconds = tuple(m["train_s"] for m in history) if isinstance(history, list) else ()
    epoch, step = index.get("epoch", 0), index.get("step", 0)
    return Progress(epoch if isinstance(epoch, int) else 0, step if isinstance(step, int) else 0, seconds)


def checkpoint_arrays(folder: Path) -> dict[str, numpy.ndarray]:
    """The parameters and the optimizer's arrays of the newest checkpoint.

    Raises ValueError where they are not what the index says.
    """
    index = read_index(folder)
    files = index.get("files") if index else None
    if not isinstance(files, dict):
        raise ValueError(f"{folder.name}/checkpoint.json cannot be read")
    arrays = {}
    for kind in _KINDS:
        path = folder / files[kind]["name"]
        if hashlib.sha256(path.read_bytes()).hexdigest() != files[kind]["sha256"]:
            raise ValueError(f"{folder.name}/{path.name} has another SHA-256 than checkpoint.json says")
        with numpy.load(path, allow_pickle=False) as content:
            arrays.update({f"{kind}/{name}": content[name] for name in content.files})
    return arrays


def unreadable(run: Path) -> list[str]:
    """The problems of a run's newest checkpoint by itself; none if it is whole."""
    try:
        checkpoint_arrays(run / "checkpoint")
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"no good checkpoint: {error}"]
    return []


def differences(run: Path, reference: Path) -> list[str]:
    """Where two runs differ, bit by bit; times apart."""
    found = []
    for name in ("checkpoint", "best"):
        if (reference / name).exists() or (run / name).exists():
            found += _different_arrays(run / name, reference / name)
    found += _different_metrics(run / "metrics.jsonl", reference / "metrics.jsonl")
    one, other = run / "vectors.txt", reference / "vectors.txt"
    if other.exists() and (not one.exists() or one.read_bytes() != other.read_bytes()):
        found.append("vectors.txt differs")
    return found


def _different_arrays(one: Path, other: Path) -> list[str]:
    try:
        ours, theirs = checkpoint_arrays(one), checkpoint_arrays(other)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"{one.name}: {error}"]
    if set(ours) != set(theirs):
        return [f"{one.name} has other arrays: {', '.join(sorted(set(ours) ^ set(theirs))[:3])}"]
    wrong = [name for name in sorted(ours) if not _same(ours[name], theirs[name])]
    shown = [f"{name} by up to {_distance(ours[name], theirs[name]):.2g}" for name in wrong[:2]]
    return [f"{one.name}: {len(wrong)} of {len(ours)} arrays differ: {', '.join(shown)}"] if wrong else []


def _same(one: numpy.ndarray, other: numpy.ndarray) -> bool:
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def _distance(one: numpy.ndarray, other: numpy.ndarray) -> float:
    if one.shape != other.shape or not one.size:
        return float("nan")
    return float(numpy.abs(one.astype("f8") - other.astype("f8")).max())


def _different_metrics(one: Path, other: Path) -> list[str]:
    try:
        ours, theirs = _untimed(one), _untimed(other)
    except (OSError, ValueError, AttributeError) as error:
        return [f"metrics.jsonl: {error}"]
    if len(ours) != len(theirs):
        return [f"metrics.jsonl has {len(ours)} lines instead of {len(theirs)}"]
    for number, (mine, its) in enumerate(zip(ours, theirs), start=1):
        for key in sorted({*mine, *its}):
            if mine.get(key) != its.get(key):
                return [f"metrics.jsonl, line {number}: {key} is {mine.get(key)} instead of {its.get(key)}"]
    return []


def _untimed(path: Path) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [{k: v for k, v in line.items() if not k.endswith(("_s", "_per_s"))} for line in lines]


def strays(run: Path) -> list[str]:
    """Files that a killed process left behind: half-written ones, and arrays that no index names."""
    found = [str(path.relative_to(run)) for path in sorted(run.rglob("*")) if ".part" in path.name]
    for folder in (run / "checkpoint", run / "best"):
        named: set[str] = set()
        for path in folder.glob("checkpoint*.json"):
            files = json.loads(path.read_text("utf-8"))["files"]
            named.update(file["name"] for file in files.values())
        found += [f"{folder.name}/{p.name}" for p in sorted(folder.glob("*.npz")) if p.name not in named]
    return (
        [f"left behind: {', '.join(found[:4])}" + f" and {len(found) - 4} more" * (len(found) > 4)]
        if found
        else []
    )


def snapshot(folder: Path) -> dict[str, str]:
    """Every path below `folder` and what is there, to compare before and after."""
    seen = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            seen[name] = f"link to {os.readlink(path)}"
        elif path.is_dir():
            seen[name] = "folder"
        elif path.is_file():
            seen[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            seen[name] = "special"
    return seen


def touched(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What changed between two snapshots."""
    changes = [f"{name} is gone" for name in before if name not in after]
    changes += [f"{name} was made" for name in after if name not in before]
    changes += [f"{name} was changed" for name in before if name in after and before[name] != after[name]]
    return [f"files were touched: {', '.join(changes[:4])}"] if changes else []
