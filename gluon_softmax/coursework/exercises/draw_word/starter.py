"""Before: "Generating Text" in the chapter on sampled softmax."""

import numpy


def draw_word(scores, temperature, k, uniform):
    """Return the id of the word that is drawn from the k likeliest with a temperature.

    Parameters
    ----------
    scores : (V,) float, scores or log-probabilities of the words, of any size, all different.
    temperature : float above 0; below 1 it prefers likely words, above 1 it evens them out.
    k : int from 1 to V; only the k words of the highest scores may be drawn.
    uniform : float in [0, 1), the one random number of the draw.

    Returns
    -------
    int. For a uniform number each of the k words has the probability exp(score / temperature), divided by the
    sum of these over the k words. In which order the words are laid out along [0, 1) is up to you.

    >>> draw_word(numpy.array([0.0, 5.0, 4.0]), 1.0, 1, 0.3)
    1
    """
    raise NotImplementedError
