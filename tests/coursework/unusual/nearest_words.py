"""Right answers of another kind to nearest_words."""

import numpy


def as_the_book(weight, word, k):
    """A small number under the root, float32, and argpartition; the word is set to minus infinity."""
    w = weight.astype("float32")
    x = w[word]
    cosines = (w @ x) / numpy.sqrt(numpy.sum(w * w, axis=1) * numpy.sum(x * x) + 1e-9)
    cosines[word] = -numpy.inf
    best = numpy.argpartition(-cosines, k - 1)[:k]
    best = best[numpy.argsort(-cosines[best])]
    return best.tolist(), [float(cosine) for cosine in cosines[best]]


def one_after_the_other(weight, word, k, skip=()):
    """Find the nearest, then the nearest but that one, and so on."""
    unit = weight / numpy.maximum(numpy.linalg.norm(weight, axis=1, keepdims=True), 1e-12)
    found = {int(word), *skip}
    ids, cosines = [], []
    while len(ids) < k:
        best = max((i for i in range(len(weight)) if i not in found), key=lambda i: unit[i] @ unit[word])
        found.add(best)
        ids.append(best)
        cosines.append(unit[best] @ unit[word])
    return ids, cosines
