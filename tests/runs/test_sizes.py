"""Sizes beyond memory are refused with their number, and those that fit are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracles.small_runs import Value

import gluon_softmax as gs
from gluon_softmax.runs import sizes
from gluon_softmax.runs.resolve import resolve_options
from gluon_softmax.runs.sizes import check_net, check_sizes, physical_memory

GIB = 1 << 30


@pytest.fixture(autouse=True)
def one_gibibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "physical_memory", lambda: float(GIB))


def check(**given: Value) -> None:
    check_sizes(resolve_options(given), vocab_size=1 << 10, num_tokens=1 << 20)


@pytest.mark.parametrize(
    ("given", "name", "most"),
    [
        ({}, "embed_size", GIB // 4 // 1024),
        ({}, "num_noise_words", GIB // 4 // (256 * 2)),
        ({}, "max_window_size", GIB // 4 // (2 << 17)),
        ({"batches": "blocks"}, "num_noise_words", GIB // 8),
        ({"batches": "blocks"}, "max_window_size", 202),
        ({"batches": "blocks"}, "batch_size", GIB // 4 // 3),
        ({"softmax": "nce", "embed_size": 6}, "num_sampled", GIB // 4 // 8),
        ({"model": "lm", "embed_size": 1}, "num_hiddens", (1 << 14) - 1),
        ({"model": "lm", "num_hiddens": 1024}, "num_layers", 256),
    ],
)
def test_the_largest_that_fits_is_taken_and_one_more_is_named_with_what_it_would_be(
    given: dict[str, Value], name: str, most: int
) -> None:
    check(**{**given, name: most})
    message = (
        rf"^{name} takes a size that fits into memory; got {most + 1}: .* would be 1(\.\d+)? GiB, and there"
    )
    with pytest.raises(ValueError, match=message):
        check(**{**given, name: most + 1})


def test_the_defaults_of_every_model_fit() -> None:
    for model in ("skip-gram", "cbow", "lm"):
        check(model=model)


def test_a_net_whose_parameters_and_gradients_are_beyond_memory_is_refused() -> None:
    def net(width: int, sparse_grad: bool) -> gs.SkipGram:
        layer = gs.NegativeSampling([1] * 1024, width, sparse_grad=sparse_grad)
        return gs.SkipGram(1024, width, layer, sparse_grad=sparse_grad)

    check_net(net(1 << 16, sparse_grad=False))  # two tables of 256 MiB and their gradients
    check_net(net(1 << 17, sparse_grad=True))
    message = (
        "^embed_size takes a size that fits .* the net's parameters and their gradients would be 1.06 GiB"
    )
    with pytest.raises(ValueError, match=message):
        check_net(net((1 << 16) + (1 << 12), sparse_grad=False))


def test_memory_is_the_machines_or_that_of_its_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(sizes, "_CGROUP_LIMITS", (str(tmp_path / "none"), str(limit)))
    limit.write_text("max\n")
    whole = physical_memory()
    assert whole > GIB
    limit.write_text(f"{GIB}\n")
    assert physical_memory() == GIB
    limit.write_text(str(2**63))  # how an older kernel says that there is no limit
    assert physical_memory() == whole
