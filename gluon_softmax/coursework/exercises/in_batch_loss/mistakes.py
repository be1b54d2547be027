"""What goes wrong with in-batch candidates."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "added": Mistake(
        "ln Q was added to the scores, so frequent words are pushed down even more than without a "
        "correction. Subtract it.",
        "A Sign That Was Wrong",
        "https://github.com/tensorflow/recommenders/issues/278",
    ),
    "not_corrected": Mistake(
        "The scores were not lowered by ln Q, and a frequent word is pushed down as often as it is in a "
        "batch. A word's share of the text is its probability of being a column.",
        "The Correction",
    ),
    "hits_kept": Mistake(
        "Columns that repeat the row's own target are in the sum, as if they were other words. Leave them "
        "out, all but the row's own column.",
        "The Loss",
        "https://github.com/huggingface/sentence-transformers/issues/2756",
    ),
    "own_column_removed": Mistake(
        "The row's own column was left out with the hits, and the right word is not in the sum. Only columns "
        "off the diagonal can be hits.",
        "The Loss",
    ),
    "sum_over_diagonal": Mistake(
        "Each row was divided by the sum over the diagonal, the right scores of all rows. The softmax of "
        "row i is over scores[i, :], all of them at the same hidden vector.",
        "The Loss",
        "https://github.com/LongmaoTeamTf/deep_recommenders/issues/4",
    ),
    "negatives_alone_corrected": Mistake(
        "The diagonal was left as it is, and only the other columns were lowered by ln Q. The row's own "
        "target was drawn as they were: all columns are corrected.",
        "The Correction",
    ),
    "shares_of_the_batch": Mistake(
        "Q was counted in the batch itself, where nearly every word comes once and no correction is left. "
        "Take the shares from the training text's counts.",
        "The Data",
    ),
}


def in_batch_loss(scores, target, counts, *, wrong):
    """Return losses with the mistakes in `wrong`."""
    if "shares_of_the_batch" in wrong:
        counts = numpy.bincount(target, minlength=len(counts))
    shift = numpy.log((counts / counts.sum())[target])
    if "not_corrected" in wrong:
        shift = numpy.zeros_like(shift)
    diagonal = numpy.eye(len(target), dtype=bool)
    shift = numpy.where(diagonal & ("negatives_alone_corrected" in wrong), 0.0, shift)
    corrected = scores + shift if "added" in wrong else scores - shift
    right = numpy.diagonal(corrected)
    if "sum_over_diagonal" in wrong:
        return numpy.logaddexp.reduce(right) - right
    left_out = (target[:, None] == target) & ~diagonal
    if "hits_kept" in wrong:
        left_out &= False
    if "own_column_removed" in wrong:
        left_out |= diagonal
    return numpy.logaddexp.reduce(numpy.where(left_out, -numpy.inf, corrected), axis=1) - right
