"""What the tests of batches share: a text in one chunk, and the same in many."""

from __future__ import annotations

import pytest

from gluon_softmax.data import window_batches


@pytest.fixture(params=[1 << 17, 40], ids=["one chunk", "many chunks"])
def chunk_tokens(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(window_batches, "_CHUNK_TOKENS", request.param)
    tokens: int = request.param
    return tokens
