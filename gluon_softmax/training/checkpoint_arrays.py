"""The arrays of a net and of its optimizer, by the path of each parameter, and back into another net."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Tuple, Union

import numpy

from ..utils.errors import CheckpointError
from ..utils.types import Array

if TYPE_CHECKING:
    from mxnet import gluon

Arrays = Dict[str, numpy.ndarray]
_State = Union[Array, Tuple[Array, ...], List[Array], None]  # an optimizer's, of one parameter


def optimizer_name(trainer: gluon.Trainer) -> str:
    """What a checkpoint calls the optimizer it was written by."""
    return type(trainer.optimizer).__name__


def parameter_arrays(net: gluon.Block) -> Arrays:
    """The values of every parameter, by its path in the net."""
    return {name: p.list_data()[0].asnumpy() for name, p in net._collect_params_with_prefix().items()}


def check_parameters(net: gluon.Block, arrays: Arrays, folder: Path) -> None:
    """Raise CheckpointError unless `arrays` are the parameters of `net`, by name and shape."""
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


def set_parameters(net: gluon.Block, arrays: Arrays) -> None:
    """Write `arrays` into the parameters of an initialized net, on every context."""
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


def optimizer_arrays(net: gluon.Block, trainer: gluon.Trainer) -> Arrays:
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


def set_optimizer(net: gluon.Block, trainer: gluon.Trainer, arrays: Arrays) -> None:
    """Write what `optimizer_arrays` gave into a Trainer of the same build, on every context."""
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
