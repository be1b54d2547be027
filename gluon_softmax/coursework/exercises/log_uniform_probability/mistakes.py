"""What goes wrong with the log-uniform sampler."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "sampler_over_ln_n": Mistake(
        "Ids are drawn over ln N, so they follow another distribution than the one whose probability is "
        "returned, and the correction corrects for a sampler that is not there. Both take ln(N + 1).",
        "The Sampler",
        "https://github.com/apache/mxnet/pull/12113",
    ),
    "rounded": Mistake(
        "(N + 1)^u was rounded to the nearest integer, which moves every boundary between two ids by a half. "
        "The smallest k whose cumulative probability is above u comes from rounding down.",
        "The Sampler",
        "https://github.com/apache/mxnet/pull/12113",
    ),
    "probability_over_ln_n": Mistake(
        "The probability was divided by ln N, so all of them sum to more than one. The sum of the numerators "
        "telescopes to ln(N + 1).",
        "The Sampler",
    ),
    "density": Mistake(
        "The density 1 / (x ln(N + 1)) was taken at one point. An id has the density's integral from k + 1 "
        "to k + 2, which is ln((k + 2) / (k + 1)) / ln(N + 1).",
        "The Sampler",
    ),
    "ids_from_one": Mistake(
        "The ids begin with 1, so the most frequent word is never drawn and one comes that does not exist. "
        "Subtract 1 after rounding down: u = 0 draws id 0.",
        "The Sampler",
    ),
}


def log_uniform_probability(uniforms, range_max, *, wrong):
    """Return ids and probabilities with the mistakes in `wrong`."""
    base = range_max if "sampler_over_ln_n" in wrong else range_max + 1
    places = numpy.exp(uniforms * numpy.log(base))
    ids = (numpy.rint(places) if "rounded" in wrong else numpy.floor(places)).astype(int) - 1
    mass = 1 / (ids + 1) if "density" in wrong else numpy.log1p(1 / (ids + 1))
    probability = mass / numpy.log(range_max if "probability_over_ln_n" in wrong else range_max + 1)
    return ids + ("ids_from_one" in wrong), probability
