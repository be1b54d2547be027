"""Lists, generators and DataLoaders of batches train and are evaluated; what is none gets a sentence."""

from __future__ import annotations

import collections
import math
from typing import Any, Callable, Iterator

import numpy
import pytest
from oracles.small_training import make_net, pairs, quiet, weights

import gluon_softmax as gs
from gluon_softmax.backend import gluon, mx, np
from gluon_softmax.training.evaluation import held_out_loss
from gluon_softmax.training.iterable_batches import as_batches

Pair = collections.namedtuple("Pair", "center context")


def three_batches(kind: Any = numpy.array) -> list[tuple[Any, Any]]:
    rng = numpy.random.default_rng(4)
    return [tuple(kind(rng.integers(1, 9, size), dtype="int32") for _ in range(2)) for size in (6, 6, 3)]


def loader() -> gluon.data.DataLoader:
    center, context = (numpy.concatenate(column) for column in zip(*three_batches()))
    return gluon.data.DataLoader(gluon.data.ArrayDataset(center, context), 6)


def generator() -> Iterator[tuple[Any, Any]]:
    yield from three_batches()


ITERABLES: dict[str, Callable[[], Any]] = {
    "a list of host arrays": three_batches,
    "a tuple": lambda: tuple(three_batches()),
    "a list of MXNet's arrays": lambda: three_batches(np.array),
    "a list of lists": lambda: [list(batch) for batch in three_batches()],
    "named tuples": lambda: [Pair(*batch) for batch in three_batches()],
    "a generator": generator,
    "an iterator": lambda: iter(three_batches()),
    "gluon.data.DataLoader": loader,
}


@pytest.mark.parametrize("name", ITERABLES)
def test_any_iterable_gives_its_batches_as_host_arrays(name: str) -> None:
    batches = as_batches(ITERABLES[name]())
    found = list(batches.epoch(0))
    assert len(found) == 3 and batches.produced == {"positions": 15}
    for batch, wanted in zip(found, three_batches()):
        for array, right in zip(batch, wanted):
            assert type(array) is numpy.ndarray and array.dtype == numpy.int32
            numpy.testing.assert_array_equal(array, right)
        assert getattr(batch, "_fields", None) == (Pair._fields if name == "named tuples" else None)


@pytest.mark.parametrize("name", ITERABLES)
def test_an_epoch_s_length_where_it_can_be_known(name: str) -> None:
    expected = as_batches(ITERABLES[name]()).expected_positions
    if name in ("a generator", "an iterator"):
        assert math.isnan(expected)
    else:  # a DataLoader says how many batches, and the first one's size
        assert expected == (18 if name == "gluon.data.DataLoader" else 15)


@pytest.mark.parametrize("name", ITERABLES)
def test_any_iterable_trains_as_batches_of_our_own(name: str) -> None:
    """The same batches, the same net: whatever holds them, the same weights come out."""
    net, wanted = make_net(), make_net()
    history = quiet(net, as_batches(ITERABLES[name]()), 1, 0.1)
    quiet(wanted, as_batches(three_batches()), 1, 0.1)
    assert history[0]["positions"] == 15 and math.isfinite(history[0]["loss"])
    for array, right in zip(weights(net), weights(wanted)):
        numpy.testing.assert_array_equal(array, right)
    assert held_out_loss(net, as_batches(ITERABLES[name]())) == pytest.approx(
        held_out_loss(net, three_batches()), rel=1e-6
    )


def test_our_own_batches_are_left_as_they_are() -> None:
    for own in (pairs(), gs.SkipGramBlocks(pairs_corpus(), 16)):
        assert as_batches(own, 5, "linear") is own


def pairs_corpus() -> Any:
    from oracles.blocks import CORPUS

    return CORPUS


def test_an_epoch_each_time_and_none_is_lost_to_a_look_at_its_length() -> None:
    class Fresh:
        """Says len(), and gives other batches each time."""

        begun = 0

        def __len__(self) -> int:
            return 2

        def __iter__(self) -> Iterator[Any]:
            self.begun += 1
            return iter([(numpy.full(4, self.begun),)] * 2)

    fresh = Fresh()
    batches = as_batches(fresh, 3, "linear")
    assert batches.expected_positions == 8
    assert [[int(batch[0][0]) for batch in batches.epoch(e)] for e in range(3)] == [[1, 1], [2, 2], [3, 3]]
    assert batches.produced == {"positions": 8}


def test_float64_becomes_float32_as_parameters_are() -> None:
    ((center, mask),) = as_batches([(numpy.array([1, 2]), numpy.ones(2))]).epoch(0)
    assert center.dtype == numpy.int64 and mask.dtype == numpy.float32


@pytest.mark.parametrize(
    "wrong, got",
    [
        (None, "got None"),
        (3, "got an object of type int"),
        ("batches", "got an object of type str"),
        ({"center": 1}, "got an object of type dict"),
        ([3], "got a batch that is an object of type int"),
        ([numpy.ones(3)], "got a batch that is an object of type ndarray"),
        (numpy.ones((2, 3)), "got a batch that is an object of type ndarray"),
        ([()], "got a batch that is an object of type tuple"),
        (["ab"], "got a batch that is an object of type str"),
        ([(numpy.ones(3), None)], "got None in a batch"),
        ([("a", "b")], "got an object of type str in a batch"),
        ([(1, 2)], "got an object of type int in a batch"),
    ],
)
def test_what_is_no_batches_gets_a_sentence(wrong: Any, got: str) -> None:
    with pytest.raises(TypeError, match=f"^batches takes batches such as SkipGramPairs, or .*; {got}$"):
        list(as_batches(wrong).epoch(0))


def test_a_generator_is_one_epoch() -> None:
    with pytest.raises(
        ValueError, match="once per epoch, 2 times, such as a list; got an object of type gen"
    ):
        as_batches(generator(), 2)
    used = generator()
    list(as_batches(used).epoch(0))
    with pytest.raises(ValueError, match="got one that is used up"):
        as_batches(used)


def test_a_falling_rate_needs_a_length() -> None:
    with pytest.raises(ValueError, match="schedule takes 'constant' where the length of an epoch is unknown"):
        as_batches(generator(), schedule="linear")
    for known in (three_batches(), loader()):
        net = make_net()
        history = quiet(net, as_batches(known, 2, "linear"), 2, 0.5, schedule="linear")
        rates = [metrics["lr"] for metrics in history]
        assert 0.25 < rates[0] < 0.5 and rates[1] < 0.25


def test_a_list_of_nothing_is_no_epoch() -> None:
    with pytest.raises(ValueError, match="batches takes at least one position per epoch; got none"):
        quiet(make_net(), as_batches([]), 1, 0.1)


def test_language_model_batches_in_a_list_keep_the_axis_of_their_columns() -> None:
    from oracles.recurrent_reference import random_text

    batches = list(gs.LanguageModelBatches(random_text(23, 9), 4, 3, "test"))
    assert all(batch.batch_axis == 1 for batch in as_batches(batches).epoch(0))
    net = gs.LanguageModel(9, 4, 3, gs.FullSoftmax(9, 3), cell="gru")
    net.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    assert held_out_loss(net, as_batches(batches), [mx.cpu(0), mx.cpu(1)]) > 0
