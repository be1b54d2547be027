"""Text drawn from a language model: the distribution, the seed, the prefix, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Sequence

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import init, mx, np
from gluon_softmax.models.generation import sampling_distribution

WORDS = ["<unk>", "the", "<eos>", "chip", "chips", "bank", "of", "oil", "price"]
VOCAB = SimpleNamespace(idx_to_token=WORDS, token_to_idx={word: i for i, word in enumerate(WORDS)})
V = len(WORDS)


def make(cell: str = "lstm") -> gs.LanguageModel:
    mx.random.seed(9)
    net = gs.LanguageModel(V, 5, 6, gs.FullSoftmax(V, 6), cell=cell, dropout=0.5)
    net.initialize(init.Normal(1.0))
    net.hybridize(static_alloc=True)
    return net


LOG_PROB = numpy.log([0.5, 0.2, 0.2, 0.06, 0.04])


@pytest.mark.parametrize("temperature, top_k, wanted", [
    (1.0, None, [0.5, 0.2, 0.2, 0.06, 0.04]),
    (1.0, 5, [0.5, 0.2, 0.2, 0.06, 0.04]),
    (1.0, 50, [0.5, 0.2, 0.2, 0.06, 0.04]),
    (1.0, 2, [5 / 7, 2 / 7, 0, 0, 0]),
    (1.0, 1, [1, 0, 0, 0, 0]),
    (0.5, None, numpy.array([2500, 400, 400, 36, 16]) / 3352),
    (2.0, 3, numpy.array([0.5**0.5, 0.2**0.5, 0.2**0.5, 0, 0]) / (0.5**0.5 + 2 * 0.2**0.5)),
    (1e-3, None, [1, 0, 0, 0, 0]),
])  # fmt: skip
def test_temperature_and_top_k(temperature: float, top_k: int | None, wanted: Sequence[float]) -> None:
    found = sampling_distribution(LOG_PROB - 3.0, temperature, top_k)  # scores need not be normalised
    numpy.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_a_word_that_is_never_right_is_never_drawn() -> None:
    numpy.testing.assert_allclose(sampling_distribution([-numpy.inf, 0.0, 0.0]), [0, 0.5, 0.5])


@pytest.mark.parametrize("cell", ["rnn_tanh", "gru", "lstm"])
def test_each_word_is_drawn_given_all_before_it(cell: str) -> None:
    """The same draws from whole sequences, without a state."""
    net = make(cell)
    words = gs.generate(net, VOCAB, 12, temperature=0.8, prefix="the chip", top_k=6, seed=4)
    rng, history = numpy.random.default_rng(4), ["<eos>", "the", "chip"]
    for word in words:
        ids = np.array([[VOCAB.token_to_idx[w]] for w in history], dtype="int32")
        chances = sampling_distribution(net.log_prob(ids)[0][-1, 0].asnumpy(), 0.8, 6)
        assert WORDS[rng.choice(V, p=chances)] == word
        history.append(word)
    assert len(words) == 12 and words[0] not in ("", None)


def test_the_seed_decides_and_words_are_drawn_as_often_as_they_should() -> None:
    net = make()
    assert gs.generate(net, VOCAB, 20, seed=1) == gs.generate(net, VOCAB, 20, seed=1)
    assert gs.generate(net, VOCAB, 20, seed=1) != gs.generate(net, VOCAB, 20, seed=2)
    assert gs.generate(net, VOCAB, 5, prefix=["of", "oil"]) == gs.generate(net, VOCAB, 5, prefix=" of  oil ")
    chances = numpy.exp(net.log_prob(np.array([[2]], dtype="int32"))[0].asnumpy()[0, 0])
    first = [VOCAB.token_to_idx[gs.generate(net, VOCAB, 1, seed=seed)[0]] for seed in range(600)]
    expected = 600 * chances
    chi_square = ((numpy.bincount(first, minlength=V) - expected) ** 2 / expected).sum()
    assert chi_square < 26.1  # the 0.999 quantile at 8 degrees of freedom
    greedy = gs.generate(net, VOCAB, 1, top_k=1)[0]
    assert VOCAB.token_to_idx[greedy] == int(chances.argmax())


@pytest.mark.parametrize("kwargs, error, said", [
    ({"temperature": 9e-4}, ValueError, r"^temperature takes a number of at least 0.001, .*; got 0.0009"),
    ({"temperature": 0}, ValueError, r"^temperature takes a number of at least 0.001"),
    ({"temperature": -1.0}, ValueError, r"^temperature takes a number of at least 0.001"),
    ({"temperature": float("nan")}, ValueError, r"^temperature takes a finite number"),
    ({"num_words": 0}, ValueError, r"^num_words takes an integer of at least 1, got 0"),
    ({"top_k": 0}, ValueError, r"^top_k takes an integer of at least 1, got 0"),
    ({"top_k": 1.5}, TypeError, r"^top_k takes an integer"),
    ({"prefix": "the chps"}, KeyError, r"'chps' is none of the 9 words; nearest spellings: chips, chip"),
])  # fmt: skip
def test_what_is_refused(kwargs: dict[str, Any], error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        gs.generate(make(), VOCAB, **{"num_words": 3, **kwargs})


def test_a_vocabulary_without_sentence_ends_is_named() -> None:
    vocab = SimpleNamespace(idx_to_token=WORDS[:2], token_to_idx={"<unk>": 0, "the": 1})
    with pytest.raises(KeyError, match="'<eos>' is none of the 2 words"):
        gs.generate(make(), vocab, 3)
