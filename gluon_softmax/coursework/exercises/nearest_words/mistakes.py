"""What goes wrong with the nearest words."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

_SECTION = "Applying the Word Embedding"
MISTAKES = {
    "inner_product": Mistake(
        "Words were ranked by the inner product, so a long vector is near to everything. Divide by the "
        "lengths of both vectors.",
        _SECTION,
        "https://github.com/facebookresearch/fastText/issues/791",
    ),
    "word_included": Mistake(
        "The word itself is among the answers: no vector is nearer to it than its own. Leave its id out.",
        _SECTION,
        "https://github.com/explosion/spaCy/issues/2278",
    ),
    "first_dropped": Mistake(
        "The first of the sorted words was dropped, in the belief that it is the word itself. Another word "
        "of the same direction can stand before it: leave out the id, not the place.",
        _SECTION,
    ),
    "one_short": Mistake(
        "The k nearest were taken and then the word itself was removed from them, so one answer is missing. "
        "Remove it first, or take one more.",
        _SECTION,
        "https://github.com/deeplearning4j/deeplearning4j/issues/821",
    ),
    "zeros_divided": Mistake(
        "A vector of zeros was divided by its length, 0 / 0, and NaN has no place in an order. It has no "
        "direction: let its cosine be 0.",
        _SECTION,
        "https://github.com/explosion/spaCy/pull/4488",
    ),
    "farthest_first": Mistake(
        "The order is upwards, as argsort gives it, so the words that are least alike come first. The "
        "largest cosine is the nearest.",
        _SECTION,
    ),
}


def nearest_words(weight, word, k, *, wrong):
    """Return the nearest words with the mistakes in `wrong`."""
    lengths = numpy.linalg.norm(weight, axis=1)
    if "zeros_divided" not in wrong:
        lengths[lengths == 0] = 1.0
    if "inner_product" in wrong:
        lengths = numpy.where(lengths == 0, 0.0, 1.0)
    with numpy.errstate(all="ignore"):
        unit = weight / lengths[:, None]
    cosines = unit @ unit[word]
    order = numpy.argsort(cosines if "farthest_first" in wrong else -cosines, kind="stable")
    if "first_dropped" in wrong:
        order = order[1:]
    elif "one_short" in wrong:
        order = order[:k][order[:k] != word]
    elif "word_included" not in wrong:
        order = order[order != word]
    return order[:k], cosines[order[:k]]
