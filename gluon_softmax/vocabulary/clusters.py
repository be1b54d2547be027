"""Ids sorted into clusters of the vocabulary, on the host: each cluster then needs one product per batch."""

from __future__ import annotations

from typing import NamedTuple, Sequence

import numpy


class Partition(NamedTuple):
    """The positions of a batch by cluster.

    A cluster that no position is in gets position 0 and its own first word, to which `places` never points:
    its parameters take part in the graph, with a gradient of zero.
    """

    cluster: numpy.ndarray  # (N,), of each position
    rows: list[numpy.ndarray]  # of each cluster: its positions, (n_i,), n_i >= 1
    words: list[numpy.ndarray]  # of each cluster: the ids of its positions within the cluster, (n_i,)
    places: numpy.ndarray  # (N,): the index of each position in the concatenation of all clusters' rows


class Clusters:
    """The clusters [0, c_0), [c_0, c_1), ..., [c_J-1, vocab_size) of the ids.

    Parameters
    ----------
    cutoffs : c_0, ..., c_J-1, ascending, each in [1, vocab_size).
    vocab_size : the number of ids.
    """

    def __init__(self, cutoffs: Sequence[int], vocab_size: int) -> None:
        self.begins = numpy.array([0, *cutoffs], dtype=numpy.int64)
        self.sizes = numpy.diff([0, *cutoffs, vocab_size]).tolist()

    def partition(self, ids: numpy.ndarray) -> Partition:
        """The positions of a batch by the cluster of their ids, (N,) with N >= 1, all below vocab_size."""
        cluster = numpy.searchsorted(self.begins, ids, side="right") - 1
        rows: list[numpy.ndarray] = []
        words: list[numpy.ndarray] = []
        places = numpy.zeros(ids.size, dtype=numpy.int64)
        length = 0
        for i, begin in enumerate(self.begins):
            here = numpy.flatnonzero(cluster == i)
            places[here] = length + numpy.arange(here.size)
            rows.append(here if here.size else numpy.zeros(1, dtype=numpy.int64))
            words.append(ids[here] - begin if here.size else numpy.zeros(1, dtype=numpy.int64))
            length += rows[-1].size
        return Partition(cluster, rows, words, places)
