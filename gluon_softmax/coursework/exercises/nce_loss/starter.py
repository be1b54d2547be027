"""Before: "Noise-Contrastive Estimation" in the chapter on sampled softmax."""

import numpy


def nce_loss(scores, target, candidates, noise, log_partition):
    """Return the loss of noise-contrastive estimation, one per position, in nats.

    Is a word the data's, or one of S noise words? The model says ln p(w) = score(w) - log_partition.

    Parameters
    ----------
    scores : (N, V) float, the scores of all words at each position; any size.
    target : (N,) int, the word of the data.
    candidates : (S,) int, noise words, drawn with repeats and shared by all positions. One that equals the
        target is noise all the same: the theory leaves it in.
    noise : (V,) float above 0, the probability q of each word at one draw; it sums to one.
    log_partition : float, ln Z, the constant that normalises the model's scores.

    Returns
    -------
    (N,) float: minus ln P(data | target), plus the sum over the candidates of minus ln P(noise | candidate).

    >>> half = numpy.array([0.5, 0.5])
    >>> nce_loss(numpy.zeros((1, 2)), numpy.array([0]), numpy.array([1, 0]), half, 0.0)
    array([2.07944154])
    """
    raise NotImplementedError
