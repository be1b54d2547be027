"""What goes wrong with a tree of one's own."""

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "order_for_id": Mistake(
        "The codes stand in the order in which the tree was built, cluster by cluster, but they are looked "
        "up by word id. Row w of codes and of points belongs to the word w.",
        "Huffman's Tree",
    ),
    "numbers_again": Mistake(
        "Each cluster numbers its inner nodes from the same number again, so clusters share vectors and a "
        "turn leads to several places. An inner node has a number of its own in the whole tree.",
        "Huffman's Tree",
    ),
    "node_for_one_word": Mistake(
        "A cluster of one word got an inner node, whose turn 1 leads nowhere, so probability is lost there. "
        "A branch of one word is the word: V words have V - 1 inner nodes.",
        "The Loss",
    ),
    "chain_of_clusters": Mistake(
        "The clusters hang on a chain, so the last is behind as many turns as there are clusters. Halve the "
        "clusters as you halve the words.",
        "Huffman's Tree",
    ),
    "numbers_after_words": Mistake(
        "The inner nodes are numbered from V on, as in children, where words come first. points are rows of "
        "the weight, from 0 to V - 2.",
        "The Loss",
    ),
    "points_upwards": Mistake(
        "The points go from the leaf to the root, the codes from the root to the leaf. Turn i is taken at "
        "node i, both from the root.",
        "The Loss",
    ),
}


def own_tree(clusters, *, wrong):
    """Return codes and points with the mistakes in `wrong`, by heaps with the children 2i and 2i + 1."""
    vocab_size = sum(len(cluster) for cluster in clusters)
    tops = heap_paths(len(clusters))
    if "chain_of_clusters" in wrong:
        last = len(clusters) - 1
        tops = [[(i, int(i < rank)) for i in range(min(rank + 1, last))] for rank in range(len(clusters))]
    used, rows = len(clusters) - 1, []
    for top, cluster in zip(tops, clusters):
        base = len(clusters) - 1 if "numbers_again" in wrong else used
        if len(cluster) == 1 and "node_for_one_word" in wrong:
            paths, size = [[(0, 0)]], 1
        else:
            paths, size = heap_paths(len(cluster)), len(cluster) - 1
        used += size
        rows += [[*top, *((base + node, turn) for node, turn in path)] for path in paths]
    ids = [int(word) for cluster in clusters for word in cluster]
    by_id = rows if "order_for_id" in wrong else [row for _, row in sorted(zip(ids, rows))]
    offset = vocab_size if "numbers_after_words" in wrong else 0
    step = -1 if "points_upwards" in wrong else 1
    codes = [[turn for _, turn in row] for row in by_id]
    return codes, [[offset + node for node, _ in row[::step]] for row in by_id]


def heap_paths(size):
    """The (node, turn) from the root to each leaf of a heap whose inner nodes are 0 to size - 2."""
    paths = []
    for place in range(size, 2 * size):
        path = []
        while place > 1:
            path.insert(0, (place // 2 - 1, place % 2))
            place //= 2
        paths.append(path)
    return paths
