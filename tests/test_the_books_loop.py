"""A training loop as the book writes it runs on these blocks and batches, and on d2l's own batches.

*Dive into Deep Learning*, section "Pretraining word2vec": two embeddings in a row, their products as scores,
Gluon's loss with a mask, Gluon's Trainer, and a batch's four arrays put on the device. Only the imports say
where the blocks come from.
"""

from __future__ import annotations

import random
from typing import Any

import numpy
import pytest

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, init, mx, nn, np, npx
from gluon_softmax.data.sources import import_d2l
from gluon_softmax.training.iterable_batches import as_batches
from gluon_softmax.utils.types import Array

WIDTH, EPOCHS, BATCH_SIZE = 16, 3, 256


def scores_of(center: Array, words: Array, inner: Any, outer: Any) -> Array:
    """(B, 1), (B, L) -> (B, 1, L): each word's outer vector times the centre's inner one."""
    rows: Array = npx.batch_dot(inner(center), outer(words).swapaxes(1, 2))
    return rows


def train_as_the_book(net: Any, data_iter: Any, device: Any, embedding_lr: float = 0.02) -> list[float]:
    """The mean loss of each epoch."""
    loss = gluon.loss.SigmoidBinaryCrossEntropyLoss()
    net.initialize(init.Normal(0.1), ctx=device, force_reinit=True)
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": embedding_lr})
    means = []
    for _ in range(EPOCHS):
        num_batches, total, count = len(data_iter), 0.0, 0
        seen = 0
        for i, batch in enumerate(data_iter):
            seen = i + 1
            center, context_negative, mask, label = [data.as_in_ctx(device) for data in batch]
            with autograd.record():
                pred = scores_of(center, context_negative, net[0], net[1])
                loss_of_each = loss(pred.reshape(label.shape), label, mask) / mask.sum(1) * mask.shape[1]
            loss_of_each.backward()
            trainer.step(loss_of_each.size)
            total += float(loss_of_each.sum())
            count += loss_of_each.size
        assert seen == num_batches
        means.append(total / count)
    return means


def two_embeddings(vocab_size: int) -> Any:
    net = nn.Sequential()
    net.add(
        gs.Embedding(input_dim=vocab_size, output_dim=WIDTH),
        gs.Embedding(input_dim=vocab_size, output_dim=WIDTH),
    )
    return net


@pytest.fixture(scope="module")
def corpus() -> gs.Corpus:
    return gs.load_corpus("mini_ptb")


@pytest.fixture
def d2ls_batches(corpus: gs.Corpus, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """What ``d2l.load_data_ptb`` makes of the first sentences of mini_ptb, without workers."""
    d2l = import_d2l()
    ids, offsets, words = corpus.ids("train"), corpus.offsets("train"), corpus.vocab.idx_to_token
    sentences = [[words[i] for i in ids[a:b]] for a, b in zip(offsets[:2000], offsets[1:])]
    monkeypatch.setattr(d2l, "read_ptb", lambda: sentences)
    monkeypatch.setattr(d2l, "get_dataloader_workers", lambda: 0)
    random.seed(0)
    data_iter, vocab = d2l.load_data_ptb(BATCH_SIZE, 5, 5)
    return data_iter, vocab


def assert_learned(means: list[float]) -> None:
    assert means[0] < 0.75 and means[-1] < 0.9 * means[0]  # ln 2 = 0.69 for vectors that know nothing


@pytest.mark.parametrize("resample", [True, False])
def test_the_books_loop_on_these_batches(corpus: gs.Corpus, resample: bool) -> None:
    mx.random.seed(0)
    net = two_embeddings(len(corpus.vocab))
    data_iter = gs.SkipGramBatches(corpus, BATCH_SIZE, 5, 5, split="valid", threshold=1e-2, resample=resample)
    assert_learned(train_as_the_book(net, data_iter, mx.cpu()))
    gs.get_similar_tokens("chip" if "chip" in corpus.vocab.token_to_idx else "the", 3, net[0], corpus.vocab)


def test_the_books_loop_on_d2ls_batches(d2ls_batches: tuple[Any, Any]) -> None:
    """Whose ids are float32; `gs.Embedding` takes them, and says what it does not take."""
    mx.random.seed(0)
    data_iter, vocab = d2ls_batches
    net = two_embeddings(len(vocab))
    assert_learned(train_as_the_book(net, data_iter, mx.cpu()))
    center = next(iter(data_iter))[0]
    assert center.dtype == numpy.float32
    with pytest.raises(ValueError, match="ids takes ids in"):
        net[0](center + len(vocab))
    with pytest.raises(TypeError, match="ids takes integer ids"):
        net[0](center + 0.5)


def test_the_same_numbers_as_gluons_own_embedding(corpus: gs.Corpus) -> None:
    """Beside `nn.Embedding`, the book's: the same loop, the same batches, the same losses."""
    means = []
    for kind in (gs.Embedding, nn.Embedding):
        mx.random.seed(0)
        net = nn.Sequential()
        net.add(kind(len(corpus.vocab), WIDTH), kind(len(corpus.vocab), WIDTH))
        data_iter = gs.SkipGramBatches(corpus, BATCH_SIZE, 5, 5, split="valid", threshold=1e-2)
        means.append(train_as_the_book(net, data_iter, mx.cpu()))
    assert means[0] == pytest.approx(means[1], rel=1e-5)


def test_d2ls_batches_train_a_skip_gram(d2ls_batches: tuple[Any, Any]) -> None:
    data_iter, vocab = d2ls_batches
    layer = gs.NegativeSampling(numpy.ones(len(vocab)), WIDTH, 5)
    net = gs.SkipGram(len(vocab), WIDTH, layer)
    history = gs.train(
        net, as_batches(data_iter, EPOCHS, "linear"), EPOCHS, 0.02, schedule="linear", progress="none"
    )
    assert_learned([metrics["loss"] for metrics in history])
    assert history[0]["positions"] == len(data_iter._dataset)
    batch = [np.array(array) for array in next(iter(data_iter))]
    assert net(*batch).shape == (len(batch[0]),)
