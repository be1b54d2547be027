"""Right answers of other kinds."""

import numpy


def as_word2vec_writes_it(counts, threshold, rule):
    train_words = counts[1:].sum()
    scaled = threshold * train_words
    with numpy.errstate(divide="ignore"):
        ran = (numpy.sqrt(counts / scaled) + (rule == "word2vec")) * scaled / counts
    ran[0] = 0
    return numpy.where(ran < 1, ran, 1).astype("float32")


def a_list(counts, threshold, rule, unk=0):
    total = sum(counts) - counts[unk]
    powers = (0.5,) if rule == "d2l" else (0.5, 1)
    sums = [sum((threshold * total / count) ** power for power in powers) for count in counts]
    return [0 if i == unk else min(value, 1) for i, value in enumerate(sums)]
