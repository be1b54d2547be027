"""What goes wrong with drawing a word."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "temperature_turned": Mistake(
        "The scores were multiplied by the temperature, so a low one evens the words out. Divide by it: a "
        "temperature below 1 prefers likely words.",
        "Generating Text",
    ),
    "temperature_twice": Mistake(
        "The scores were divided by the temperature twice, as by its square. One division, in one place.",
        "Generating Text",
    ),
    "temperature_lost": Mistake(
        "The temperature changes nothing here: it is not used, or it divides probabilities whose "
        "normalisation takes it out again. It divides the scores, before the exponential.",
        "Generating Text",
    ),
    "one_too_many": Mistake(
        "k + 1 words can be drawn: the word at place k was kept too. Places count from 0, so the k best are "
        "those before place k.",
        "Generating Text",
        "https://github.com/kingoflolz/mesh-transformer-jax/issues/164",
    ),
    "others_scored_zero": Mistake(
        "The other words got the score 0, whose exponential is 1, so they are drawn too, even first where "
        "scores are below 0. A word that may not be drawn has the score -inf, or no place at all.",
        "Generating Text",
        "https://github.com/karpathy/minGPT/issues/10",
    ),
    "not_normalised": Mistake(
        "The k words kept their probabilities from the softmax over all words, which sum to less than one; "
        "the last word got all the rest. Divide by the sum over the k words.",
        "Generating Text",
        "https://github.com/ml-explore/mlx-lm/pull/388",
    ),
    "best_word": Mistake(
        "The uniform number is not used: the best word was taken every time. That is a search; a draw takes "
        "a word as often as its probability says.",
        "Generating Text",
    ),
}


def draw_word(scores, temperature, k, uniform, *, wrong):
    """Return the id with the mistakes in `wrong`."""
    if "best_word" in wrong:
        return int(numpy.argmax(scores))
    power = 2.0 if "temperature_twice" in wrong else 0.0 if "temperature_lost" in wrong else 1.0
    scores = scores / temperature ** (-power if "temperature_turned" in wrong else power)
    kept = numpy.argsort(-scores)[: k + 1 if "one_too_many" in wrong else k]
    rest = 0.0 if "others_scored_zero" in wrong else -numpy.inf
    allowed = numpy.full(len(scores), rest)
    allowed[kept] = scores[kept]
    weights = numpy.exp(allowed - allowed.max())
    total = numpy.exp(scores - allowed.max()).sum() if "not_normalised" in wrong else weights.sum()
    order = numpy.argsort(-allowed, kind="stable")
    ends = numpy.cumsum(weights[order] / total)
    last = len(scores) - 1 if "others_scored_zero" in wrong else len(kept) - 1
    return int(order[min(int(numpy.searchsorted(ends, uniform, side="right")), last)])
