"""An adaptive softmax over twenty words, PyTorch's golden values, and the slow way in NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy

from gluon_softmax import AdaptiveSoftmax
from gluon_softmax.backend import mx, np

with numpy.load(Path(__file__).resolve().parents[1] / "golden" / "adaptive.npz") as file:
    GOLDEN = {name: file[name] for name in file.files}
CASES = sorted({name.split("/")[0] for name in GOLDEN})
RNG = numpy.random.default_rng(1)
HIDDEN = RNG.normal(size=(9, 16)).astype(numpy.float32)
OUT_GRAD = RNG.normal(size=9).astype(numpy.float32)
TARGET = numpy.array([0, 19, 5, 4, 14, 9, 10, 15, 0], dtype=numpy.int32)


def golden(case: str) -> dict[str, numpy.ndarray]:
    return {name[len(case) + 1 :]: array for name, array in GOLDEN.items() if name.startswith(case + "/")}


def make_golden(case: str, contexts: Any = None, hybridize: bool = False) -> AdaptiveSoftmax:
    """The layer with PyTorch's weights."""
    arrays = golden(case)
    vocab_size, in_units, div_value, head_bias, *cutoffs = arrays["arguments"].tolist()
    layer = AdaptiveSoftmax(
        int(vocab_size), int(in_units), [int(c) for c in cutoffs], div_value, bool(head_bias)
    )
    layer.initialize(ctx=contexts)
    for name, parameter in layer._reg_params.items():
        parameter.set_data(np.array(arrays[f"parameter/{name}"]))
    if hybridize:
        layer.hybridize(static_alloc=True)
    return layer


def make(contexts: Any = None, cutoffs: Any = (5, 10, 15), **kwargs: Any) -> AdaptiveSoftmax:
    mx.random.seed(7)
    layer = AdaptiveSoftmax(20, 16, cutoffs, 2, weight_initializer=mx.init.Normal(0.5), **kwargs)
    layer.initialize(ctx=contexts)
    return layer


def slow_log_prob(layer: AdaptiveSoftmax, hidden: Any, parameters: Any = None) -> numpy.ndarray:
    """Word by word from the two softmaxes, in float64."""
    given_or_own = {
        name: p.list_data()[0].asnumpy().astype(numpy.float64) for name, p in layer._reg_params.items()
    }
    given_or_own.update(parameters or {})
    get = given_or_own.get

    def softmax(x: numpy.ndarray) -> numpy.ndarray:
        odds = numpy.exp(x - x.max())
        return odds / odds.sum()

    result = []
    for h in numpy.asarray(hidden, dtype=numpy.float64):
        head = softmax(get("head_weight") @ h + get("head_bias", 0.0))
        row = list(head[: layer.cutoffs[0]])
        for i in range(layer.num_tails):
            tail = softmax(get(f"tail{i}_weight") @ (get(f"tail{i}_projection") @ h))
            row += [head[layer.cutoffs[0] + i] * p for p in tail]
        result.append(numpy.log(row))
    return numpy.array(result)
