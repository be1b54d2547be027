"""What goes wrong with the noise distribution."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "half_power": Mistake(
        "The counts were raised to 1/2, which draws rare words too often. The power of word2vec is 3/4.",
        "The Data",
        "https://github.com/Andras7/word2vec-pytorch/issues/7",
    ),
    "no_power": Mistake(
        "The words are drawn by their frequency, so the noise is mostly function words. Raise the counts to "
        "3/4 first.",
        "The Data",
    ),
    "unk_drawn": Mistake(
        "<unk> has a share, and being frequent it has a large one. It is never drawn as noise: its weight "
        "is 0.",
        "The Data",
    ),
    "unk_in_total": Mistake(
        "The weight of <unk> is in the total, so the other probabilities do not sum to one. Set it to 0 "
        "before adding up.",
        "The Data",
    ),
    "not_normalised": Mistake(
        "Frequencies were raised to 3/4 and left so, and a distribution that is raised to a power does not "
        "sum to one. Divide by the sum of the weights at the end.",
        "The Data",
    ),
    "cumulative": Mistake(
        "These are the sums up to each word, as a table for drawing holds them. What is asked is the "
        "probability of the word itself.",
        "The Data",
    ),
}


def noise_probability(counts, *, wrong):
    """Return the probabilities with the mistakes in `wrong`."""
    power = 1.0 if "no_power" in wrong else 0.5 if "half_power" in wrong else 0.75
    known = numpy.arange(len(counts)) > 0
    counts = numpy.asarray(counts, dtype="float64")
    if "unk_drawn" not in wrong and "unk_in_total" not in wrong:
        counts = counts * known
    drawn = (counts / counts.sum()) ** power
    if "not_normalised" not in wrong:
        drawn /= drawn.sum()
    if "unk_drawn" not in wrong:
        drawn *= known
    return drawn.cumsum() if "cumulative" in wrong else drawn
