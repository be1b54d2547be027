"""The paper discards an occurrence with probability 1 - sqrt(t / f), so it keeps it with sqrt(t / f).

word2vec.c keeps it where (sqrt(f / t) + 1) t / f exceeds a uniform draw, and with r = t / f

    (1 / sqrt(r) + 1) r = sqrt(r) + r.

That is more than the paper's by r, which matters near the threshold: f = 4 t gives 3/4 for 1/2. Above 1 both
mean "always". Entry 0, <unk>, is dropped before the text is read, so its tokens are not among those that f is
a share of.
"""

import math

import numpy


def keep_probability(counts, threshold, rule):
    """Return the probability of keeping each word."""
    tokens = sum(int(count) for count in counts[1:])
    kept = [0.0]
    for count in counts[1:]:
        ratio = threshold / (int(count) / tokens)
        probability = math.sqrt(ratio) if rule == "d2l" else math.sqrt(ratio) + ratio
        kept.append(min(1.0, probability))
    return numpy.array(kept)
