"""What goes wrong with analogies by a sum."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

_SECTION = "Applying the Word Embedding"
MISTAKES = {
    "words_included": Mistake(
        "The three words are among the answers, and one of them is mostly the nearest: king - man + woman is "
        "nearest to king. Leave a, b and c out.",
        _SECTION,
        "https://github.com/deeplearning4j/deeplearning4j/issues/2905",
    ),
    "first_dropped": Mistake(
        "Only the first of the sorted words was dropped, as one does for the neighbours of one word. Three "
        "words are to be left out, wherever they stand.",
        _SECTION,
        "https://github.com/aboSamoor/polyglot/issues/17",
    ),
    "not_scaled": Mistake(
        "The three vectors were added as they are, so the longest of them decides. Bring them to length 1 "
        "before the sum.",
        _SECTION,
    ),
    "a_and_b_swapped": Mistake(
        "The way goes from b to a: a - b + c answers b : a = c : x. From a to b it is b - a.",
        _SECTION,
        "https://github.com/DataScienceHamburg/AppliedNLPMaterial/pull/2",
    ),
    "b_and_c_disliked": Mistake(
        "a was taken for the word to be near to, b and c for those to be far from. The answer is near to b "
        "and c and far from a.",
        _SECTION,
        "https://github.com/deeplearning4j/deeplearning4j/issues/5230",
    ),
    "long_words_win": Mistake(
        "The candidates' inner products were not divided by their lengths, so long vectors come first. Bring "
        "the candidates to length 1 too.",
        _SECTION,
    ),
}


def analogy_by_sum(weight, a, b, c, k, *, wrong):
    """Return the best answers with the mistakes in `wrong`."""
    unit = weight / numpy.linalg.norm(weight, axis=1, keepdims=True)
    source = weight if "not_scaled" in wrong else unit
    signs = numpy.array([1.0, -1.0, -1.0] if "b_and_c_disliked" in wrong else [-1.0, 1.0, 1.0])
    target = signs @ source[[b, a, c] if "a_and_b_swapped" in wrong else [a, b, c]]
    scores = (weight if "long_words_win" in wrong else unit) @ target
    order = numpy.argsort(-scores, kind="stable")
    if "first_dropped" in wrong:
        return order[1 : k + 1]
    if "words_included" not in wrong:
        order = order[~numpy.isin(order, [a, b, c])]
    return order[:k]
