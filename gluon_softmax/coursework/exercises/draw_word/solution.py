"""The k words' probabilities, end to end, fill [0, 1); a uniform number lies in a word's part with its share.

p_i = exp(s_i / temperature) / sum over the k words. Subtracting the largest s_i from all changes no p_i and
keeps exp from overflowing. A word is drawn where the running sum first exceeds the uniform number; the last
word is also taken where rounding leaves the sum below it.
"""

import math


def draw_word(scores, temperature, k, uniform):
    """Return the id, the likeliest words laid out first."""
    best = sorted(range(len(scores)), key=lambda word: -scores[word])[:k]
    largest = scores[best[0]]
    weights = [math.exp((scores[word] - largest) / temperature) for word in best]
    reached = 0.0
    for word, weight in zip(best, weights):
        reached += weight / sum(weights)
        if uniform < reached:
            return word
    return best[-1]
