"""Before: "Huffman's Tree" in the chapter on hierarchical softmax."""


def own_tree(clusters):
    """Return codes and points of a tree in which the words of each cluster share a branch.

    ``gs.BinaryTree(codes, points)`` takes what you return, and ``gs.HierarchicalSoftmax(counts, in_units,
    tree=...)`` trains on it.

    Parameters
    ----------
    clusters : C sequences of word ids, none empty; each id from 0 to V - 1 is in one of them, in any order.
        V is 2 or more.

    Returns
    -------
    codes : V sequences by word id, the turns (0 or 1) from the root to the word.
    points : V sequences by word id, the inner node where each of these turns is taken.

    The inner nodes are numbered 0 to V - 2, each used, in any order. Some inner node lies on the paths of the
    words of a cluster and of no others, unless the cluster is one word. The path of a word in a cluster of n
    words has at most ceil(log2 C) + ceil(log2 n) turns.

    >>> codes, points = own_tree([[0, 2], [1, 3]])
    >>> points[0] == points[2], len(codes[0])
    (True, 2)
    """
    raise NotImplementedError
