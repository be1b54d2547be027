"""One small layer of each kind over ten words, and one of each name of the registry, for what all must do."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable

import numpy

import gluon_softmax as gs
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.runs.layers import LAYERS, build_output_layer

COUNTS = [9, 30, 20, 10, 6, 5, 4, 3, 2, 1]
IN_UNITS = 8
EVERY_LAYER: dict[str, Callable[[], Any]] = {
    "full": lambda: gs.FullSoftmax(10, IN_UNITS),
    "negative sampling": lambda: gs.NegativeSampling(COUNTS, IN_UNITS),
    "nce": lambda: gs.NCE(COUNTS, IN_UNITS, 3),
    "hierarchical": lambda: gs.HierarchicalSoftmax(COUNTS, IN_UNITS),
    "sampled": lambda: gs.SampledSoftmax(10, IN_UNITS, 3),
    "in batch": lambda: gs.InBatchSoftmax(COUNTS, IN_UNITS),
    "adaptive": lambda: gs.AdaptiveSoftmax(10, IN_UNITS, [4, 7], div_value=2.0),
}

REGISTERED_COUNTS = numpy.array([70, *(1000 // rank for rank in range(1, 50))])  # of 50 words, Zipf's
_MAX_SAMPLED = 20  # the default is for vocabularies of thousands


def registered(name: str, sparse_grad: bool = False) -> OutputLayer:
    """The layer called `name` as the command line builds it, over 50 words with its default options."""
    options = {option.name: option.default for option in LAYERS[name].own}
    if "num_sampled" in options:
        options["num_sampled"] = min(options["num_sampled"], _MAX_SAMPLED)
    layer: OutputLayer = build_output_layer(
        name, REGISTERED_COUNTS, 32, {**options, "sparse_grad": sparse_grad}
    )
    return layer


EVERY_REGISTERED_LAYER = {f"registered {name}": partial(registered, name) for name in LAYERS}
