"""Right answers of other kinds."""

from itertools import islice

import numpy


def lazily(contexts, drawn, num_noise_words):
    stream = (int(word) for word in drawn)

    def row_of(words):
        own = set(words)
        return islice((word for word in stream if word not in own), num_noise_words * len(words))

    return (tuple(row_of(words)) for words in contexts)


def by_popping(contexts, drawn, num_noise_words, skip=()):
    rest = list(drawn)[::-1]
    rows = []
    for row in contexts:
        words = numpy.zeros(num_noise_words * len(row), dtype="int32")
        for i in range(len(words)):
            word = rest.pop()
            while word in row or word in skip:
                word = rest.pop()
            words[i] = word
        rows.append(words)
    return rows
