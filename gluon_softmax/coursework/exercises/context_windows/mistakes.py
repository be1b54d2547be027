"""What goes wrong with windows."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "crosses_sentences": Mistake(
        "The sentences were read as one long text, so the last words of one are contexts of the next one's "
        "first. Cut each window where its sentence begins and ends.",
        "The Data",
        "https://github.com/tensorflow/models/issues/2521",
    ),
    "right_end_missing": Mistake(
        "A slice leaves its end out, so each window is one word short on the right. The word exactly the "
        "window's size away is a context, on both sides.",
        "The Data",
        "https://github.com/Andras7/word2vec-pytorch/issues/10",
    ),
    "equal_words_dropped": Mistake(
        "Every word that equals the centre was left out, also where it occurs again within the window. Only "
        "the centre's own position is no context: compare positions, not words.",
        "The Data",
    ),
    "wraps_around": Mistake(
        "A window that leaves the sentence on one side comes in again on the other, so its first and last "
        "words are made neighbours. Cut the window there.",
        "The Data",
        "https://github.com/tensorflow/tensorflow/pull/10414",
    ),
    "center_kept": Mistake(
        "Each centre is among its own contexts, and learns to predict itself. Leave its position out.",
        "The Data",
    ),
    "negative_slice": Mistake(
        "Near the beginning of a sentence the slice starts at a negative index, which counts from the end, "
        "and the left contexts vanish. The start is 0 at least.",
        "The Data",
    ),
    "one_size": Mistake(
        "All windows have the largest size. Each position has its own, drawn so that near words are "
        "contexts more often than far ones.",
        "The Data",
    ),
    "lonely_center": Mistake(
        "The only word of a sentence became a centre without contexts, a row with nothing to learn. Skip "
        "sentences of one word.",
        "The Data",
    ),
}


def context_windows(ids, offsets, window_sizes, *, wrong):
    """Return centres and contexts with the mistakes in `wrong`."""
    if "crosses_sentences" in wrong:
        offsets = numpy.array([0, len(ids)])
    if "one_size" in wrong:
        window_sizes = numpy.full_like(window_sizes, window_sizes.max())
    centers, contexts = [], []
    for sentence, sizes in zip(numpy.split(ids, offsets[1:-1]), numpy.split(window_sizes, offsets[1:-1])):
        if len(sentence) == 1 and "lonely_center" not in wrong:
            continue
        for i, (center, size) in enumerate(zip(sentence.tolist(), sizes.tolist())):
            where = _positions(i, size, len(sentence), wrong)
            words = sentence[where]
            if "equal_words_dropped" in wrong:
                words = words[words != center]
            centers.append(center)
            contexts.append(words.tolist())
    return centers, contexts


def _positions(i, size, length, wrong):
    last = i + size - ("right_end_missing" in wrong)
    left, right = numpy.arange(i - size, i), numpy.arange(i + 1, last + 1)
    if "center_kept" in wrong:
        right = numpy.append(i, right)
    if "wraps_around" in wrong:
        return numpy.concatenate([left, right]) % length
    left = left[:0] if left[0] < 0 and "negative_slice" in wrong else left[left >= 0]
    return numpy.concatenate([left, right[right < length]])
