"""CBOW batches beside a loop over a small corpus."""

from __future__ import annotations

import numpy
import pytest
from oracles.window_reference import W, make_corpus, slow_windows, stacked

from gluon_softmax import CBOWBatches


@pytest.mark.usefixtures("chunk_tokens")
def test_cbow_windows_are_those_of_a_loop() -> None:
    corpus = make_corpus()
    batches = CBOWBatches(corpus, 16, W, threshold=0.05, seed=5)
    wanted = slow_windows(corpus, batches, 1)
    contexts, mask, center = stacked(batches, 1)
    assert contexts.shape == mask.shape == (len(wanted), 2 * W) and mask.dtype == numpy.float32
    got = [(c, words[keep == 1].tolist()) for c, words, keep in zip(center.tolist(), contexts, mask)]
    assert sorted(got) == sorted(wanted)
    assert (contexts[mask == 0] == 0).all()
