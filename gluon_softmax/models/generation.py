"""Text from a language model: draw a word, give it back to the model, draw the next."""

from __future__ import annotations

from typing import Sequence

import numpy

from ..backend import mx, np
from ..utils.checks import check_number, check_positive_int
from ..utils.errors import UnknownTokenError
from ..utils.object_checks import check_kind, check_vocab, check_words
from ..utils.types import AnyArray, Array, Context, VocabLike
from ..vocabulary.tokens import EOS
from .language_model import LanguageModel

MIN_TEMPERATURE = 1e-3


def sampling_distribution(
    log_prob: AnyArray | Sequence[float], temperature: float = 1.0, top_k: int | None = None
) -> numpy.ndarray:
    """The probabilities that a word is drawn with: log_prob (V,) in nats -> float64 (V,).

        p_i ~ exp(log_prob_i / temperature)   for the `top_k` likeliest words, 0 for the others

    A temperature below 1 prefers the likely words, above 1 evens them out. With `top_k` None every word may
    be drawn; of equally likely words of which only some are among the top k, those with the lower ids are.

    Raises ValueError for a temperature below 1e-3 and for `top_k` below 1.
    """
    scores = numpy.asarray(log_prob, dtype=numpy.float64) / check_temperature(temperature)
    if top_k is not None and check_positive_int("top_k", top_k) < scores.size:
        scores[numpy.argsort(-scores, kind="stable")[top_k:]] = -numpy.inf
    weights = numpy.exp(scores - scores.max())
    probabilities: numpy.ndarray = weights / weights.sum()
    return probabilities


def check_temperature(temperature: float) -> float:
    """The temperature, or a ValueError that says what is too low."""
    if check_number("temperature", temperature) < MIN_TEMPERATURE:
        raise ValueError(
            f"temperature takes a number of at least {MIN_TEMPERATURE:g}, since scores are divided by it; "
            f"got {temperature:g} (top_k=1 always takes the likeliest word)"
        )
    return float(temperature)


def generate(
    net: LanguageModel,
    vocab: VocabLike,
    num_words: int = 1000,
    temperature: float = 1.0,
    prefix: str | Sequence[str] = "",
    top_k: int | None = None,
    seed: int = 0,
    device: Context | None = None,
) -> list[str]:
    """`num_words` words, each drawn given all words before it.

    The state begins at zero, and the first words that the model reads are ``<eos>`` and `prefix`.

    Parameters
    ----------
    net : a `LanguageModel`, initialized on `device` (its first context if None).
    vocab : the vocabulary it was trained with: ``vocab.token_to_idx``, ``vocab.idx_to_token``.
    temperature, top_k : see `sampling_distribution`.
    prefix : words that the text continues, separated by white space; they are not among those returned.
    seed : decides every draw.

    Each word takes one forward step. Raises KeyError for a word of the prefix that the vocabulary lacks, with
    the nearest spellings, and ValueError for a temperature below 1e-3.
    """
    check_vocab("vocab", vocab)
    check_positive_int("num_words", num_words)
    check_positive_int("seed", seed, 0)
    check_temperature(temperature)
    words = prefix.split() if isinstance(prefix, str) else check_words("prefix", prefix)
    for word in (EOS, *words):
        if word not in vocab.token_to_idx:
            raise UnknownTokenError(word, vocab.idx_to_token)
    check_kind("net", net, LanguageModel, "a LanguageModel")
    rng = numpy.random.default_rng(seed)
    own = next(iter(net.collect_params().values())).list_ctx()[0]
    ctx = own if device is None else check_kind("device", device, mx.Context, "an MXNet context or None")
    inputs, generated = [EOS, *words], []
    state: list[Array] | None = None
    for _ in range(num_words):
        ids = numpy.array([[vocab.token_to_idx[word]] for word in inputs], dtype=numpy.int32)  # (T, 1)
        log_prob, state = net.log_prob(np.array(ids, dtype="int32", ctx=ctx), state)  # (T, 1, V)
        chances = sampling_distribution(log_prob[-1, 0].asnumpy(), temperature, top_k)
        inputs = [vocab.idx_to_token[rng.choice(chances.size, p=chances)]]
        generated += inputs
    return generated
