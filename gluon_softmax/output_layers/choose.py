"""Output layers by name: one entry a layer, with the options that are its own.

Nothing here imports MXNet before a layer is built, since the command line reads this table for its help.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple

from ..checks import check_choice
from ..options import Option


class LayerChoice(NamedTuple):
    """``build(counts, in_units, options)`` gives the layer; `options` holds a value for each of `own`, and
    ``sparse_grad``.
    """

    build: Callable[[Any, int, Mapping[str, Any]], Any]
    own: tuple[Option, ...] = ()


def _negative_sampling(counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    from .negative_sampling import NegativeSampling

    return NegativeSampling(
        counts,
        in_units,
        num_noise_words=options["num_noise_words"],
        power=options["power"],
        sparse_grad=options["sparse_grad"],
    )


def _hierarchical(counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    from .hierarchical import HierarchicalSoftmax

    return HierarchicalSoftmax(counts, in_units, sparse_grad=options["sparse_grad"])


LAYERS: dict[str, LayerChoice] = {
    "hierarchical": LayerChoice(_hierarchical),
    "negative-sampling": LayerChoice(
        _negative_sampling,
        (
            Option(
                "num_noise_words", int, 5, "noise words for each right word; the book's and word2vec's number"
            ),
            Option("power", float, 0.75, "noise words are drawn from count^power; the paper's exponent"),
        ),
    ),
}


def build_output_layer(name: str, counts: Any, in_units: int, options: Mapping[str, Any]) -> Any:
    """The layer called `name` over the words of `counts` (V,); ValueError for a name not in the table."""
    return LAYERS[check_choice("softmax", name, tuple(LAYERS))].build(counts, in_units, options)
