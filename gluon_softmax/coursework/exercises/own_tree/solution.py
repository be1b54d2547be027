"""Balanced nested pairs of each cluster's words, then of the clusters' pairs; a walk gives codes and points.

A half of n things has at most ceil(n / 2), so ceil(log2 n) halvings leave one: that is the depth of a
balanced tree of n leaves. Every pair joins two branches into one, so V words need V - 1 pairs whatever their
shape, and a cluster of one word needs none of its own.
"""


def own_tree(clusters):
    """Return the codes and the points as lists of lists."""

    def balanced(things):
        if len(things) == 1:
            return things[0]
        half = (len(things) + 1) // 2
        return balanced(things[:half]), balanced(things[half:])

    vocab_size = sum(len(cluster) for cluster in clusters)
    codes, points = [[] for _ in range(vocab_size)], [[] for _ in range(vocab_size)]
    num_inner = 0

    def walk(branch, code, path):
        nonlocal num_inner
        if not isinstance(branch, tuple):
            codes[branch], points[branch] = code, path
            return
        node, num_inner = num_inner, num_inner + 1
        walk(branch[0], [*code, 0], [*path, node])
        walk(branch[1], [*code, 1], [*path, node])

    walk(balanced([balanced([int(word) for word in cluster]) for cluster in clusters]), [], [])
    return codes, points
