"""Unusual right answers."""

import numpy


def with_arrays(vocab_size, embed_size, num_hiddens, cutoffs, div_value):
    """Give NumPy's integers and arrays, in another order."""
    begin = numpy.array(cutoffs)
    widths = (num_hiddens // div_value ** (1 + numpy.arange(begin.size))).astype("int32")
    tails = numpy.diff(numpy.append(begin, vocab_size)) * widths
    head = numpy.float64(num_hiddens * (begin[0] + begin.size))
    total = vocab_size * embed_size + head + num_hiddens * widths.sum() + tails.sum()
    return {
        "total": total,
        "tails": tails,
        "projections": num_hiddens * widths,
        "head": head,
        "embedding": vocab_size * embed_size,
    }


def by_making_them(vocab_size, embed_size, num_hiddens, cutoffs, div_value, dtype="int8"):
    """Make the tables and ask for their sizes."""
    words, tails, projections = list(range(vocab_size)), [], []
    width = num_hiddens
    for begin, end in zip(cutoffs, (*cutoffs[1:], None)):
        width = width / div_value
        projections.append(numpy.zeros((int(width), num_hiddens), dtype).size)
        tails.append(numpy.zeros((len(words[begin:end]), int(width)), dtype).size)
    sizes = {"embedding": numpy.zeros((vocab_size, embed_size), dtype).size}
    sizes["head"] = len(words[: cutoffs[0]] + list(cutoffs)) * num_hiddens
    sizes["total"] = sum(sizes.values()) + sum(tails) + sum(projections)
    return {**sizes, "tails": tuple(tails), "projections": tuple(projections)}
