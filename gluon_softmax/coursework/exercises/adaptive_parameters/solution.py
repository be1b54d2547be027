"""Every table is rows times width.

The input table has V rows of embed_size. The head has c_0 + J rows of num_hiddens. Tail i first maps the
hidden vector to w_i = num_hiddens // div_value^(i + 1) numbers, a matrix (w_i, num_hiddens), and has a row of
w_i numbers for each of its k_i words.
"""

import math


def adaptive_parameters(vocab_size, embed_size, num_hiddens, cutoffs, div_value):
    """Return the counts by part."""
    ends = [*cutoffs[1:], vocab_size]
    projections, tails = [], []
    for i in range(len(cutoffs)):
        width = math.floor(num_hiddens / div_value ** (i + 1))
        projections.append(width * num_hiddens)
        tails.append((ends[i] - cutoffs[i]) * width)
    embedding = vocab_size * embed_size
    head = (cutoffs[0] + len(cutoffs)) * num_hiddens
    return {
        "embedding": embedding,
        "head": head,
        "projections": projections,
        "tails": tails,
        "total": embedding + head + sum(projections) + sum(tails),
    }
