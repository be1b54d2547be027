"""What goes wrong with Huffman's codes."""

import heapq

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "sorted_once": Mistake(
        "The counts were sorted once, and each joined node went to the end of the line whatever its count, "
        "which gives a nearly balanced tree. At every step the two smallest of all nodes are joined, so a "
        "joined node goes where its sum belongs.",
        "Huffman's Tree",
    ),
    "taken_as_sorted": Mistake(
        "The counts were taken as falling, as word2vec.c's two queues need them, and joined in the order "
        "given. These are in no order: sort them first, or search for the smallest.",
        "Huffman's Tree",
    ),
    "larger_count": Mistake(
        "A joined node got the larger of its two counts, so it is joined again at once and the tree becomes "
        "a chain. It stands for all words below it: its count is the sum.",
        "Huffman's Tree",
    ),
    "code_upwards": Mistake(
        "The codes have their turns from the leaf to the root, in the order of the joins, and some code "
        "begins another. A path is walked from the root: the turn of the last join comes first.",
        "Huffman's Tree",
    ),
    "root_left_out": Mistake(
        "The last join gave no turn, so two words may share a code and the Kraft sum is 2. The root is an "
        "inner node too: V words have V - 1 joins, and each gives a turn.",
        "Huffman's Tree",
    ),
    "split_from_the_top": Mistake(
        "The words were split from the top into two halves of about equal count (Shannon's and Fano's way), "
        "which is near the best but not it. Build from the bottom: the two rarest words belong together.",
        "Huffman's Tree",
    ),
    "second_smallest_missed": Mistake(
        "The smallest node was joined with the third smallest, and the second was left for later. Both nodes "
        "of a join are the smallest two of the pool.",
        "Huffman's Tree",
        "https://github.com/jeffgerickson/algorithms/issues/86",
    ),
}


def huffman_codes(counts, *, wrong):
    """Return the codes with the mistakes in `wrong`."""
    counts = [int(count) for count in counts]
    if "split_from_the_top" in wrong:
        order = sorted(range(len(counts)), key=lambda word: -counts[word])
        nested = split(order, counts, wrong)
    elif "sorted_once" in wrong or "taken_as_sorted" in wrong:
        nested = queued(counts, wrong)
    else:
        nested = heaped(counts, wrong)
    codes = {}
    walk(nested, (), codes)
    rows = [codes[word] for word in range(len(counts))]
    if "root_left_out" in wrong:
        rows = [row[1:] for row in rows]
    return [row[::-1] for row in rows] if "code_upwards" in wrong else rows


def walk(nested, code, codes):
    """Fill in the code of every word below."""
    if isinstance(nested, int):
        codes[nested] = code
    else:
        walk(nested[0], (*code, 0), codes)
        walk(nested[1], (*code, 1), codes)


def joined(one, other, wrong):
    """The count of a joined node."""
    return max(one, other) if "larger_count" in wrong else one + other


def heaped(counts, wrong):
    """Join by a heap."""
    heap = [(count, number, number) for number, count in enumerate(counts)]
    heapq.heapify(heap)
    number = len(heap)
    while len(heap) > 1:
        one = heapq.heappop(heap)
        other = heapq.heappop(heap)
        if "second_smallest_missed" in wrong and heap:
            other = heapq.heapreplace(heap, other)
        heapq.heappush(heap, (joined(one[0], other[0], wrong), number, (one[2], other[2])))
        number += 1
    return heap[0][2]


def queued(counts, wrong):
    """Join by a line, or by word2vec.c's two, of leaves from the rarest and of joined nodes."""
    words = list(range(len(counts) - 1, -1, -1))
    if "taken_as_sorted" not in wrong:
        words.sort(key=lambda word: counts[word])
    leaves, inner = [(counts[word], word) for word in words], []
    if "sorted_once" in wrong:
        line = leaves
        while len(line) > 1:
            (one, left), (other, right), *line = line
            line.append((joined(one, other, wrong), (left, right)))
        return line[0][1]
    while len(leaves) + len(inner) > 1:
        two = []
        for _ in range(2):
            first = leaves if leaves and (not inner or leaves[0][0] < inner[0][0]) else inner
            two.append(first.pop(0))
        (one, left), (other, right) = two
        inner.append((joined(one, other, wrong), (left, right)))
    return inner[0][1]


def split(order, counts, wrong):
    """Halve the words in falling order, and the halves again."""
    if len(order) == 1:
        return order[0]
    totals = [
        abs(sum(counts[w] for w in order[:i]) - sum(counts[w] for w in order[i:]))
        for i in range(1, len(order))
    ]
    cut = 1 + totals.index(min(totals))
    return split(order[:cut], counts, wrong), split(order[cut:], counts, wrong)
