"""With n real positions the hidden vector is h = (1/n) sum over them of weight[word].

So dh / d(weight[word]) is 1/n for each position at which the word stands, and the gradient of the loss by its
row is the sum over these positions, of all windows, of dL/dh / n. word2vec.c leaves out the division here,
though not in the mean: its step of the input vectors is n times as long.
"""

import numpy


def cbow_gradient(contexts, mask, weight, by_hidden):
    """Return the mean of each window's rows, and the gradient by the table."""
    hidden, by_table = numpy.zeros(numpy.shape(by_hidden)), numpy.zeros(numpy.shape(weight))
    for window in range(len(contexts)):
        words = [word for word, real in zip(contexts[window], mask[window]) if real]
        for word in words:
            hidden[window] += weight[word] / len(words)
            by_table[word] += by_hidden[window] / len(words)
    return hidden, by_table
