"""What goes wrong with counting memory."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "k_a_center": Mistake(
        "K noise words were counted for each centre. K is for each context, so a centre with n of them has "
        "n K.",
        "The Data",
    ),
    "average_batch": Mistake(
        "The second number is the average of a batch. The memory must do for the batch with the most "
        "contexts.",
        "The Data",
    ),
    "eight_bytes": Mistake(
        "Each id was counted with 8 bytes, as an int64, the default that many programs pay for. The ids have "
        "the size that is given.",
        "The Data",
        "https://github.com/fastai/fastai/issues/1357",
    ),
    "contexts_counted": Mistake(
        "The contexts themselves are in the sum, 1 + K words for each. They are there in both ways; what "
        "is compared is the noise.",
        "The Data",
    ),
    "padded": Mistake(
        "Each row was counted with the length of the longest, as in a padded array. The rows are kept as "
        "they are.",
        "The Data",
    ),
    "first_batch": Mistake(
        "The second number is that of the first batch. Another one may have more contexts, and the memory "
        "must do for it.",
        "The Data",
    ),
}


def epoch_memory(num_contexts, num_noise_words, batch_size, bytes_per_id, *, wrong):
    """Return both numbers with the mistakes in `wrong`."""
    words = numpy.asarray(num_contexts, dtype="int64")
    if "padded" in wrong:
        words = numpy.full_like(words, words.max())
    if "k_a_center" in wrong:
        words = numpy.ones_like(words)
    words = words * (num_noise_words + ("contexts_counted" in wrong))
    words = words * (8 if "eight_bytes" in wrong else bytes_per_id)
    batches = numpy.add.reduceat(words, numpy.arange(0, len(words), batch_size))
    if "first_batch" in wrong:
        return int(words.sum()), int(batches[0])
    return int(words.sum()), float(batches.mean()) if "average_batch" in wrong else int(batches.max())
