"""Before: "Two Softmaxes" in the chapter on adaptive softmax."""


def adaptive_parameters(vocab_size, embed_size, num_hiddens, cutoffs, div_value):
    """Count the numbers in a language model's input table and in its adaptive softmax, which has no biases.

    A recurrent network of num_hiddens units is between the two; its own parameters are not counted.

    Parameters
    ----------
    vocab_size : int, V.
    embed_size : int, the length of a row of the input table.
    num_hiddens : int, the length of the hidden vectors that the output layer takes.
    cutoffs : J ints, rising: the ids with which the tails begin.
    div_value : float; tail i is num_hiddens // div_value ** (i + 1) wide, for i = 0, ..., J - 1.

    Returns
    -------
    dict: "embedding", "head" and "total", ints; "projections" and "tails", J ints each.

    >>> adaptive_parameters(6, 3, 4, (2,), 2.0)
    {'embedding': 18, 'head': 12, 'projections': [8], 'tails': [8], 'total': 46}
    """
    raise NotImplementedError
