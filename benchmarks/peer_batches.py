"""The batches of d2l's chapter on word2vec, by its own code."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

BATCH, WINDOW, NOISE_WORDS = 512, 5, 5


def d2l_batches(data_dir: str | None) -> tuple[Any, int]:
    """Return d2l's iterator over batches and the number of words.

    d2l looks for its archive in ../data from the working folder, so that is changed while it loads.
    """
    from gluon_softmax.data.sources import data_folder

    importlib.import_module("gluon_softmax.backend")  # mends MXNet before d2l imports it
    d2l = importlib.import_module("d2l.mxnet")

    beside_data = data_folder(data_dir).parent / "chapters"
    beside_data.mkdir(exist_ok=True)
    before = Path.cwd()
    os.chdir(beside_data)
    try:
        data_iter, vocab = d2l.load_data_ptb(BATCH, WINDOW, NOISE_WORDS)
    finally:
        os.chdir(before)
    return data_iter, len(vocab)
