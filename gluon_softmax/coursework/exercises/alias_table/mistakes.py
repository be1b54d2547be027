"""What goes wrong with alias tables."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "not_normalised": Mistake(
        "The weights were taken as they are, as if they summed to one, so frequent words are not told apart. "
        "Divide by their sum first.",
        "The Data",
        "https://github.com/JuliaStats/Distributions.jl/issues/832",
    ),
    "not_scaled": Mistake(
        "The probabilities were compared with 1, where all of them are lower, so no column is filled by "
        "another word. Multiply by the number of columns: their mean is then 1.",
        "The Data",
        "https://github.com/wangzhegeek/EGES/issues/8",
    ),
    "turned": Mistake(
        "The table is read the other way round: accept is the probability of the alias. A column's own word "
        "is drawn if u < accept.",
        "The Data",
        "https://github.com/HypothesisWorks/hypothesis/pull/1049",
    ),
    "alias_off_by_one": Mistake(
        "The aliases are one off, so what fills a column goes to the wrong word. Words are numbered from 0.",
        "The Data",
        "https://github.com/pytorch/pytorch/pull/21324",
    ),
    "donor_keeps_all": Mistake(
        "A word that fills another's column still has all of its weight, so it is drawn too often. Take away "
        "what it gave.",
        "The Data",
    ),
    "donor_gives_once": Mistake(
        "A word was done with after filling one column, however much it had left, so the largest ones are "
        "drawn too rarely. It goes back into the list where it now belongs.",
        "The Data",
    ),
    "rest_is_empty": Mistake(
        "The columns that are left at the end have accept 0, so their words lose them. What remains is full: "
        "its accept is 1.",
        "The Data",
    ),
}


def alias_table(weights, *, wrong):
    """Return the table with the mistakes in `wrong`."""
    left = numpy.asarray(weights, dtype="float64").copy()
    left /= 1.0 if "not_normalised" in wrong else left.sum()
    left *= 1.0 if "not_scaled" in wrong else len(left)
    accept, alias = numpy.full(len(left), -1.0), numpy.zeros(len(left), dtype="int64")
    given = numpy.zeros(len(left), dtype=bool)
    for _ in range(len(left)):
        open_ = accept < 0
        low = numpy.flatnonzero(open_ & (left < 1.0))
        high = numpy.flatnonzero(open_ & (left >= 1.0) & ~given)
        if not low.size or not high.size:
            break
        i, donor = low[0], high[0]
        accept[i], alias[i] = left[i], donor
        if "donor_keeps_all" not in wrong:
            left[donor] -= 1.0 - left[i]
        given[donor] = "donor_gives_once" in wrong
    accept[accept < 0] = 0.0 if "rest_is_empty" in wrong else 1.0
    if "alias_off_by_one" in wrong:
        alias += 1
    return (1.0 - accept if "turned" in wrong else accept), alias
