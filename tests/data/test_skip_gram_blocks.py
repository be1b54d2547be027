"""Blocks of consecutive centres: the pairs of the pair batches, and noise from counts to the power."""

from __future__ import annotations

from collections import Counter

import numpy
import pytest
from oracles.blocks import CORPUS, B, V, W, pairs_of

from gluon_softmax import SkipGramBlocks, SkipGramPairs
from gluon_softmax.data import window_batches


@pytest.fixture(params=[1 << 17, 40], ids=["one chunk", "many chunks"])
def chunk_tokens(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_batches, "_CHUNK_TOKENS", request.param)


@pytest.mark.usefixtures("chunk_tokens")
@pytest.mark.parametrize("batch_size", [B, 8 * B, 1000])
def test_pairs_are_those_of_the_pair_batches(batch_size: int) -> None:
    blocks = SkipGramBlocks(CORPUS, batch_size, W, block_size=B, threshold=0.05)
    pairs = SkipGramPairs(CORPUS, 7, W, threshold=0.05)
    found = list(blocks.epoch(2))
    expected = Counter(
        (int(c), int(o)) for batch in pairs.epoch(2) for c, o in zip(batch.center, batch.context)
    )
    assert Counter((c, o) for batch in found for c, o, _ in pairs_of(batch)) == expected
    assert blocks.produced == pairs.produced and blocks.expected_positions == pairs.expected_positions
    assert len({batch.words.shape for batch in found}) == 1  # the last one is filled up


def test_noise_follows_counts_to_the_power_and_leaves_unk_out() -> None:
    blocks = SkipGramBlocks(CORPUS, 64, W, block_size=B, shared_noise=50, power=0.5, subsampling="none")
    noise = numpy.concatenate([b.words[:, B + 2 * W :].ravel() for e in range(20) for b in blocks.epoch(e)])
    noise = noise[noise > 0]  # what fills the last batch is 0 too
    p = CORPUS.counts**0.5 * (numpy.arange(V) > 0)
    p /= p.sum()
    found = numpy.bincount(noise, minlength=V) / noise.size
    assert noise.size > 20_000 and abs(found - p).max() < 5 * numpy.sqrt(0.25 / noise.size)
