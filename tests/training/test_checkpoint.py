"""A checkpoint is whole or refused, and a save that fails leaves the one before it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any, Dict, Tuple

import numpy
import pytest

from gluon_softmax.backend import autograd, gluon, mx, nn, np
from gluon_softmax.training.checkpoint import Checkpoint
from gluon_softmax.training.trainer import make_trainer
from gluon_softmax.utils.errors import CheckpointError
from gluon_softmax.utils.types import Metrics

HISTORY = [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}]
Saved = Tuple[Checkpoint, Dict[str, numpy.ndarray]]  # and what it holds


class Net(gluon.Block):
    """Two layers by name."""

    def __init__(self, units: int = 4, name: str = "lower", first: int | None = None) -> None:
        super().__init__()
        prefixes = (None, None) if first is None else (f"dense{first}_", f"dense{first + 1}_")
        setattr(self, name, nn.Dense(units, in_units=3, prefix=prefixes[0]))
        self.upper = nn.Dense(2, in_units=4, prefix=prefixes[1])


def step(net: gluon.Block, trainer: gluon.Trainer) -> None:
    with autograd.record():
        loss = sum((parameter.data() ** 2).sum() for parameter in net.collect_params().values())
    loss.backward()
    trainer.step(1)


def make(seed: int, optimizer: str = "adam", steps: int = 3, **kwargs: Any) -> tuple[Net, gluon.Trainer]:
    mx.random.seed(seed)
    net = Net(**kwargs)
    net.initialize(mx.init.Normal(1.0))
    trainer = make_trainer(net, optimizer, 0.1, [mx.cpu()])
    for _ in range(steps):
        step(net, trainer)
    return net, trainer


def state(net: gluon.Block, trainer: gluon.Trainer) -> dict[str, numpy.ndarray]:
    """Everything that a restore may change."""
    found = {name: p.data().asnumpy() for name, p in net._collect_params_with_prefix().items()}
    counts = trainer.optimizer._all_index_update_counts[0]
    for name, parameter in net._collect_params_with_prefix().items():
        index = [p is parameter for p in trainer._params].index(True)
        arrays = trainer._updaters[0].states.get(index)
        for place, array in enumerate(arrays if isinstance(arrays, tuple) else [arrays]):
            found[f"{name}/{place}"] = array.asnumpy() if array is not None else numpy.zeros(0)
        found[f"updates/{name}"] = numpy.array(counts.get(index, 0))
    return found


def assert_same(one: dict[str, numpy.ndarray], two: dict[str, numpy.ndarray]) -> None:
    assert list(one) == list(two)
    for name in one:
        numpy.testing.assert_array_equal(one[name], two[name])


@pytest.fixture()
def saved(tmp_path: Path) -> Saved:
    checkpoint = Checkpoint(tmp_path / "run")
    net, trainer = make(1)
    checkpoint.save(net, trainer, HISTORY)
    return checkpoint, state(net, trainer)


def refuse(
    checkpoint: Checkpoint, said: str, net_and_trainer: tuple[Net, gluon.Trainer] | None = None
) -> None:
    """`restore` raises, and neither the net nor its Trainer has changed."""
    net, trainer = net_and_trainer or make(2, steps=1)
    before = state(net, trainer)
    with pytest.raises(CheckpointError, match=said):
        checkpoint.restore(net, trainer)
    assert_same(state(net, trainer), before)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adagrad"])
@pytest.mark.parametrize("steps", [0, 2])
def test_what_was_saved_comes_back(optimizer: str, steps: int, tmp_path: Path) -> None:
    checkpoint = Checkpoint(str(tmp_path))
    assert not checkpoint.exists()
    net, trainer = make(1, optimizer)
    checkpoint.save(net, trainer, HISTORY)
    assert checkpoint.exists()
    wanted = state(net, trainer)
    other, other_trainer = make(2, optimizer, steps)
    assert checkpoint.restore(other, other_trainer) == HISTORY
    assert_same(state(other, other_trainer), wanted)
    step(net, trainer)
    step(other, other_trainer)
    assert_same(state(other, other_trainer), state(net, trainer))


def test_a_net_alone_is_restored_too(saved: Saved) -> None:
    checkpoint, wanted = saved
    net, _ = make(2)
    assert checkpoint.restore(net) == HISTORY
    for name, parameter in net._collect_params_with_prefix().items():
        numpy.testing.assert_array_equal(parameter.data().asnumpy(), wanted[name])


@pytest.mark.parametrize("kind", ["parameters", "optimizer", "checkpoint.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "more", "missing"])
def test_a_damaged_file_is_refused(kind: str, damage: str, saved: Saved) -> None:
    checkpoint, _ = saved
    (path,) = [path for path in checkpoint.folder.iterdir() if path.name.startswith(kind)]
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
        refuse(checkpoint, "is missing")
        return
    for place in numpy.linspace(0, len(content) - 1, 12 if damage == "flip" else 1).astype(int):
        flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        new = {"flip": flipped, "cut": content[:-9], "empty": b"", "more": content + b"x"}[damage]
        path.write_bytes(new)
        refuse(checkpoint, f"{path.name} is damaged")


def test_an_index_laid_out_anew_is_the_same(saved: Saved) -> None:
    checkpoint, wanted = saved
    path = checkpoint.folder / "checkpoint.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    net, trainer = make(2)
    checkpoint.restore(net, trainer)
    assert_same(state(net, trainer), wanted)


def test_files_of_two_checkpoints_do_not_mix(saved: Saved, tmp_path: Path) -> None:
    checkpoint, _ = saved
    other = Checkpoint(tmp_path / "other")
    other.save(*make(5), HISTORY)
    (path,) = other.folder.glob("parameters*")
    (own,) = checkpoint.folder.glob("parameters*")
    shutil.copy(path, own)
    refuse(checkpoint, f"{own.name} is damaged")


def test_another_model_or_optimizer_is_refused(saved: Saved) -> None:
    checkpoint, _ = saved
    said = r"belongs to another model: lower\.weight takes shape \(6, 3\), the checkpoint has \(4, 3\)"
    refuse(checkpoint, said, make(2, units=6))
    said = r"another model: .* not in the other: bottom\.bias, bottom\.weight, lower\.bias, lower\.weight"
    refuse(checkpoint, said, make(2, name="bottom"))
    refuse(
        checkpoint,
        "belongs to another optimizer: it was written by Adam, and the run has SGD",
        make(2, "sgd"),
    )


@pytest.mark.parametrize("fails_at", [0, 1, 2])
@pytest.mark.parametrize("history", [HISTORY, [*HISTORY, {"epoch": 3, "loss": 0.125}]])
def test_a_save_that_fails_leaves_the_checkpoint_before_it(
    history: list[Metrics], fails_at: int, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint, wanted = saved
    replace, calls = os.replace, iter(range(9))

    def fail(source: Path, target: Path) -> None:
        if next(calls) == fails_at:
            raise OSError("the disk is full")
        replace(source, target)

    net, trainer = make(3)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="the disk is full"):
            checkpoint.save(net, trainer, history)
    other, other_trainer = make(4)
    assert checkpoint.restore(other, other_trainer) == HISTORY
    assert_same(state(other, other_trainer), wanted)
    checkpoint.save(net, trainer, history)  # and the next one succeeds
    assert checkpoint.restore(other, other_trainer) == history
    assert_same(state(other, other_trainer), state(net, trainer))


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_files_do_not_pile_up(tmp_path: Path, keep: int) -> None:
    checkpoint = Checkpoint(tmp_path, keep)
    net, trainer = make(1)
    for epoch in range(4):
        step(net, trainer)
        checkpoint.save(net, trainer, [{"epoch": i + 1} for i in range(epoch + 1)])
    names = [path.name.split("-")[0] for path in tmp_path.iterdir()]
    indexes = ["checkpoint.json", "checkpoint.1.json", "checkpoint.2.json"][:keep]
    assert sorted(names) == sorted([*indexes, *["optimizer", "parameters"] * keep])


def test_a_checkpoint_of_one_context_is_restored_on_two(saved: Saved) -> None:
    checkpoint, wanted = saved
    contexts = [mx.cpu(0), mx.cpu(1)]
    net = Net()
    net.initialize(ctx=contexts)
    trainer = make_trainer(net, "adam", 0.1, contexts)
    checkpoint.restore(net, trainer)
    for name, parameter in net._collect_params_with_prefix().items():
        for ctx in contexts:
            numpy.testing.assert_array_equal(parameter.data(ctx).asnumpy(), wanted[name])
    net_alone, trainer_alone = make(1)
    step(net_alone, trainer_alone)
    with autograd.record():  # the squares of `step`, half of them on each
        losses = [
            sum((p.data(ctx) ** 2).sum() for p in net.collect_params().values()) / 2 for ctx in contexts
        ]
    autograd.backward(losses)
    trainer.step(1)
    for name, parameter in net_alone._collect_params_with_prefix().items():
        after = net._collect_params_with_prefix()[name]
        for ctx in contexts:
            numpy.testing.assert_allclose(after.data(ctx).asnumpy(), parameter.data().asnumpy(), rtol=1e-6)
    assert np.isfinite(after.data()).all()


@pytest.mark.parametrize("optimizer", ["adam", "adagrad"])
def test_states_go_by_place_and_not_by_the_order_of_names(tmp_path: Path, optimizer: str) -> None:
    """dense8, dense9 are in order; dense9, dense10 are not, since the Trainer sorts names as text."""
    net, trainer = make(1, optimizer, first=8)
    Checkpoint(tmp_path).save(net, trainer, HISTORY)
    other, its_trainer = make(2, optimizer, steps=1, first=9)
    Checkpoint(tmp_path).restore(other, its_trainer)
    assert_same(state(other, its_trainer), state(net, trainer))
    for each in ((net, trainer), (other, its_trainer)):
        step(*each)
    assert_same(state(other, its_trainer), state(net, trainer))
