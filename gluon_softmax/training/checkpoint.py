"""The state of a training run in a folder: parameters, optimizer and metrics, whole or refused.

MXNet's ``nd.load`` silently reads a file with a flipped byte, and Trainer states are pickles. So the arrays
are in NumPy's own format, with a SHA-256 of each file; one small JSON file, written last, says which files
belong together.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Tuple, Union

import numpy

from ..utils.errors import CheckpointError
from ..utils.files import write_whole
from ..utils.types import Array, Metrics

if TYPE_CHECKING:
    from mxnet import gluon

_INDEX = "checkpoint.json"
_Arrays = Dict[str, numpy.ndarray]
_State = Union[Array, Tuple[Array, ...], List[Array], None]  # an optimizer's, of one parameter


def _pack(arrays: _Arrays) -> bytes:
    buffer = io.BytesIO()
    by_name: dict[str, Any] = dict(arrays)  # NumPy's stub takes arrays for its keyword `allow_pickle`
    numpy.savez(buffer, **by_name)
    return buffer.getvalue()


class Checkpoint:
    """Save after an epoch, restore before the next: the run goes on as if it had not stopped.

    On one machine the run that goes on is bit-equal to one that was not interrupted.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def exists(self) -> bool:
        """Whether the folder holds a checkpoint, damaged or not."""
        return (self.folder / _INDEX).exists()

    def save(self, net: gluon.Block, trainer: gluon.Trainer, history: list[Metrics]) -> None:
        """Write parameters, optimizer arrays, update counts and the metrics so far.

        The checkpoint before it stays until this one is whole.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        previous = self._read_index() if self.exists() else {"files": {}}
        files = {}
        for kind, arrays in (
            ("parameters", _parameter_arrays(net)),
            ("optimizer", _optimizer_arrays(net, trainer)),
        ):
            content = _pack(arrays)
            sha256 = hashlib.sha256(content).hexdigest()
            name = f"{kind}-{len(history)}-{sha256[:8]}.npz"  # never that of another checkpoint's file
            write_whole(self.folder / name, content)
            files[kind] = {"name": name, "sha256": sha256}
        index = {
            "epoch": len(history),
            "optimizer": _optimizer_name(trainer),
            "files": files,
            "history": history,
        }
        index["sha256"] = _digest(index)
        write_whole(self.folder / _INDEX, json.dumps(index, indent=1).encode())
        for old in previous["files"].values():
            if old["name"] not in {file["name"] for file in files.values()}:
                (self.folder / old["name"]).unlink(missing_ok=True)

    def restore(self, net: gluon.Block, trainer: gluon.Trainer | None = None) -> list[Metrics]:
        """Load into an initialized net (and its Trainer); return the metrics so far.

        Raises CheckpointError for damage, another model or another optimizer, before anything is changed.
        """
        index = self._read_index()
        arrays = {kind: self._read(index, kind) for kind in ("parameters", "optimizer")}
        _check_parameters(net, arrays["parameters"], self.folder)
        if trainer is not None and index["optimizer"] != _optimizer_name(trainer):
            raise CheckpointError(
                f"{self.folder} belongs to another optimizer: it was written by {index['optimizer']}, "
                f"and the run has {_optimizer_name(trainer)}"
            )
        _set_parameters(net, arrays["parameters"])
        if trainer is not None:
            _set_optimizer(net, trainer, arrays["optimizer"])
        history: list[Metrics] = index["history"]
        return history

    def _read_index(self) -> dict[str, Any]:
        path = self.folder / _INDEX
        try:
            index: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if index.pop("sha256") != _digest(index):
                raise ValueError("its SHA-256 is not the one written in it")
        except FileNotFoundError:
            raise CheckpointError(f"{self.folder} holds no checkpoint: {_INDEX} is missing") from None
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path} is damaged: {error}") from None
        return index

    def _read(self, index: dict[str, Any], kind: str) -> _Arrays:
        file = index["files"][kind]
        path = self.folder / file["name"]
        if not path.exists():
            raise CheckpointError(f"{path} is missing")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            raise CheckpointError(f"{path} is damaged: its SHA-256 is not the one written with it")
        with numpy.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}


def _digest(index: dict[str, Any]) -> str:
    """The SHA-256 of an index, however it is laid out."""
    return hashlib.sha256(json.dumps(index, sort_keys=True).encode()).hexdigest()


def _optimizer_name(trainer: gluon.Trainer) -> str:
    return type(trainer.optimizer).__name__


def _parameter_arrays(net: gluon.Block) -> _Arrays:
    return {name: p.list_data()[0].asnumpy() for name, p in net._collect_params_with_prefix().items()}


def _check_parameters(net: gluon.Block, arrays: _Arrays, folder: Path) -> None:
    parameters = net._collect_params_with_prefix()
    if set(parameters) != set(arrays):
        names = ", ".join(sorted(set(parameters) ^ set(arrays)))
        raise CheckpointError(
            f"{folder} belongs to another model: these parameters are in one and not in the other: {names}"
        )
    for name, parameter in parameters.items():
        if tuple(parameter.shape) != arrays[name].shape:
            raise CheckpointError(
                f"{folder} belongs to another model: {name} takes shape {tuple(parameter.shape)}, "
                f"the checkpoint has {arrays[name].shape}"
            )


def _set_parameters(net: gluon.Block, arrays: _Arrays) -> None:
    from ..backend import np  # a run's folder is read without MXNet

    for name, parameter in net._collect_params_with_prefix().items():
        parameter.set_data(np.array(arrays[name], dtype=arrays[name].dtype))


def _trainer_index(net: gluon.Block, trainer: gluon.Trainer) -> dict[str, int]:
    """The Trainer's number of each parameter, by its path in the net.

    The numbers follow the order of names such as ``dense9_weight``, which hold a counter, so another net that
    was built alike may have other numbers.
    """
    number = {id(parameter): index for index, parameter in enumerate(trainer._params)}
    return {name: number[id(p)] for name, p in net._collect_params_with_prefix().items() if id(p) in number}


def _optimizer_arrays(net: gluon.Block, trainer: gluon.Trainer) -> _Arrays:
    """The optimizer's arrays of each parameter, and how often each was updated.

    They are those of the first context; every context has the same.
    """
    counts = trainer.optimizer._all_index_update_counts.get(trainer._contexts[0].device_id, {})
    arrays = {"num_update": numpy.array(trainer.optimizer.num_update, dtype=numpy.int64)}
    for name, index in _trainer_index(net, trainer).items():
        if index in counts:
            arrays[f"updates/{name}"] = numpy.array(counts[index], dtype=numpy.int64)
            for place, array in enumerate(_as_tuple(trainer._updaters[0].states[index])):
                arrays[f"state/{name}/{place}"] = array.asnumpy()
    return arrays


def _set_optimizer(net: gluon.Block, trainer: gluon.Trainer, arrays: _Arrays) -> None:
    optimizer = trainer.optimizer
    updated = {n: i for n, i in _trainer_index(net, trainer).items() if f"updates/{n}" in arrays}
    for context, updater in zip(trainer._contexts, trainer._updaters):
        counts = {index: int(arrays[f"updates/{name}"]) for name, index in updated.items()}
        optimizer._all_index_update_counts[context.device_id] = counts
        for name, index in updated.items():
            weight = trainer._params[index].data(context).as_nd_ndarray()
            state = optimizer.create_state_multi_precision(index, weight)
            for place, array in enumerate(_as_tuple(state)):
                array[:] = arrays[f"state/{name}/{place}"]
            updater.states[index] = state
            updater.states_synced[index] = True
    optimizer.num_update = int(arrays["num_update"])


def _as_tuple(state: _State) -> tuple[Array, ...]:
    """The arrays of an optimizer's state: None for plain sgd, one for adagrad, two for adam."""
    if state is None:
        return ()
    return tuple(state) if isinstance(state, (tuple, list)) else (state,)
