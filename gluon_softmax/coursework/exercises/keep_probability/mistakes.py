"""What goes wrong with subsampling."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "not_capped": Mistake(
        "The formula exceeds 1 for rare words, and one minus it is then a negative probability. Such a word "
        "is always kept: take 1 at most.",
        "The Data",
        "https://github.com/udacity/deep-learning-v2-pytorch/issues/123",
    ),
    "wrong_total": Mistake(
        "The counts were divided by a total that is not the number of tokens, so f is no frequency of the "
        "text. The total counts every occurrence of every known word.",
        "The Data",
    ),
    "discarded": Mistake(
        "This is the probability of discarding, which is what the paper's formula gives, so frequent words "
        "stay and rare ones go. What is asked is the probability of keeping.",
        "The Data",
    ),
    "no_root": Mistake(
        "The root is missing, so frequent words nearly vanish. A word of frequency f is kept in proportion "
        "to the root of t / f.",
        "The Data",
    ),
    "upside_down": Mistake(
        "The fraction stands upside down, so frequent words are kept and rare ones dropped. The larger f is, "
        "the smaller the probability.",
        "The Data",
    ),
    "one_rule": Mistake(
        "Both rules give the paper's root. What word2vec.c computes has one more term, t / f.",
        "The Data",
    ),
    "unk_kept": Mistake(
        "Entry 0 got a probability like any word, so <unk> becomes a centre and a context. It is dropped "
        "before windows are formed: its probability is 0.",
        "The Data",
    ),
    "unk_in_total": Mistake(
        "The tokens of <unk> are in the total, so every f is too small and every probability too large. They "
        "are gone from the text when words are drawn: leave them out.",
        "The Data",
    ),
}


def keep_probability(counts, threshold, rule, *, wrong):
    """Return the probabilities with the mistakes in `wrong`."""
    counts = numpy.asarray(counts, dtype="float64")
    total = counts.sum() if "unk_in_total" in wrong else counts[1:].sum()
    ratio = threshold / counts * (len(counts) if "wrong_total" in wrong else total)
    if "upside_down" in wrong:
        ratio = 1.0 / ratio
    kept = ratio.copy() if "no_root" in wrong else ratio**0.5
    if rule == "word2vec" and "one_rule" not in wrong:
        kept += ratio
    if "not_capped" not in wrong:
        kept = kept.clip(max=1.0)
    if "unk_kept" not in wrong:
        kept[0] = 0.0
    return 1.0 - kept if "discarded" in wrong else kept
