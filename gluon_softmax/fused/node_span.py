"""Which pairs of a group pass a tree's node, as three numbers; and the same as two rows of a small table.

In a group that is sorted by the leaf of its pairs' centres, the pairs below a node are consecutive: first
those that take its turn 0, then those that take its turn 1. In a group of five, for one node::

    pair              0  1  2  3  4
                         |     |     |
                     begin   turn   end        NodeSpan(begin=1, turn=3, end=5)
    weight            0  1  1  1  1            1 where the pair passes the node:   from begin to end
    label             0  1  1  0  0            1 where it takes turn 0 there:      from begin to turn

A device is given the two rows by their numbers in `span_table`, which holds every such row once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy


class NodeSpan(NamedTuple):
    """The pairs of one node in its group, or of many nodes: integer arrays of one shape."""

    begin: numpy.ndarray  # the first pair that passes the node
    turn: numpy.ndarray  # the first of them that takes turn 1
    end: numpy.ndarray  # past the last

    def pack(self, group_size: int) -> tuple[numpy.ndarray, numpy.ndarray]:
        """The rows of ``span_table(group_size)`` that are the nodes' weights, and their labels."""
        first_row = self.begin * (group_size + 1)
        return first_row + self.end, first_row + self.turn

    @classmethod
    def unpack(cls, weight_row: numpy.ndarray, label_row: numpy.ndarray, group_size: int) -> NodeSpan:
        """The spans of which `pack` gave these rows."""
        begin, end = numpy.divmod(weight_row, group_size + 1)
        return cls(begin, label_row - begin * (group_size + 1), end)


def span_table(group_size: int) -> numpy.ndarray:
    """Row begin * (size + 1) + end holds 1 from pair `begin` to pair `end`: float32 ((size + 1)^2, size)."""
    begin, end, pair = numpy.ogrid[: group_size + 1, : group_size + 1, :group_size]
    return ((begin <= pair) & (pair < end)).reshape(-1, group_size).astype(numpy.float32)
