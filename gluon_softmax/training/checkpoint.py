"""The state of a training run in a folder: whole or refused, and the one before it kept.

MXNet's ``nd.load`` silently reads a file with a flipped byte, and Trainer states are pickles. So the arrays
are in NumPy's own format, with a SHA-256 of each file; one small JSON file, written last, says which files
belong together:

    checkpoint.json              the newest checkpoint
    checkpoint.1.json, ...       the ones before it
    parameters-*.npz, optimizer-*.npz, carried-*.npz    what they name
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Sequence

import numpy

from ..utils.checks import check_positive_int
from ..utils.errors import CheckpointError, TrainingDiverged
from ..utils.files import DAMAGED_ZIP, remove_parts, write_whole
from ..utils.object_checks import check_path
from ..utils.types import Metrics
from .checkpoint_arrays import (
    Arrays,
    check_parameters,
    optimizer_arrays,
    optimizer_name,
    parameter_arrays,
    set_optimizer,
    set_parameters,
)

if TYPE_CHECKING:
    from mxnet import gluon

_INDEX = "checkpoint.json"
_KINDS = ("parameters", "optimizer", "carried")


@dataclasses.dataclass
class PartialEpoch:
    """How far an epoch has come: what a run needs to go on in the middle of it.

    `carried` are the states of a recurrent net, per shard; the other fields are in the index.
    """

    batches: int  # taken so far
    positions: int
    measured: int  # positions whose loss is in `total`
    total: float  # sum of the losses, nats
    seconds: float  # of training
    lr: float  # of the last step
    carried: list[list[numpy.ndarray]] = dataclasses.field(default_factory=list)


class TrainingState(NamedTuple):
    """What a run goes on from, beside its net and its optimizer."""

    history: list[Metrics]  # of the epochs that ended
    partial: PartialEpoch | None = None  # the epoch that had begun
    curve: Sequence[tuple[float, float]] = ()  # of the loss, see `LossMeter`
    first_loss: float | None = None  # see `Divergence`


class Checkpoint:
    """Save now and then, restore before the next step: the run goes on as if it had not stopped.

    On one machine the run that goes on is bit-equal to one that was not interrupted.

    Parameters
    ----------
    folder : where the files are.
    keep : how many checkpoints stay, the newest among them. Where the newest is damaged the one before it is
        taken, and a warning names the damage.
    """

    def __init__(self, folder: str | Path, keep: int = 2) -> None:
        self.folder = check_path("folder", folder)
        self.keep = check_positive_int("keep", keep)

    def exists(self) -> bool:
        """Whether the folder holds a checkpoint, damaged or not."""
        return bool(self._indexes())

    def save(self, net: gluon.Block, trainer: gluon.Trainer, state: list[Metrics] | TrainingState) -> None:
        """Write parameters, optimizer arrays, update counts and `state`: the metrics so far, or all of it.

        The checkpoint before it stays until this one is whole. Raises TrainingDiverged, and writes nothing,
        for a parameter or an optimizer's array with a number that is not finite.
        """
        state = state if isinstance(state, TrainingState) else TrainingState(state)
        arrays = {"parameters": parameter_arrays(net), "optimizer": optimizer_arrays(net, trainer)}
        if state.partial is not None and state.partial.carried:
            arrays["carried"] = _flat(state.partial.carried)
        _check_finite(arrays)
        self.folder.mkdir(parents=True, exist_ok=True)
        files = {kind: self._write(kind, of_kind, state) for kind, of_kind in arrays.items()}
        index: dict[str, Any] = {
            "epoch": len(state.history),
            "optimizer": optimizer_name(trainer),
            "files": files,
            "history": state.history,
            "curve": list(state.curve),
            "first_loss": state.first_loss,
        }
        if state.partial is not None:
            index["partial"] = {**vars(state.partial), "carried": None}
        index["sha256"] = _digest(index)
        self._shift_indexes()
        write_whole(self.folder / _INDEX, json.dumps(index, indent=1).encode())
        self._remove_leftovers()

    def _write(self, kind: str, arrays: Arrays, state: TrainingState) -> dict[str, str]:
        """Write the arrays of a kind into a file whose name no other checkpoint has."""
        content = _pack(arrays)
        sha256 = hashlib.sha256(content).hexdigest()
        place = f"{len(state.history)}" + ("" if state.partial is None else f".{state.partial.batches}")
        name = f"{kind}-{place}-{sha256[:8]}.npz"
        write_whole(self.folder / name, content)
        return {"name": name, "sha256": sha256}

    def restore(self, net: gluon.Block, trainer: gluon.Trainer | None = None) -> list[Metrics]:
        """Load into an initialized net (and its Trainer); return the metrics so far.

        Raises CheckpointError for damage of every checkpoint that is kept, another model or another
        optimizer, before anything is changed.
        """
        return self.restore_state(net, trainer).history

    def restore_state(self, net: gluon.Block, trainer: gluon.Trainer | None = None) -> TrainingState:
        """`restore`, and where in an epoch the run was."""
        index, arrays = self._read_newest()
        check_parameters(net, arrays["parameters"], self.folder)
        if trainer is not None and index["optimizer"] != optimizer_name(trainer):
            raise CheckpointError(
                f"{self.folder} belongs to another optimizer: it was written by {index['optimizer']}, "
                f"and the run has {optimizer_name(trainer)}"
            )
        set_parameters(net, arrays["parameters"])
        if trainer is not None:
            set_optimizer(net, trainer, arrays["optimizer"])
        partial = None
        if index.get("partial") is not None:
            partial = PartialEpoch(**{**index["partial"], "carried": _nested(arrays.get("carried", {}))})
        curve = [(float(x), float(y)) for x, y in index.get("curve", [])]
        return TrainingState(index["history"], partial, curve, index.get("first_loss"))

    def history(self) -> list[Metrics]:
        """The metrics of the epochs that ended, without loading anything."""
        history: list[Metrics] = self._read_newest()[0]["history"]
        return history

    def _indexes(self) -> list[Path]:
        """The indexes that are there, the newest first."""
        older = [
            path for path in self.folder.glob("checkpoint.*.json") if path.name.split(".")[1].isdecimal()
        ]
        older.sort(key=lambda path: int(path.name.split(".")[1]))
        return [path for path in (self.folder / _INDEX, *older) if path.exists()]

    def _shift_indexes(self) -> None:
        """Make room for a new index: each one that stays becomes the one before."""
        places = [self.folder / _INDEX, *(self.folder / f"checkpoint.{k}.json" for k in range(1, self.keep))]
        for newer, older in reversed(list(zip(places, places[1:]))):
            if newer.exists():
                write_whole(older, newer.read_bytes())  # a copy: checkpoint.json is there at every moment

    def _remove_leftovers(self) -> None:
        """Remove what no kept index names, and what a killed process left."""
        for path in self._indexes()[self.keep :]:
            path.unlink(missing_ok=True)
        named = {_INDEX}
        for path in self._indexes():
            try:
                named |= {file["name"] for file in _read_index(path)["files"].values()}
            except CheckpointError:
                continue  # of a damaged index nothing is known
        for kind in _KINDS:
            for path in self.folder.glob(f"{kind}-*.npz"):
                if path.name not in named:
                    path.unlink(missing_ok=True)
        remove_parts(self.folder)

    def _read_newest(self) -> tuple[dict[str, Any], dict[str, Arrays]]:
        """The newest checkpoint that is whole; a warning names one that is not."""
        damage: list[CheckpointError] = []
        for path in self._indexes():
            try:
                index = _read_index(path)
                arrays = {kind: self._read(file) for kind, file in index["files"].items()}
            except CheckpointError as error:
                damage.append(error)
                continue
            for earlier in damage:
                warnings.warn(f"{earlier}; the checkpoint before it is taken", stacklevel=3)
            return index, arrays
        if damage:
            raise damage[0]
        raise CheckpointError(f"{self.folder} holds no checkpoint: {_INDEX} is missing")

    def _read(self, file: dict[str, str]) -> Arrays:
        path = self.folder / file["name"]
        if not path.is_file():
            raise CheckpointError(f"{path} is missing")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            raise CheckpointError(f"{path} is damaged: its SHA-256 is not the one written with it")
        try:
            with numpy.load(io.BytesIO(content), allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        except (*DAMAGED_ZIP, ValueError, KeyError, TypeError, OSError) as error:
            raise CheckpointError(f"{path} is damaged: {error}") from None


def _pack(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    by_name: dict[str, Any] = dict(arrays)  # NumPy's stub takes arrays for its keyword `allow_pickle`
    numpy.savez(buffer, **by_name)
    return buffer.getvalue()


def _flat(carried: list[list[numpy.ndarray]]) -> Arrays:
    return {f"{k}/{i}": array for k, arrays in enumerate(carried) for i, array in enumerate(arrays)}


def _nested(arrays: Arrays) -> list[list[numpy.ndarray]]:
    shards: dict[int, dict[int, numpy.ndarray]] = {}
    for name, array in arrays.items():
        k, i = name.split("/")
        shards.setdefault(int(k), {})[int(i)] = array
    return [[arrays[i] for i in sorted(arrays)] for _, arrays in sorted(shards.items())]


def _check_finite(arrays: dict[str, Arrays]) -> None:
    for of_kind in arrays.values():
        for name, array in of_kind.items():
            if array.dtype.kind == "f" and not numpy.isfinite(array).all():
                raise TrainingDiverged(
                    f"training diverged: {name} holds a number that is not finite, so it is not saved; "
                    "try a smaller lr"
                )


def _read_index(path: Path) -> dict[str, Any]:
    try:
        index: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if index.pop("sha256") != _digest(index):
            raise ValueError("its SHA-256 is not the one written in it")
        _check_index(index)
    except FileNotFoundError:
        raise CheckpointError(f"{path.parent} holds no checkpoint: {path.name} is missing") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointError(f"{path} is damaged: {error}") from None
    return index


def _check_index(index: dict[str, Any]) -> None:
    """Raise ValueError, KeyError or TypeError for a signed index that no checkpoint writes."""
    for kind, file in index["files"].items():
        if kind not in _KINDS or Path(file["name"]).name != file["name"]:
            raise ValueError(f"it names {file['name']!r}, which is none of this folder's files")
    if not {"parameters", "optimizer"} <= set(index["files"]):
        raise ValueError("it names no parameters and optimizer")
    epochs = [metrics["epoch"] for metrics in index["history"]]
    if epochs != list(range(1, len(epochs) + 1)) or index["epoch"] != len(epochs):
        raise ValueError("its history is not that of its epochs")


def _digest(index: dict[str, Any]) -> str:
    """The SHA-256 of an index, however it is laid out."""
    return hashlib.sha256(json.dumps(index, sort_keys=True).encode()).hexdigest()
