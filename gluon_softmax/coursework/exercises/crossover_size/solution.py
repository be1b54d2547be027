"""A balanced tree: log2 V = 1 + K at V = 2^(1 + K), so the first size beyond is 2^(1 + K) + 1: 65 for K = 5.

Huffman's tree: a turn at an inner node is taken as often as a word below it is seen, so the turns over the
text are the sum of the inner nodes' counts, and their mean is that sum over the total. By information theory
it lies between the entropy of the text's words and one turn more. Under Zipf's law the entropy grows more
slowly than log2 V: for 160 words it is some 6.4 bits in place of 7.3, so the crossing comes later.
"""


def crossover_size(counts, num_noise_words):
    """Return both sizes, the second by trying."""
    products = 1 + num_noise_words
    balanced = 2**products + 1
    for size in range(2, len(counts) + 1):
        pool, turns = sorted(int(count) for count in counts[:size]), 0
        total = sum(pool)
        while len(pool) > 1:
            joined = pool.pop(0) + pool.pop(0)
            turns += joined
            place = 0
            while place < len(pool) and pool[place] < joined:
                place += 1
            pool.insert(place, joined)
        if turns > products * total:
            return balanced, size
    return balanced, None
