"""Right answers of another kind to held_back_update."""

import numpy


def in_place(v, context, noise, u, alpha):
    """Write to the arguments and return them."""
    old = v.copy()
    for label, word in [(1, context), *((0, w) for w in noise.tolist() if w != context)]:
        g = alpha * (label - 1 / (1 + numpy.exp(-u[word].dot(old))))
        v += g * u[word]
        u[word] += g * old
    return [v, u]


def recursive(v, context, noise, u, alpha, label=1):
    """One word, then the others; in float32, with lists as values."""
    v, u = numpy.asarray(v, dtype="float32"), numpy.array(u, dtype="float32")
    words = [context, *(w for w in noise if w != context)] if label else list(noise)
    if not words:
        return v.tolist(), u.tolist()
    g = numpy.float32(alpha) * (label - 1 / (1 + numpy.exp(-(u[words[0]] @ v))))
    change = g * u[words[0]]
    u[words[0]] += g * v
    end, u = recursive(v, -1, numpy.array(words[1:], dtype=int), u, alpha, label=0)
    return (change + numpy.asarray(end)).tolist(), u
