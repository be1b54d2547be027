"""What goes wrong with the size at which a tree costs more."""

import heapq

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "context_forgotten": Mistake(
        "The tree was compared with K products, those of the noise words. Negative sampling scores the "
        "context too: it takes 1 + K.",
        "Huffman's Tree",
    ),
    "equal_is_more": Mistake(
        "The sizes are those at which the tree is level with negative sampling. Asked is where it costs "
        "more: a balanced tree of 2^(1 + K) words takes just 1 + K products.",
        "Huffman's Tree",
    ),
    "natural_logarithm": Mistake(
        "The balanced tree was given ln V turns. Each turn halves the words that are left, so it has log2 V.",
        "Huffman's Tree",
    ),
    "longest_path": Mistake(
        "The longest path of Huffman's tree was taken for its cost. It belongs to the rarest word; what a "
        "text costs is the mean over its words.",
        "Huffman's Tree",
    ),
    "words_alike": Mistake(
        "The mean was taken over the vocabulary, each word once, so the many rare words with long paths "
        "decide. In a text a word is met as often as its count says: weigh the lengths by the counts.",
        "Huffman's Tree",
    ),
    "entropy": Mistake(
        "The entropy of the counts was taken for the mean path. It is a lower bound that no tree of whole "
        "turns reaches, unless all shares are powers of 1/2: build the tree.",
        "Huffman's Tree",
    ),
}


def crossover_size(counts, num_noise_words, *, wrong):
    """Return both sizes with the mistakes in `wrong`."""
    products = num_noise_words if "context_forgotten" in wrong else 1 + num_noise_words
    step = 0 if "equal_is_more" in wrong else 1
    if "natural_logarithm" in wrong:
        balanced = int(numpy.floor(numpy.exp(products))) + 1
    else:
        balanced = 2**products + step
    counts = numpy.asarray(counts)
    for size in range(2, len(counts) + 1):
        cost = cost_of(counts[:size], wrong) - products
        if cost > 1e-9 or (step == 0 and cost > -1e-9):
            return balanced, size
    return balanced, None


def cost_of(counts, wrong):
    """What was taken for the cost of Huffman's tree of these counts."""
    shares = counts / counts.sum()
    if "entropy" in wrong:
        return float(-(shares * numpy.log2(shares)).sum())
    lengths = lengths_of(counts)
    if "longest_path" in wrong:
        return float(lengths.max())
    return float(lengths.mean() if "words_alike" in wrong else shares @ lengths)


def lengths_of(counts):
    """The lengths of Huffman's codes, by a heap and parents."""
    heap = [(count, node) for node, count in enumerate(counts.tolist())]
    heapq.heapify(heap)
    parents = {}
    for node in range(len(counts), 2 * len(counts) - 1):
        (one, left), (other, right) = heapq.heappop(heap), heapq.heappop(heap)
        parents[left] = parents[right] = node
        heapq.heappush(heap, (one + other, node))
    depths = {2 * len(counts) - 2: 0}
    for node in range(2 * len(counts) - 3, -1, -1):
        depths[node] = depths[parents[node]] + 1
    return numpy.array([depths[word] for word in range(len(counts))])
