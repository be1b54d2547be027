"""A tree of one's own, of clusters of words."""

from __future__ import annotations

from typing import Callable, Iterator, Sequence

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity

EXERCISE = Exercise(
    title="A tree of one's own",
    chapter="hierarchical_softmax",
    section="Huffman's Tree",
    kind="extend",
    minutes=60,
    hand_in="own_tree(clusters): codes and points of a tree in which each cluster is a branch",
    right_when="each word is a leaf once, V - 1 inner nodes are used, and gs.BinaryTree takes both",
    source="Mnih and Hinton 2009, A Scalable Hierarchical Distributed Language Model",
    hints=(
        "A balanced tree of n things: split them into two halves, and each half again, until one is left.",
        "Do that twice: a tree over the words of each cluster, then a tree over these trees.",
        "Nested pairs such as ((0, 1), (2, (3, 4))) say all; walk them from the root for codes and points.",
        "Give each pair that you walk into the next free number, and pass the path so far to both branches.",
    ),
)
_RIGHT = {
    "every turn leads to one place": True,
    "no code begins another": True,
    "clusters that are no branch": 0,
    "paths that are too long": 0,
}


def examples() -> list[Example]:
    """Two clusters of two words; and a word alone beside three."""
    return [
        Example((([0, 2], [1, 3]),), {"inner nodes": numpy.arange(3), **_RIGHT}),
        Example((([3], [2, 0, 1]),), {"inner nodes": numpy.arange(3), **_RIGHT}),
    ]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """Clusters of words in any order, with one word that is alone."""
    sizes = numpy.concatenate([[1, 2], rng.integers(2, 6, size=int(rng.integers(4, 7)))])
    words = rng.permutation(sizes.sum())
    return ([part.tolist() for part in numpy.split(words, numpy.cumsum(rng.permutation(sizes))[:-1])],)


def probe(answer: Callable[..., object], arguments: tuple[object, ...]) -> dict[str, object]:
    """What makes a tree right, whichever of the right ones it is."""
    clusters: Sequence[Sequence[int]] = arguments[0]  # type: ignore[assignment]
    given = answer(*arguments)
    if given is None:
        raise ValueError("own_tree returned nothing (None)")
    codes, points = given  # type: ignore[misc]
    codes = [tuple(int(turn) for turn in code) for code in codes]
    points = [tuple(int(node) for node in path) for path in points]
    vocab_size = sum(len(cluster) for cluster in clusters)
    if len(codes) != vocab_size or len(points) != vocab_size:
        raise ValueError(f"{len(codes)} codes and {len(points)} paths where {vocab_size} are expected")
    for word, (code, path) in enumerate(zip(codes, points)):
        if len(code) != len(path):
            raise ValueError(f"word {word} has {len(code)} turns at {len(path)} nodes")
    return {
        "inner nodes": numpy.array(sorted({node for path in points for node in path})),
        "every turn leads to one place": _leads_to_one_place(codes, points),
        "no code begins another": not any(
            other[: len(one)] == one for i, one in enumerate(codes) for j, other in enumerate(codes) if i != j
        ),
        "clusters that are no branch": sum(not _is_branch(cluster, points) for cluster in clusters),
        "paths that are too long": sum(
            len(codes[word]) > (len(clusters) - 1).bit_length() + (len(cluster) - 1).bit_length()
            for cluster in clusters
            for word in cluster
        ),
    }


def _leads_to_one_place(codes: list[tuple[int, ...]], points: list[tuple[int, ...]]) -> bool:
    places: dict[tuple[int, int], set[tuple[str, int]]] = {}
    for word, (code, path) in enumerate(zip(codes, points)):
        reached = [*(("node", node) for node in path[1:]), ("word", word)]
        for turn, node, place in zip(code, path, reached):
            places.setdefault((node, turn), set()).add(place)
    return all(len(found) == 1 for found in places.values())


def _is_branch(cluster: Sequence[int], points: list[tuple[int, ...]]) -> bool:
    """Whether some node lies on the paths of just these words; a word alone is its own branch."""
    below: dict[int, set[int]] = {}
    for word, path in enumerate(points):
        for node in path:
            below.setdefault(node, set()).add(word)
    return len(cluster) == 1 or set(cluster) in below.values()


def identities(answer: Answer, _: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the tree."""
    want = {"inner nodes": numpy.arange(15), **_RIGHT}
    yield Identity("sixteen words alone", answer([[word] for word in range(16)]), want)
    yield Identity("one cluster of all words", answer([list(range(16))[::-1]]), want)
