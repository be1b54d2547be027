"""A small corpus and a run that was trained on it: the tests read them and change neither."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracles.small_runs import small, train, write_corpus


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("text") / "small")


@pytest.fixture(scope="session")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "trained"
    train(folder, small(corpus, num_epochs=3))
    return folder
