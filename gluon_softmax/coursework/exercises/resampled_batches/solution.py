"""A generator holds one batch: B windows, and K noise words for each of their contexts.

Noise that is drawn once is part of the data: the net can learn by heart that these words do not go with
this centre. Drawn anew, each centre meets other noise in each epoch, whose mean is the expectation in the
loss, and nothing of it has to be stored.
"""


def resampled_batches(windows, draw, batch_size, num_noise_words, num_epochs):
    """Yield the batches."""
    for _ in range(num_epochs):
        centers, contexts = [], []
        for center, row in windows():
            centers.append(center)
            contexts.append(row)
            if len(centers) == batch_size:
                yield centers, contexts, noise_of(contexts, draw, num_noise_words)
                centers, contexts = [], []
        if centers:
            yield centers, contexts, noise_of(contexts, draw, num_noise_words)


def noise_of(contexts, draw, num_noise_words):
    """Return the noise words of each row."""
    return [[int(word) for word in draw(num_noise_words * len(row))] for row in contexts]
