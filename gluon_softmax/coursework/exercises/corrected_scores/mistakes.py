"""What goes wrong with the correction by log Q."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "added": Mistake(
        "log Q was added, which is the same as to subtract log(1 / Q): frequent words, which are sampled too "
        "often already, weigh even more. Subtract log Q.",
        "The Loss",
        "https://github.com/tensorflow/recommenders/issues/219",
    ),
    "candidates_alone": Mistake(
        "The target's score was left as it is, so a rare target stands against candidates that were all "
        "raised. The target is one of the sampled classes and is corrected by its own log Q.",
        "The Loss",
    ),
    "target_alone": Mistake(
        "Only the target's score was corrected, so each candidate counts as one word however rarely it is "
        "drawn. The candidates stand for all words that were not drawn: lower them by their log Q too.",
        "The Loss",
    ),
    "no_log": Mistake(
        "Q itself was subtracted from the scores. Dividing exp(s) by Q lowers s by the logarithm of Q.",
        "The Loss",
    ),
    "target_last": Mistake(
        "The target's column comes after those of the candidates, where a loss that takes the class 0 for "
        "right would train the first candidate. Put the target first.",
        "The Loss",
    ),
}


def corrected_scores(target_scores, candidate_scores, target_counts, candidate_counts, *, wrong):
    """Return corrected scores with the mistakes in `wrong`."""
    if "no_log" in wrong:
        right, others = target_counts, candidate_counts
    else:
        right, others = numpy.log(target_counts), numpy.log(candidate_counts)
    if "added" in wrong:
        right, others = -right, -others
    column = (target_scores if "candidates_alone" in wrong else target_scores - right)[:, None]
    rest = candidate_scores if "target_alone" in wrong else candidate_scores - others
    return numpy.concatenate([rest, column] if "target_last" in wrong else [column, rest], axis=1)
