"""Before: "The Language Model" in the chapter on sampled softmax."""

import numpy


def tied_gradient(weight, inputs, target):
    """Return the gradient of the summed loss by a table that is both input and output layer.

    The model is the smallest there is: the hidden vector is the input word's row, h = weight[inputs[n]], the
    score of word w is weight[w] . h, and the loss of a position is -ln softmax(scores)[target[n]].

    Parameters
    ----------
    weight : (V, d) float, the shared table.
    inputs : (N,) int, the input word of each position; one may come several times.
    target : (N,) int, the word to predict.

    Returns
    -------
    (V, d) float: the gradient of the sum of the N losses by `weight`.

    >>> tied_gradient(numpy.zeros((2, 1)), numpy.array([0]), numpy.array([1]))
    array([[0.],
           [0.]])
    """
    raise NotImplementedError
