"""Join the two nodes of the smallest counts into one with their sum, until one is left.

Why it is optimal: in some best tree the two rarest words are siblings on the deepest level, since a word
there could change places with a rarer one further up without a loss. Join them into one word of their sum:
the cost of every tree in which they are siblings falls by that sum, whatever the rest. So a best tree of the
smaller problem gives a best one of the larger, and so on down to one node. With ties several trees are best;
their codes differ, and even their lengths, but not their cost.
"""


def huffman_codes(counts):
    """Return the codes as lists of turns from the root."""
    codes = [[] for _ in counts]
    pool = [(int(count), [word]) for word, count in enumerate(counts)]
    while len(pool) > 1:
        joined_count, joined_words = 0, []
        for turn in (0, 1):
            lightest = min(range(len(pool)), key=lambda place: pool[place][0])
            count, words = pool.pop(lightest)
            for word in words:
                codes[word].insert(0, turn)
            joined_count += count
            joined_words += words
        pool.append((joined_count, joined_words))
    return codes
