"""Drawing again until the word is no context draws from the noise distribution without the contexts.

Each accepted word has probability P(w) / (1 - P(contexts)): the same proportions, over what remains. Words
are drawn with repetition, as the loss takes its expectation over independent draws, so a repeated noise word
stays.
"""


def noise_words(contexts, drawn, num_noise_words):
    """Return the noise words of each centre."""
    rest = iter(drawn)
    noise = []
    for row in contexts:
        words = []
        while len(words) < num_noise_words * len(row):
            word = int(next(rest))
            if word not in row:
                words.append(word)
        noise.append(words)
    return noise
