"""With a table E for inputs and W for outputs the loss is L(E, W); tied, it is L(T, T).

The chain rule adds: dL/dT = dL/dE + dL/dW. With r = softmax(W h) - onehot(target),
dL/dW = r h^T, a row for each word, and dL/dh = W^T r, which goes to the row of E that h was. A row that is
several positions' input gets the sum of theirs.
"""

import numpy


def tied_gradient(weight, inputs, target):
    """Return the gradient of the shared table."""
    vocab_size = len(weight)
    gradient = numpy.zeros(weight.shape)
    for n in range(len(inputs)):
        hidden = weight[inputs[n]]
        scores = [weight[w] @ hidden for w in range(vocab_size)]
        exponentials = [numpy.exp(score - max(scores)) for score in scores]
        for w in range(vocab_size):
            residual = exponentials[w] / sum(exponentials) - (w == target[n])
            gradient[w] += residual * hidden  # as an output row
            gradient[inputs[n]] += residual * weight[w]  # as the input row
    return gradient
