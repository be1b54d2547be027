"""Right answers of another kind."""

import numpy

from gluon_softmax.vocabulary.binary_tree import BinaryTree


def from_nested(clusters):
    """Joined from the bottom, two neighbours at a time, and handed to the package's own class."""

    def joined(things):
        while len(things) > 1:
            pairs = [(one, other) for one, other in zip(things[::2], things[1::2])]
            things = pairs + things[len(pairs) * 2 :]
        return things[0]

    tree = BinaryTree.from_nested(joined([joined(list(cluster)) for cluster in clusters]))
    return tree.codes, tree.points


def numbered_backwards(clusters, first_turn=1):
    """A stack from the root; the root has the last number, and the first half is turn 1."""
    vocab_size = sum(map(len, clusters))
    codes, points = {}, {}
    free = iter(range(vocab_size - 2, -1, -1))
    stack = [(clusters, (), ())]
    while stack:
        things, code, path = stack.pop()
        if len(things) == 1 and not isinstance(things[0], int):
            things = things[0]
        if len(things) == 1:
            codes[things[0]], points[things[0]] = code, path
            continue
        half, node = len(things) // 2, next(free)
        stack.append((things[:half], (*code, first_turn), (*path, node)))
        stack.append((things[half:], (*code, 1 - first_turn), (*path, node)))
    rows = [(numpy.array(codes[w]), numpy.array(points[w])) for w in range(vocab_size)]
    return [code for code, _ in rows], [path for _, path in rows]
