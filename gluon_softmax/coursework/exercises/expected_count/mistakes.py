"""What goes wrong with expected counts."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "once_with_repeats": Mistake(
        "With repeats the probability of being drawn at least once was returned, but a word that comes three "
        "times counts three times. The mean count of num_sampled draws is num_sampled p.",
        "The Sampler",
    ),
    "product_if_unique": Mistake(
        "The tries times p were returned for a unique sample, which is above 1 for frequent words. A word is "
        "there at most once: take the probability that at least one try drew it.",
        "The Sampler",
    ),
    "candidates_for_tries": Mistake(
        "The exponent is the number of candidates, but a unique sample takes more tries than it keeps. Every "
        "try could have drawn the word, so num_tries is the exponent.",
        "The Sampler",
    ),
    "probability_alone": Mistake(
        "The probability of one draw was returned as the expected count of all of them. With repeats the "
        "count grows with the number of candidates.",
        "The Sampler",
        "https://github.com/apache/mxnet/pull/9747",
    ),
    "probability_of_missing": Mistake(
        "What was returned for a unique sample is the probability that the word is not there. One minus "
        "that is its expected count.",
        "The Sampler",
    ),
}


def expected_count(probability, num_sampled, num_tries, unique, *, wrong):
    """Return expected counts with the mistakes in `wrong`."""
    tries = num_sampled if "candidates_for_tries" in wrong else num_tries
    missed = numpy.exp(tries * numpy.log1p(-probability))
    once = missed if "probability_of_missing" in wrong else 1 - missed
    if unique:
        return tries * probability if "product_if_unique" in wrong else once
    if "once_with_repeats" in wrong:
        return once
    return probability if "probability_alone" in wrong else num_sampled * probability
