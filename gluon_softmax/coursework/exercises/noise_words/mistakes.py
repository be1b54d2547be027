"""What goes wrong with noise words."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "hits_kept": Mistake(
        "A drawn word was taken also where it is a context of the centre, so the same pair has the labels 1 "
        "and 0. Pass over such a word and take the next.",
        "The Data",
        "https://github.com/theeluwin/pytorch-sgns/issues/9",
    ),
    "only_one_context_avoided": Mistake(
        "The noise words for a context avoid that context, but not the centre's other ones, which thus are "
        "noise and context at once. Compare with all contexts of the centre.",
        "The Data",
        "https://github.com/tensorflow/tensorflow/issues/49490",
    ),
    "shared_by_contexts": Mistake(
        "One set of K noise words serves all contexts of a centre, so each is counted n times over. Every "
        "context gets K noise words of its own.",
        "The Data",
        "https://github.com/fetchai/ledger/issues/1157",
    ),
    "k_a_center": Mistake(
        "Each centre has K noise words, however many contexts it has, so the more contexts, the less noise. "
        "K is for each context: a centre with n of them gets n K.",
        "The Data",
    ),
    "hit_not_replaced": Mistake(
        "A drawn word that is a context was dropped and none taken in its place, so some centres are short "
        "of noise. Go on until the number is reached.",
        "The Data",
    ),
    "begins_anew": Mistake(
        "Each centre takes its noise from the beginning of the drawn words, so all of them share the same "
        "noise. Go on where the centre before stopped.",
        "The Data",
    ),
    "repeats_dropped": Mistake(
        "A word that was drawn again for the same centre was passed over. The draws are independent, and a "
        "frequent word may be noise twice.",
        "The Data",
    ),
}


def noise_words(contexts, drawn, num_noise_words, *, wrong):
    """Return the noise words with the mistakes in `wrong`."""
    noise, start = [], 0
    for row in contexts:
        per_context = "shared_by_contexts" in wrong or "k_a_center" in wrong
        need = num_noise_words * (1 if per_context else len(row))
        start = 0 if "begins_anew" in wrong else start
        words, start = _taken(numpy.asarray(row), drawn, start, need, wrong)
        noise.append(numpy.tile(words, len(row)) if "shared_by_contexts" in wrong else words)
    return noise


def _taken(row, drawn, start, need, wrong):
    if "only_one_context_avoided" in wrong:
        parts = numpy.array_split(row, len(row))
        noise = []
        for part in parts:
            words, start = _taken(part, drawn, start, need // len(row), wrong - {"only_one_context_avoided"})
            noise.append(words)
        return numpy.concatenate(noise), start
    free = numpy.ones(len(drawn), bool) if "hits_kept" in wrong else ~numpy.isin(drawn, row)
    if "hit_not_replaced" in wrong:
        words = drawn[start : start + need]
        return words[free[start : start + need]], start + need
    if "repeats_dropped" in wrong:
        first = numpy.unique(drawn[start:], return_index=True)[1] + start
        free = free & numpy.isin(numpy.arange(len(drawn)), first)
    where = numpy.flatnonzero(free[start:])[:need] + start
    return drawn[where], int(where[-1]) + 1
