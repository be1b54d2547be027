"""Before: "The Data" in the chapter on negative sampling."""

import numpy


def epoch_memory(num_contexts, num_noise_words, batch_size, bytes_per_id):
    """Return the memory that the ids of the noise words take, in both ways of drawing them.

    Parameters
    ----------
    num_contexts : (N,) int, how many contexts each centre of an epoch has, in the order of the batches.
    num_noise_words : K, noise words for each context.
    batch_size : B, centres in a batch; the last one may have fewer.
    bytes_per_id : bytes of one id.

    Returns
    -------
    (fixed, drawn), in bytes: for the noise of a whole epoch, drawn once and kept; and the most that is there
    at a time if noise is drawn for the batch at hand and forgotten after it. No row is padded.

    >>> epoch_memory(numpy.array([1, 1, 3]), 2, 2, 4)
    (40, 24)
    """
    raise NotImplementedError
