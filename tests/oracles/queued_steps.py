"""Training that keeps four losses ahead of the engine, for a child process.

The gradients of the positions differ, so that a backward has to look again at what it computed from, and the
steps wait for those gradients.
"""

from __future__ import annotations

import collections
from typing import Any, Callable

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, mx, np
from gluon_softmax.fused.linear_cross_entropy import linear_cross_entropy
from gluon_softmax.fused.sampled_cross_entropy import sampled_cross_entropy

VOCAB_SIZE, IN_UNITS, NUM_POSITIONS, NUM_STEPS, AHEAD = 2000, 64, 256, 12, 4
COUNTS = 1 + numpy.arange(VOCAB_SIZE)[::-1]
IGNORED = 3

LAYERS: dict[str, Callable[..., Any]] = {
    "full": lambda **k: gs.FullSoftmax(VOCAB_SIZE, IN_UNITS, **k),
    "adaptive": lambda **k: gs.AdaptiveSoftmax(VOCAB_SIZE, IN_UNITS, [200, 1000], **k),
    "negative sampling": lambda **k: gs.NegativeSampling(COUNTS, IN_UNITS, **k),
    "nce": lambda **k: gs.NCE(COUNTS, IN_UNITS, 50, **k),
    "hierarchical": lambda **k: gs.HierarchicalSoftmax(COUNTS, IN_UNITS, **k),
    "sampled": lambda **k: gs.SampledSoftmax(VOCAB_SIZE, IN_UNITS, 50, **k),
    "in batch": lambda **k: gs.InBatchSoftmax(COUNTS, IN_UNITS, **k),
}
CASES = [
    *LAYERS,
    *(f"{name}, sparse" for name in LAYERS if name not in ("full", "adaptive")),
    "linear_cross_entropy of parameters",
    "sampled_cross_entropy of parameters",
]


def layer_steps(name: str) -> Callable[[int], Any]:
    """Steps of a layer on a parameter as its hidden vectors, which ignore, weigh and scale their losses."""
    kind, _, sparse = name.partition(", ")
    layer = LAYERS[kind](ignore_index=IGNORED, **({"sparse_grad": True} if sparse else {}))
    layer.initialize()
    vectors = gluon.Parameter("vectors", shape=(NUM_POSITIONS, IN_UNITS))
    vectors.initialize()
    trainer = gluon.Trainer([*layer.collect_params().values(), vectors], "adam", {"learning_rate": 0.01})
    rng = numpy.random.default_rng(0)

    def step(i: int) -> Any:
        target = rng.integers(VOCAB_SIZE, size=NUM_POSITIONS)
        target[::5] = IGNORED
        weight = rng.uniform(0.5, 2, NUM_POSITIONS).astype("float32")
        with autograd.record():
            losses = layer(vectors.data(), target, weight if i % 3 else None)
            total = (losses * np.array(weight[::-1].copy())).sum()  # which the layer cannot know of
        total.backward()
        trainer.step(NUM_POSITIONS)
        return total

    return step


def fused_steps(name: str) -> Callable[[int], Any]:
    """Steps of a function of `fused` whose inputs are all parameters."""
    sampled = name.startswith("sampled")
    rows = NUM_POSITIONS + 50 if sampled else VOCAB_SIZE
    shapes = {"rows": (rows, IN_UNITS), "shift": (rows,), "hidden": (NUM_POSITIONS, IN_UNITS)}
    inputs = {key: gluon.Parameter(key, shape=shape) for key, shape in shapes.items()}
    for parameter in inputs.values():
        parameter.initialize(init="zeros" if parameter.name == "shift" else None)
    trainer = gluon.Trainer(list(inputs.values()), "sgd", {"learning_rate": 0.01})
    weight = np.array(numpy.linspace(0.5, 2, NUM_POSITIONS), dtype="float32")
    target = numpy.arange(NUM_POSITIONS)

    def step(_: int) -> Any:
        arrays = {key: parameter.data() for key, parameter in inputs.items()}
        with autograd.record():
            if sampled:
                losses = sampled_cross_entropy(arrays["hidden"], arrays["rows"], arrays["shift"], 50)
            else:
                losses = linear_cross_entropy(arrays["hidden"], target, arrays["rows"], arrays["shift"])
            total = (losses * weight).sum()
        total.backward()
        trainer.step(NUM_POSITIONS)
        return total

    return step


def run(name: str, ahead: int = AHEAD) -> list[float]:
    """The total loss of each step, with the losses of `ahead` steps not looked at."""
    mx.random.seed(0)
    numpy.random.seed(0)
    step = fused_steps(name) if name.endswith("of parameters") else layer_steps(name)
    pending: collections.deque[Any] = collections.deque()
    totals = []
    for i in range(NUM_STEPS):
        pending.append(step(i))
        if len(pending) > ahead:
            totals.append(float(pending.popleft()))
    return totals + [float(total) for total in pending]


def main() -> None:
    """Print a line for each case whose steps end, and equal those that look at each loss at once."""
    for case in CASES:
        totals = run(case)
        assert numpy.isfinite(totals).all() and totals == run(case, ahead=0), case
        print(f"{case}: done", flush=True)
