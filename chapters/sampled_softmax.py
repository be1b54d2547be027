# ---
# jupyter:
#   jupytext: {formats: "ipynb,py:percent"}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Sampled Softmax
#
# *Know first:* the softmax and cross-entropy, recurrent networks, and the chapter on negative sampling.
# *Takes* about twelve minutes on two cores with PTB, half a minute with `--smoke`.
#
# A language model predicts the next word from all words before. Its last layer scores every word of the
# vocabulary at every position, and that layer soon costs more than the network below it. Sampled softmax
# scores the right word and a few *candidates* instead, and corrects each score for how likely it was to be
# sampled, so that what is learned is still the softmax.

# %%
import math
import time

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, np
from gluon_softmax.chapter import open_chapter

chapter = open_chapter("sampled_softmax", num_epochs=5)

# %% [markdown]
# ## The Data
#
# A language model needs every word and the end of each sentence: `min_freq=1` keeps all types, `eos=True`
# closes each sentence with `<eos>`. Ids follow falling frequency, which the sampler below relies on.

# %%
corpus = chapter.load_corpus(min_freq=1, eos=True)
vocab = corpus.vocab
print(corpus)

# %% [markdown]
# The text is cut into $B$ columns that are read in parallel, $T$ words of each per batch. The network's state
# after one batch is its initial state in the next, but gradients stop there.

# %%
batch_size, bptt = 32, 20
batches = gs.LanguageModelBatches(corpus, batch_size, bptt, drop_remainder=True)
valid = gs.LanguageModelBatches(corpus, batch_size, bptt, "valid")
batch = next(iter(batches))
print(f"inputs {batch.inputs.shape}, targets {batch.targets.shape}")
print("first column:", " ".join(vocab.idx_to_token[i] for i in batch.inputs[:8, 0]))
print("its targets: ", " ".join(vocab.idx_to_token[i] for i in batch.targets[:8, 0]))

# %% [markdown]
# ## The Sampler
#
# Words follow Zipf's law, so candidates should too. The log-uniform distribution needs no counts, only ids in
# order of frequency: $P(k) = \ln\frac{k+2}{k+1} / \ln(N+1)$ for $k = 0, \ldots, N-1$. By hand, for five
# words:

# %%
sampler = gs.LogUniformSampler(5)
for k in range(5):
    by_hand = math.log((k + 2) / (k + 1)) / math.log(6)
    print(f"P({k}) = {float(sampler.prob(k)):.6f}, by hand {by_hand:.6f}")
    assert math.isclose(float(sampler.prob(k)), by_hand, rel_tol=1e-9)

# %% [markdown]
# Candidates are drawn until $S$ *different* ones have come. The number of tries gives the expected count of
# each word: $Q(k) = 1 - (1 - P(k))^{\text{tries}}$.

# %%
candidates = sampler.sample(3, unique=True, rng=numpy.random.default_rng(0))
tries = sampler.num_tries
print(
    f"candidates {candidates} after {tries} tries, expected counts",
    sampler.expected_count(candidates, tries, True),
)

# %% [markdown]
# ## The Loss
#
# Let $s(w) = \mathbf{w}^\top\mathbf{h} + b_w$ be the score of a word, and $t$ the right one. The full softmax
# has the loss $-s(t) + \log\sum_w e^{s(w)}$. Sampled softmax takes the sum over $t$ and the candidates only,
# with each score lowered by $\log Q(w)$: a word that is rarely sampled represents the many that were not
# sampled, so it weighs more. A candidate that happens to be $t$ is left out of the sum, or it would be
# counted twice.
#
# A layer for five words, three candidates and hidden vectors of two numbers; `resample` fixes the candidates
# until its next call, here to those drawn above.

# %%
layer = gs.SampledSoftmax(vocab_size=5, in_units=2, num_sampled=3)
layer.initialize()
layer.weight.set_data(np.array([[0.1, 0.4], [-0.3, 0.2], [0.5, -0.1], [0.2, 0.2], [-0.4, 0.6]]))
layer.resample(numpy.random.default_rng(0))
hidden, target = np.array([[1.0, -0.5]]), np.array([1], dtype="int32")
with autograd.train_mode():
    loss = layer(hidden, target)
loss

# %% [markdown]
# The same by hand, with Python's own logarithms:

# %%
rows = layer.weight.data().tolist()


def corrected(word: int) -> float:
    """Return the score of a word, lowered by log Q."""
    probability = math.log((word + 2) / (word + 1)) / math.log(6)
    expected = 1 - (1 - probability) ** tries
    return rows[word][0] * 1.0 + rows[word][1] * -0.5 - math.log(expected)


right = corrected(1)
others = [corrected(int(word)) for word in candidates if word != 1]
by_hand = -right + math.log(math.exp(right) + sum(map(math.exp, others)))
print(f"the layer {float(loss[0]):.6f}, by hand {by_hand:.6f}")
assert math.isclose(float(loss[0]), by_hand, abs_tol=1e-5)

# %% [markdown]
# Outside of training the same layer is the full softmax over the same weights. So a held-out loss is
# deterministic, and its exponential is a perplexity that can be compared with any other model's.

# %%
print(f"loss {float(layer(hidden, target)[0]):.6f}, -log_prob {-float(layer.log_prob(hidden)[0, 1]):.6f}")

# %% [markdown]
# The estimate is biased, since the logarithm of a mean is not the mean of logarithms; more candidates reduce
# the bias. The gradient for 16 positions, beside that of the full softmax, for a vocabulary of 1,000:

# %%
generator = numpy.random.default_rng(1)
big_hidden = np.array(generator.normal(size=(16, 20)), dtype="float32")
big_target = np.array(generator.integers(1000, size=16), dtype="int32")


def gradient(num_sampled: int, draws: int) -> numpy.ndarray:
    """Return the mean gradient of the hidden vectors over `draws`; 1,000 of 1,000 is the full softmax."""
    sampled = gs.SampledSoftmax(1000, 20, num_sampled, sampler=gs.UniformSampler(1000))
    numpy.random.seed(0)
    sampled.initialize()
    sampled.weight.set_data(
        np.array(numpy.random.default_rng(2).normal(size=(1000, 20)) * 0.5, dtype="float32")
    )
    total = 0.0
    for _ in range(draws):
        big_hidden.attach_grad()
        with autograd.record():
            loss = sampled(big_hidden, big_target)
        loss.backward()
        total += big_hidden.grad.asnumpy() / draws
    return total


full = gradient(1000, 1)
for num_sampled in (10, 50, 200, 500):
    error = numpy.linalg.norm(gradient(num_sampled, 100) - full) / numpy.linalg.norm(full)
    print(f"{num_sampled:4d} candidates: the mean of 100 gradients is off by {error:.1%}")

# %% [markdown]
# ## The Language Model
#
# A GRU reads the words' rows; the output layer takes its state after each word. Dropout reduces overfitting.

# %%
embed_size = num_hiddens = 32 if chapter.smoke else 200
num_sampled, lr = 200, 0.01 if chapter.smoke else 0.004


def new_net(sparse_grad: bool = False) -> gs.LanguageModel:
    """Return an untrained net."""
    layer = gs.SampledSoftmax(
        len(vocab), num_hiddens, num_sampled, counts=corpus.counts, sparse_grad=sparse_grad
    )
    return gs.LanguageModel(
        len(vocab), embed_size, num_hiddens, layer, cell="gru", dropout=0.25, sparse_grad=sparse_grad
    )


net = new_net()
net.initialize(ctx=chapter.device)
net

# %% [markdown]
# One step by hand, with a `gluon.Trainer`: the net takes ids and a state, and returns losses and a state.

# %%
trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": lr})
inputs, targets = (np.array(ids, dtype="int32", ctx=chapter.device) for ids in batch)
with autograd.record():
    loss, state = net(inputs, targets, net.begin_state(batch_size, chapter.device))
loss.backward()
trainer.step(loss.size)
print(f"loss {loss.shape}, state {[array.shape for array in state]}")
perplexity = math.exp(float(net(inputs, targets)[0].mean()))
print(f"perplexity after one step: {perplexity:,.0f}, of {len(vocab):,} words")

# %% [markdown]
# `gs.train` does the same for every batch, carries the state, draws new candidates for each batch, and
# reports the loss on the validation text after each epoch.

# %%
plot = chapter.picture()
start = time.perf_counter()
history = gs.train(
    net, batches, chapter.num_epochs, lr, "adam", chapter.device,
    valid=valid, schedule="linear", clip_norm=1.0, plot=plot,
)  # fmt: skip
print(f"{time.perf_counter() - start:.0f} s; the loss plot is {plot}")
test = gs.LanguageModelBatches(corpus, batch_size, bptt, "test")
print(f"perplexity of the test text: {gs.perplexity(net, test, chapter.device):.1f}")

# %% [markdown]
# ## Generating Text
#
# Draw a word, give it to the model as its next input, and repeat. A temperature below 1 prefers likely words.

# %%
for temperature in (0.7, 1.0):
    words = gs.generate(net, vocab, num_words=60, temperature=temperature, seed=0)
    print(f"temperature {temperature}:", " ".join(words), "\n")

# %% [markdown]
# ## Summary
#
# * Sampled softmax trains on the right word and a few candidates, with scores lowered by $\log Q$, so that
#   its gradient tends to that of the full softmax.
# * Candidates that equal the target are left out, and evaluation is the full softmax over the same weights.
# * The log-uniform sampler needs no counts, but ids in order of falling frequency.
#
# ## Exercises
#
# 1. With `sparse_grad=True` a step touches only the rows of its words. The cell measures one epoch each way.
#    From which size of the vocabulary on is it faster?

# %%
for sparse_grad in (False, True):
    (epoch,) = gs.train(
        new_net(sparse_grad), batches, 1, lr, "adam", chapter.device,
        valid=valid, clip_norm=1.0, progress="none",
    )  # fmt: skip
    perplexity, speed = math.exp(epoch["valid_loss"]), epoch["tokens_per_s"]
    print(f"sparse_grad={sparse_grad}: perplexity {perplexity:.1f} after one epoch, {speed:,.0f} tokens/s")

# %% [markdown]
# 2. Candidates are drawn again for every batch. Drawing costs little, but how much is it worth? The cell
#    keeps them for 1 and for 50 batches. Why is the second so much worse? (Who lowers the scores of all other
#    words?)

# %%
for resample_every in (1, 50):
    epochs = gs.train(
        new_net(), batches, 1, lr, "adam", chapter.device,
        valid=valid, clip_norm=1.0, resample_every=resample_every, progress="none",
    )  # fmt: skip
    perplexity = math.exp(epochs[-1]["valid_loss"])
    print(f"drawn every {resample_every} batches: perplexity {perplexity:.1f} after one epoch")

# %% [markdown]
# 3. Replace the sampler by `gs.UnigramSampler(corpus.counts, power=0.75)` and by
#    `gs.UniformSampler(len(vocab))`. Which gives the lowest perplexity for the same number of candidates?
# 4. Set `remove_accidental_hits=False`, or `unique=False`. What changes for frequent words?
# 5. Tie the weights: `gs.LanguageModel(..., tie_weights=True)` lets the input words look up in the output
#    layer's table. How many parameters does that save, and what does it do to the perplexity?
