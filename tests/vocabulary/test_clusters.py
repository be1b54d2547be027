"""Positions by cluster beside a loop over the positions, with clusters that no position is in."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gluon_softmax.vocabulary.clusters import Clusters

CUTOFFS, VOCAB_SIZE = [2, 5, 9], 12


def slow_cluster(word: int) -> tuple[int, int]:
    """(cluster, id within it), by trying one cluster after another."""
    begins = [0, *CUTOFFS]
    for i, end in enumerate([*CUTOFFS, VOCAB_SIZE]):
        if word < end:
            return i, word - begins[i]
    raise AssertionError


def test_known_partition() -> None:
    partition = Clusters(CUTOFFS, VOCAB_SIZE).partition(numpy.array([10, 0, 3, 1, 2, 11]))
    assert partition.cluster.tolist() == [3, 0, 1, 0, 1, 3]
    assert [rows.tolist() for rows in partition.rows] == [[1, 3], [2, 4], [0], [0, 5]]
    assert [words.tolist() for words in partition.words] == [[0, 1], [1, 0], [0], [1, 2]]
    assert partition.places.tolist() == [5, 0, 2, 1, 3, 6]  # 4 is the empty cluster's


@given(st.lists(st.integers(0, VOCAB_SIZE - 1), min_size=1, max_size=30))
def test_each_position_is_found_again(ids: list[int]) -> None:
    partition = Clusters(CUTOFFS, VOCAB_SIZE).partition(numpy.array(ids))
    rows, words = numpy.concatenate(partition.rows), numpy.concatenate(partition.words)
    owners = numpy.repeat(numpy.arange(4), [part.size for part in partition.rows])
    for position, word in enumerate(ids):
        place = partition.places[position]
        assert rows[place] == position
        assert (owners[place], words[place]) == slow_cluster(word)
        assert partition.cluster[position] == owners[place]
    assert len(set(partition.places.tolist())) == len(ids)


def test_an_empty_cluster_gets_one_row_that_no_place_points_to() -> None:
    partition = Clusters(CUTOFFS, VOCAB_SIZE).partition(numpy.array([4, 4]))
    for i in (0, 2, 3):
        assert partition.rows[i].tolist() == [0] and partition.words[i].tolist() == [0]
    assert partition.places.tolist() == [1, 2]


@pytest.mark.parametrize("cutoffs, sizes", [([1], [1, 11]), ([2, 5, 9], [2, 3, 4, 3]), ([11], [11, 1])])
def test_sizes(cutoffs: list[int], sizes: list[int]) -> None:
    assert Clusters(cutoffs, VOCAB_SIZE).sizes == sizes
