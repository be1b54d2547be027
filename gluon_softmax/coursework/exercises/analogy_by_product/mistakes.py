"""What goes wrong with analogies by a product."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

_SECTION = "Applying the Word Embedding"
MISTAKES = {
    "not_shifted": Mistake(
        "The cosines went into the product as they are, and two negative ones make a good score. Bring them "
        "to [0, 1] first: (cosine + 1) / 2.",
        _SECTION,
    ),
    "not_halved": Mistake(
        "The cosines were shifted to [0, 2] and not halved, so that the scores are about twice as large and "
        "the 0.001 weighs half as much. near is (cosine + 1) / 2.",
        _SECTION,
    ),
    "epsilon_forgotten": Mistake(
        "Nothing was added to near(x, a), so a word opposite to a has an infinite score. Add 0.001 before "
        "the division.",
        _SECTION,
    ),
    "words_included": Mistake(
        "The three words are among the answers, though b and c are mostly nearest to themselves. Leave a, b "
        "and c out.",
        _SECTION,
        "https://github.com/deeplearning4j/deeplearning4j/issues/2905",
    ),
    "a_and_b_swapped": Mistake(
        "The score divides by the nearness to b, which answers b : a = c : x. It is a that the answer is to "
        "be far from.",
        _SECTION,
        "https://github.com/DataScienceHamburg/AppliedNLPMaterial/pull/2",
    ),
    "inner_products": Mistake(
        "Inner products took the place of cosines, so long vectors win and near leaves [0, 1]. Divide by the "
        "lengths of both vectors.",
        _SECTION,
    ),
}


def analogy_by_product(weight, a, b, c, k, *, wrong):
    """Return the best answers with the mistakes in `wrong`."""
    if "inner_products" not in wrong:
        weight = weight / numpy.linalg.norm(weight, axis=1, keepdims=True)
    near = weight @ weight[[b, a, c] if "a_and_b_swapped" in wrong else [a, b, c]].T  # (V, 3)
    if "not_shifted" not in wrong:
        near = near + 1
        near = near if "not_halved" in wrong else near / 2
    epsilon = 0.0 if "epsilon_forgotten" in wrong else 0.001
    with numpy.errstate(all="ignore"):
        scores = near[:, 1] * near[:, 2] / (near[:, 0] + epsilon)
    order = numpy.argsort(-scores, kind="stable")
    if "words_included" not in wrong:
        order = order[~numpy.isin(order, [a, b, c])]
    return order[:k], scores[order[:k]]
