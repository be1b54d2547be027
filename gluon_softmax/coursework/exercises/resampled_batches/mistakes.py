"""What goes wrong with streams of batches."""

from itertools import chain, islice

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "read_at_once": Mistake(
        "All windows of an epoch were read before the first batch, so the memory grows with the text. Read "
        "as many as a batch needs, when it is needed.",
        "The Data",
        "https://github.com/maxhodak/keras-molecules/issues/35",
    ),
    "drawn_at_once": Mistake(
        "All windows were read and all their noise was drawn before the first batch, as the book's loader "
        "does, so the memory grows with the text times K. Draw for the batch at hand.",
        "The Data",
    ),
    "same_noise": Mistake(
        "Every batch has the same noise words, those that were drawn first. Draw again for each batch.",
        "The Data",
        "https://github.com/pytorch/pytorch/issues/5059",
    ),
    "first_epoch_kept": Mistake(
        "The first epoch's batches were stored and handed out again in the later ones, so the net can learn "
        "their noise by heart. Draw again in each epoch.",
        "The Data",
        "https://github.com/guoyang9/NCF/issues/4",
    ),
    "one_lost": Mistake(
        "After each full batch a window is missing: it was taken from the stream before the batch was seen "
        "to be full. Stop reading first, or put that window into the next batch.",
        "The Data",
        "https://github.com/splicemachine/spliceengine/pull/175",
    ),
    "one_iterator": Mistake(
        "The windows were begun once for all epochs, and an iterator that was read through stays empty. Call "
        "windows() for each epoch.",
        "The Data",
        "https://github.com/piskvorky/gensim/issues/443",
    ),
    "last_dropped": Mistake(
        "The windows that do not fill a batch at the end of an epoch are missing. They make a smaller batch.",
        "The Data",
        "https://github.com/NVIDIA-NeMo/Megatron-Bridge/pull/4926",
    ),
    "epochs_joined": Mistake(
        "The rest of an epoch was filled up with the windows of the next. An epoch ends with its own batch, "
        "however small.",
        "The Data",
    ),
}


def resampled_batches(windows, draw, batch_size, num_noise_words, num_epochs, *, wrong):
    """Yield the batches with the mistakes in `wrong`."""
    kept = []
    for number, stream in enumerate(_streams(windows, num_epochs, wrong)):
        if number and "first_epoch_kept" in wrong:
            yield from kept
            continue
        if "same_noise" in wrong and not number:
            draw = _repeated(draw)
        batches = _batches(stream, draw, batch_size, num_noise_words, wrong)
        if "drawn_at_once" in wrong:
            batches = list(batches)
        for batch in batches:
            kept.append(batch)
            yield batch


def _streams(windows, num_epochs, wrong):
    if "one_iterator" in wrong:
        stream = windows()
        streams = (stream for _ in range(num_epochs))
    else:
        streams = (windows() for _ in range(num_epochs))
    if "epochs_joined" in wrong:
        streams = iter([chain.from_iterable(streams)])
    return (iter(list(stream)) if "read_at_once" in wrong else stream for stream in streams)


def _batches(stream, draw, batch_size, num_noise_words, wrong):
    while True:
        rows = list(islice(stream, batch_size))
        if not rows or (len(rows) < batch_size and "last_dropped" in wrong):
            return
        if "one_lost" in wrong and len(rows) == batch_size:
            next(stream, None)
        centers, contexts = map(list, zip(*rows))
        ends = numpy.cumsum([num_noise_words * len(row) for row in contexts])
        yield centers, contexts, numpy.split(numpy.asarray(draw(int(ends[-1]))), ends[:-1])


def _repeated(draw):
    words = []

    def again(n):
        if n > len(words):
            words.extend(draw(n - len(words)))
        return words[:n]

    return again
