"""The k likeliest words without a look at all of them."""

from __future__ import annotations

from typing import Callable, Iterator

import numpy

from gluon_softmax.coursework.exercise import Answer, Example, Exercise, Identity
from gluon_softmax.vocabulary.huffman import build_huffman

EXERCISE = Exercise(
    title="The likeliest words, by a search that prunes",
    chapter="hierarchical_softmax",
    section="Searching the Tree",
    kind="code",
    minutes=40,
    hand_in="best_leaves(turn, children, root, k): the ids of the k likeliest words, the likeliest first",
    right_when="they are those that sorting finds, and a quarter of the inner nodes or more was not asked",
    source="Joulin et al. 2016, Bag of Tricks for Efficient Text Classification, section 2.1",
    hints=(
        "The probability of a node is the product of the turns from the root down to it.",
        "No word below a node is likelier than the node itself. When need a node not be visited at all?",
        "Keep a heap of nodes with their probabilities and take the likeliest: if it is a word, it wins.",
        "Begin with the root and 1.0. A word that leaves the heap is the next answer; an inner node puts "
        "its two children into the heap.",
    ),
)


def examples() -> list[Example]:
    """The chapter's tree, in which words 2 and 1 have the probabilities 0.39 and 0.26."""
    tree = build_huffman([8, 6, 5, 4, 3])
    first = numpy.array([0.6, 0.6, 0.55, 0.65])
    want = {"words": numpy.array([2, 1]), "few nodes were asked": True}
    return [Example((first, tree.children, tree.root, 2), want)]


def inputs(rng: numpy.random.Generator) -> tuple[object, ...]:
    """A tree in which the likelier half spreads and two of the best words are in the other."""
    nested = (
        ("spread", "spread", rng.uniform(0.50, 0.51)),
        ("sure", "sure", rng.uniform(0.50, 0.51)),
        rng.uniform(0.52, 0.53),
    )
    grown: list[tuple[object, object, float]] = []
    _grow(nested, rng, grown, depth=0)
    num_inner = len(grown)
    words, nodes = iter(rng.permutation(num_inner + 1)), rng.permutation(num_inner)
    children, first = numpy.empty((num_inner, 2), dtype=numpy.int64), numpy.empty(num_inner)
    for number, (left, right, share) in enumerate(grown):
        pair = [num_inner + 1 + nodes[c] if isinstance(c, int) else next(words) for c in (left, right)]
        turned = bool(rng.integers(2))
        children[nodes[number]] = pair[::-1] if turned else pair
        first[nodes[number]] = 1 - share if turned else share
    return first, children, int(nodes[0]), int(rng.integers(2, 4))


def _grow(
    nested: object, rng: numpy.random.Generator, grown: list[tuple[object, object, float]], depth: int
) -> int | None:
    """Add the inner nodes of a branch to `grown`; gives the branch's number there, None for a leaf."""
    if nested is None or depth == 8:
        return None
    if nested == "spread" and depth < 4:
        nested = ("spread", "spread", rng.uniform(0.49, 0.51))
    elif isinstance(nested, str):
        nested = (nested, None if rng.random() < 0.3 else nested, rng.uniform(0.96, 0.99))
    number = len(grown)
    grown.append((None, None, 0.0))
    left, right, share = nested  # type: ignore[misc]
    grown[number] = (_grow(left, rng, grown, depth + 1), _grow(right, rng, grown, depth + 1), share)
    return number


def probe(answer: Callable[..., object], arguments: tuple[object, ...]) -> dict[str, object]:
    """Give the turns by a function that notes which nodes were asked."""
    first, children, root, k = arguments
    shares = numpy.asarray(first)
    asked: set[int] = set()

    def turn(node: int) -> float:
        asked.add(int(node))
        if not 0 <= int(node) < len(shares):
            raise ValueError(f"turn takes an inner node from 0 to {len(shares) - 1}; got {int(node)}")
        return float(shares[int(node)])

    words = answer(turn, children, root, k)
    if words is None:
        raise ValueError("best_leaves returned nothing (None)")
    few = len(asked) <= max(0.75 * len(shares), 4)  # a search from the left that prunes takes up to 0.6
    return {
        "words": numpy.asarray(list(words)),  # type: ignore[call-overload]
        "few nodes were asked": few,
    }


def identities(answer: Answer, rng: numpy.random.Generator) -> Iterator[Identity]:
    """Laws of the search."""
    first, children, root, _ = inputs(rng)
    two, three = (answer(first, children, root, k) for k in (2, 3))
    assert isinstance(two, dict) and isinstance(three, dict)
    yield Identity("more words begin with the same ones", three["words"][:2], two["words"])
    small = numpy.array([[0, 1], [2, 3]])
    want = {"words": numpy.array([2, 0, 1]), "few nodes were asked": True}
    yield Identity("all words of a small tree", answer(numpy.array([0.9, 0.6]), small, 1, 3), want)
