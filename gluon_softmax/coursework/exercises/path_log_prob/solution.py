"""ln P is the sum over the path's turns of ln sigmoid(z), z = (1 - 2 turn) x: a row for each turn.

A Huffman path has about log2 V nodes in the mean, so for 10,000 words some 10 rows of 9,999 are read. With
ln sigmoid(z) = min(z, 0) - ln(1 + exp(-|z|)) no exponential overflows, and no logarithm of 0 is taken.
"""

import math


def path_log_prob(row, hidden, codes, points, word):
    """Return the log-probability, turn by turn."""
    total = 0.0
    for turn, node in zip(codes[word], points[word]):
        score = sum(float(a) * float(b) for a, b in zip(row(int(node)), hidden))
        z = score if turn == 0 else -score
        total += min(z, 0.0) - math.log1p(math.exp(-abs(z)))
    return total
