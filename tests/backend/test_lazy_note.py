"""Training on row-sparse gradients writes nothing to stderr, and what others write there still arrives."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import os, sys, threading
import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, nd, np

def train():
    layer = gs.Embedding(9, 4, sparse_grad=True)
    layer.initialize()
    trainer = gluon.Trainer(layer.collect_params(), "adam")
    with autograd.record():
        loss = layer(np.array([1, 2], dtype="int32"))
    loss.backward()
    trainer.step(2)
    nd.waitall()

os.write(2, b"before ")
train()
thread = threading.Thread(target=train)
thread.start()
thread.join()
os.write(2, b"after")
"""


def errors_of(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_adam_on_a_row_sparse_gradient_says_nothing_in_any_thread() -> None:
    assert errors_of(SCRIPT) == "before after"


def test_a_closed_stderr_stays_closed() -> None:
    script = SCRIPT.replace('os.write(2, b"before ")', "os.close(2)")
    script = script.replace('os.write(2, b"after")', "assert os.open(os.devnull, os.O_RDONLY) == 2")
    assert errors_of(script) == ""
