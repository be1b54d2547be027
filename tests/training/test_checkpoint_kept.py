"""The checkpoints that stay: a damaged newest one is named, the one before it taken, nothing left over."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy
import pytest

from gluon_softmax.backend import autograd, gluon, init, mx, nn, np
from gluon_softmax.training.checkpoint import Checkpoint, PartialEpoch, TrainingState, _digest
from gluon_softmax.training.trainer import make_trainer
from gluon_softmax.utils.errors import CheckpointError, TrainingDiverged


def make() -> tuple[nn.Dense, gluon.Trainer]:
    net = nn.Dense(2, in_units=3)
    net.initialize(init.Normal(1.0))
    return net, make_trainer(net, "adam", 0.1, [mx.cpu()])


def step(net: nn.Dense, trainer: gluon.Trainer) -> None:
    with autograd.record():
        loss = (net(np.ones((4, 3))) ** 2).sum()
    loss.backward()
    trainer.step(4)


def epochs(n: int) -> list[dict[str, Any]]:
    return [{"epoch": i + 1, "loss": 1.0 / (i + 1)} for i in range(n)]


@pytest.fixture()
def two(tmp_path: Path) -> tuple[Checkpoint, list[numpy.ndarray]]:
    """Two checkpoints in a folder, and the weights of each, the older one's first."""
    net, trainer = make()
    checkpoint, weights = Checkpoint(tmp_path / "checkpoint"), []
    for n in (1, 2):
        step(net, trainer)
        checkpoint.save(net, trainer, epochs(n))
        weights.append(net.weight.data().asnumpy())
    return checkpoint, weights


@pytest.mark.parametrize("what", ["index", "truncated index", "parameters", "missing optimizer"])
def test_a_damaged_newest_checkpoint_is_named_and_the_one_before_it_taken(
    what: str, two: tuple[Checkpoint, list[numpy.ndarray]]
) -> None:
    checkpoint, weights = two
    [parameters] = checkpoint.folder.glob("parameters-2-*.npz")
    [optimizer] = checkpoint.folder.glob("optimizer-2-*.npz")
    index = checkpoint.folder / "checkpoint.json"
    if what == "index":
        index.write_text(index.read_text().replace('"epoch": 2', '"epoch": 3'))
    elif what == "truncated index":
        index.write_bytes(index.read_bytes()[:50])
    elif what == "parameters":
        content = bytearray(parameters.read_bytes())
        content[len(content) // 2] ^= 1
        parameters.write_bytes(content)
    else:
        optimizer.unlink()
    net, trainer = make()
    named = {"parameters": parameters.name, "missing optimizer": optimizer.name}.get(what, "checkpoint.json")
    with pytest.warns(UserWarning, match=rf"{named} is .*; the checkpoint before it is taken"):
        assert checkpoint.restore(net, trainer) == epochs(1)
    numpy.testing.assert_array_equal(net.weight.data().asnumpy(), weights[0])
    step(net, trainer)
    checkpoint.save(net, trainer, epochs(2))
    again, _ = make()
    assert checkpoint.restore(again) == epochs(2)
    numpy.testing.assert_array_equal(again.weight.data().asnumpy(), weights[1])


def test_where_all_are_damaged_the_newest_is_named(two: tuple[Checkpoint, list[numpy.ndarray]]) -> None:
    checkpoint, _ = two
    for path in checkpoint.folder.glob("parameters-*.npz"):
        path.write_bytes(b"")
    net, trainer = make()
    before = net.weight.data().asnumpy()
    with pytest.raises(CheckpointError, match=r"parameters-2-.* is damaged"):
        checkpoint.restore(net, trainer)
    numpy.testing.assert_array_equal(net.weight.data().asnumpy(), before)


def test_what_a_killed_process_left_is_removed_by_the_next_save_and_nothing_else(
    two: tuple[Checkpoint, list[numpy.ndarray]],
) -> None:
    checkpoint, _ = two
    left = [
        f"parameters-3-00000000.npz.{'0a' * 16}.part",
        f"checkpoint.json.{'1b' * 16}.part",
        "optimizer-7-12345678.npz",
    ]
    own = ["notes.txt", "mine.part", "vectors.npz"]
    for name in (*left, *own):
        (checkpoint.folder / name).write_bytes(b"x")
    net, trainer = make()
    checkpoint.save(net, trainer, epochs(3))
    names = {path.name for path in checkpoint.folder.iterdir()}
    assert not names & set(left) and set(own) <= names


def test_an_index_that_names_a_file_elsewhere_deletes_nothing(
    two: tuple[Checkpoint, list[numpy.ndarray]],
) -> None:
    checkpoint, _ = two
    victim = checkpoint.folder.parent / "victim.txt"
    victim.write_text("mine")
    index = json.loads((checkpoint.folder / "checkpoint.json").read_text())
    index["files"]["parameters"]["name"] = "../victim.txt"
    del index["sha256"]
    index["sha256"] = _digest(index)
    (checkpoint.folder / "checkpoint.json").write_text(json.dumps(index))
    net, trainer = make()
    with pytest.warns(UserWarning, match="victim.txt', which is none of this folder's files"):
        checkpoint.restore(net, trainer)
    checkpoint.save(net, trainer, epochs(3))
    checkpoint.save(net, trainer, epochs(4))
    assert victim.read_text() == "mine"


def _signed(index: Any) -> str:
    return json.dumps({**index, "sha256": _digest(index)} if isinstance(index, dict) else index)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: [],
        lambda _: None,
        lambda index: {**index, "history": None},
        lambda index: {**index, "history": [1, 2]},
        lambda index: {**index, "history": [{"epoch": 7}]},
        lambda index: {**index, "epoch": 5},
        lambda index: {**index, "files": {}},
        lambda index: {**index, "files": {"parameters": "x"}},
    ],
    ids=range(8),
)
def test_a_signed_index_that_no_checkpoint_writes_is_damaged(
    change: Any, two: tuple[Checkpoint, list[numpy.ndarray]]
) -> None:
    checkpoint, weights = two
    path = checkpoint.folder / "checkpoint.json"
    index = json.loads(path.read_text())
    del index["sha256"]
    path.write_text(_signed(change(index)))
    net, trainer = make()
    with pytest.warns(
        UserWarning, match=r"checkpoint.json is damaged: .*; the checkpoint before it is taken"
    ):
        checkpoint.restore(net, trainer)
    numpy.testing.assert_array_equal(net.weight.data().asnumpy(), weights[0])


def test_arrays_that_are_no_archive_are_damaged(two: tuple[Checkpoint, list[numpy.ndarray]]) -> None:
    checkpoint, _ = two
    path = checkpoint.folder / "checkpoint.json"
    index = json.loads(path.read_text())
    del index["sha256"]
    file = index["files"]["parameters"]
    (checkpoint.folder / file["name"]).write_bytes(b"PK no archive")
    file["sha256"] = hashlib.sha256(b"PK no archive").hexdigest()
    path.write_text(_signed(index))
    with pytest.warns(UserWarning, match=r"parameters-2.* is damaged"):
        checkpoint.restore(*make())


def test_what_is_not_finite_is_never_saved(two: tuple[Checkpoint, list[numpy.ndarray]]) -> None:
    checkpoint, weights = two
    before = {path.name: path.read_bytes() for path in checkpoint.folder.iterdir()}
    net, trainer = make()
    step(net, trainer)
    values = net.weight.data().asnumpy()
    values[1, 2] = numpy.nan
    net.weight.set_data(np.array(values))
    with pytest.raises(
        TrainingDiverged, match="weight holds a number that is not finite, so it is not saved"
    ):
        checkpoint.save(net, trainer, epochs(3))
    assert {path.name: path.read_bytes() for path in checkpoint.folder.iterdir()} == before
    checkpoint.restore(net, trainer)
    numpy.testing.assert_array_equal(net.weight.data().asnumpy(), weights[1])


def test_the_middle_of_an_epoch_comes_back_whole(tmp_path: Path) -> None:
    net, trainer = make()
    checkpoint = Checkpoint(tmp_path)
    carried = [[numpy.random.default_rng(k).normal(size=(1, 2, 3)).astype("float32")] * 2 for k in range(2)]
    partial = PartialEpoch(96, 1234, 1200, 0.1 + 0.2, 7.5, 0.25, carried)
    checkpoint.save(net, trainer, TrainingState(epochs(1), partial, [(0.5, 3.25)], 4.16))
    state = checkpoint.restore_state(*make())
    assert state.history == epochs(1) and state.curve == [(0.5, 3.25)] and state.first_loss == 4.16
    assert state.partial is not None
    assert {**vars(state.partial), "carried": None} == {**vars(partial), "carried": None}
    for expected, found in zip(carried, state.partial.carried):
        numpy.testing.assert_array_equal(found, expected)
    assert checkpoint.history() == epochs(1)
