"""What goes wrong with accidental hits."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "first_only": Mistake(
        "Only the first hit of a row was removed. With repeats the target may be among the candidates "
        "several times: remove it in every matching column.",
        "The Loss",
    ),
    "target_too": Mistake(
        "The target's own column was removed as well, and the loss becomes infinite. Column 0 is the right "
        "class and stays; hits are in the columns after it.",
        "The Loss",
    ),
    "targets_of_row_0": Mistake(
        "Every row was compared with the target of the first row. Each row has hits of its own: compare the "
        "candidates with the target of the same row.",
        "The Loss",
        "https://github.com/keras-team/keras-rs/pull/206",
    ),
    "any_row": Mistake(
        "A candidate that is the target of some row was removed in all rows, so frequent words are rarely "
        "pushed down. It is a hit only in rows whose own target it is.",
        "The Loss",
    ),
    "lowered_by_nothing": Mistake(
        "Hits keep their scores, as if they had been lowered by a number near zero. The smallest positive "
        "float is not the most negative one: a hit's score becomes minus infinity.",
        "The Loss",
        "https://github.com/keras-team/keras-rs/pull/206",
    ),
    "zeroed": Mistake(
        "Hits were set to 0, but a score of 0 still adds exp(0) = 1 to the sum. Minus infinity adds nothing.",
        "The Loss",
    ),
}


def accidental_hits(scores, target, candidates, *, wrong):
    """Return masked scores with the mistakes in `wrong`."""
    owner = numpy.full_like(target, target[0]) if "targets_of_row_0" in wrong else target
    hits = owner[:, None] == candidates[None, :]
    if "any_row" in wrong:
        hits |= numpy.isin(candidates, owner)[None, :]
    if "first_only" in wrong:
        hits &= numpy.cumsum(hits, axis=1) == 1
    if "lowered_by_nothing" in wrong:
        hits &= False
    own = numpy.full((len(target), 1), "target_too" in wrong)
    return numpy.where(numpy.hstack([own, hits]), 0.0 if "zeroed" in wrong else -numpy.inf, scores)
