"""The arrays of a net and of its optimizer go into another net of the same build, under other names."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from gluon_softmax.backend import autograd, gluon, init, mx, nn, np
from gluon_softmax.training.checkpoint_arrays import (
    check_parameters,
    optimizer_arrays,
    optimizer_name,
    parameter_arrays,
    set_optimizer,
    set_parameters,
)
from gluon_softmax.training.trainer import make_trainer
from gluon_softmax.utils.errors import CheckpointError


def make(optimizer: str, contexts: list[mx.Context], units: int = 2) -> tuple[gluon.Block, gluon.Trainer]:
    net = nn.HybridSequential()
    net.add(nn.Dense(4, in_units=3), nn.Dense(units, in_units=4))
    net.initialize(init.Normal(0.5), ctx=contexts)
    return net, make_trainer(net, optimizer, 0.1, contexts)


def step(net: gluon.Block, trainer: gluon.Trainer) -> None:
    contexts = trainer._contexts
    with autograd.record():
        losses = [(net(np.ones((2, 3), ctx=ctx)) ** 2).sum() for ctx in contexts]
    autograd.backward(losses)
    trainer.step(2 * len(contexts))


@pytest.mark.parametrize("contexts", [[mx.cpu(0)], [mx.cpu(0), mx.cpu(1)]], ids=len)
@pytest.mark.parametrize("optimizer, states", [("sgd", 0), ("adagrad", 1), ("adam", 2)])
def test_the_next_step_is_the_same(optimizer: str, states: int, contexts: list[mx.Context]) -> None:
    net, trainer = make(optimizer, contexts)
    for _ in range(3):
        step(net, trainer)
    parameters, state = parameter_arrays(net), optimizer_arrays(net, trainer)
    assert sum(name.startswith("state/") for name in state) == states * len(parameters)
    other, its_trainer = make(optimizer, contexts)
    step(other, its_trainer)
    check_parameters(other, parameters, Path("run"))
    set_parameters(other, parameters)
    set_optimizer(other, its_trainer, state)
    assert optimizer_name(its_trainer) == optimizer_name(trainer)
    for one in ((net, trainer), (other, its_trainer)):
        step(*one)
    for name, values in parameter_arrays(net).items():
        numpy.testing.assert_array_equal(parameter_arrays(other)[name], values)
        for data in other._collect_params_with_prefix()[name].list_data():
            numpy.testing.assert_array_equal(data.asnumpy(), values)


def test_another_model_is_named() -> None:
    net, _ = make("sgd", [mx.cpu()])
    wide, _ = make("sgd", [mx.cpu()], units=5)
    with pytest.raises(CheckpointError, match=r"run belongs to another model: 1.weight takes shape \(5, 4\)"):
        check_parameters(wide, parameter_arrays(net), Path("run"))
    fewer = {name: values for name, values in parameter_arrays(net).items() if name != "1.bias"}
    with pytest.raises(CheckpointError, match=r"these parameters are in one and not in the other: 1.bias"):
        check_parameters(net, fewer, Path("run"))
