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
for name, ids in zip(batch._fields, batch):
    print(f"first column of {name}:", " ".join(vocab.idx_to_token[i] for i in ids[:8, 0]))

# %% [markdown]
# ## The Sampler
#
# Words follow Zipf's law, so candidates should too. The log-uniform distribution needs no counts, only ids in
# order of frequency: $P(k) = \ln\frac{k+2}{k+1} / \ln(N+1)$ for $k = 0, \ldots, N-1$. By hand, for five
# words:

# %%
sampler = gs.LogUniformSampler(5)
for k in range(5):
    given, by_hand = float(sampler.prob(k)), math.log((k + 2) / (k + 1)) / math.log(6)
    print(f"P({k}) = {given:.6f}, by hand {by_hand:.6f}")
    assert math.isclose(given, by_hand, rel_tol=1e-9)

# %% [markdown]
# Candidates are drawn until $S$ *different* ones have come. The number of tries gives the expected count of
# each word: $Q(k) = 1 - (1 - P(k))^{\text{tries}}$.

# %%
candidates = sampler.sample(3, unique=True, rng=numpy.random.default_rng(0))
tries = sampler.num_tries
print(f"candidates {candidates} after {tries} tries")
print("expected counts", sampler.expected_count(candidates, tries, True))

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
# until its next call, here to those drawn above. Two positions have the same hidden vector; the target of the
# second is among the candidates.

# %%
layer = gs.SampledSoftmax(5, in_units=2, num_sampled=3)
layer.initialize()
layer.weight.set_data(np.array([[0.1, 0.4], [-0.3, 0.2], [0.5, -0.1], [0.2, 0.2], [-0.4, 0.6]]))
layer.resample(numpy.random.default_rng(0))
hidden, target = np.array([[1.0, -0.5]] * 2), np.array([1, 0], dtype="int32")
with autograd.train_mode():
    loss = layer(hidden, target)
print("loss", loss.shape, loss)

# %% [markdown]
# The same by hand, with Python's own logarithms:

# %%
rows = layer.weight.data().tolist()


def corrected(word: int) -> float:
    """Return the score of a word, lowered by log Q."""
    expected = 1 - (1 - math.log((word + 2) / (word + 1)) / math.log(6)) ** tries
    return rows[word][0] * 1.0 + rows[word][1] * -0.5 - math.log(expected)


for value, t in zip(loss.tolist(), (1, 0)):
    others = {word: math.exp(corrected(word)) for word in candidates.tolist() if word != t}
    by_hand = -corrected(t) + math.log(math.exp(corrected(t)) + sum(others.values()))
    with_hit = math.log(sum(math.exp(corrected(int(w)) - corrected(t)) for w in [t, *candidates]))
    print(f"target {t}: the layer {value:.6f}, by hand {by_hand:.6f}, with a hit in the sum {with_hit:.6f}")
    assert math.isclose(value, by_hand, abs_tol=1e-5)
assert with_hit > by_hand + 0.1

# %% [markdown]
# Outside of training the layer is the full softmax over the same weights: a held-out loss is deterministic,
# and its exponential a perplexity that can be compared with any other model's.

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
# ## Noise-Contrastive Estimation
#
# NCE asks another question of the same candidates. Mix a word of the text, from $p(w \mid \mathbf{h})$, with
# $S$ noise words from $q$, and ask of each word alone: text or noise? With $Q(w) = S q(w)$, by Bayes' rule
#
# $$P(\text{text} \mid w) = \frac{p(w \mid \mathbf{h})}{p(w \mid \mathbf{h}) + Q(w)}
#   = \sigma\bigl(\log p(w \mid \mathbf{h}) - \log Q(w)\bigr).$$
#
# So a logistic regression on $s(w) - \log Z - \log Q(w)$ is best where $s(w) - \log Z = \log p(w \mid
# \mathbf{h})$: it learns a softmax without its sum. $Z$ would be that sum, another one for each $\mathbf{h}$;
# NCE takes a constant, mostly 1, and the scores learn to sum to it. (A wrong constant is made good by the
# bias, slowly.) Without $\log Q$ the loss is that of negative sampling, and $s(w)$ becomes $\log p - \log Q$:
# good for vectors, but no probability. By hand, for two words, two candidates and scores of 0: each word is
# expected once among the noise, so with $Z = 1$ each of the three terms is $\log 2$.

# %%
for log_partition in (0.0, math.log(2)):
    layer = gs.NCE([1, 1], 1, num_sampled=2, log_partition=log_partition, bias_initializer="zeros")
    layer.initialize("zeros")
    with autograd.train_mode():
        value = float(layer(np.ones((1, 1)), np.array([0], dtype="int32"))[0])
    x = 0 - log_partition - math.log(2 * 0.5)
    by_hand = math.log(1 + math.exp(-x)) + 2 * math.log(1 + math.exp(x))
    print(f"log Z = {log_partition:.3f}: the layer {value:.6f}, by hand {by_hand:.6f}")
    assert math.isclose(value, by_hand, abs_tol=1e-5)

# %% [markdown]
# ## The Language Model
#
# A GRU reads the words' rows; the output layer takes its state after each word.

# %%
embed_size = num_hiddens = 32 if chapter.smoke else 200
num_sampled, lr = 200, 0.04 if chapter.smoke else 0.004
fit = {"lr": lr, "device": chapter.device, "valid": valid, "schedule": "linear", "clip_norm": 1.0}


def new_net(sparse_grad: bool = False) -> gs.LanguageModel:
    """Return an untrained net."""
    size, own = len(vocab), {"sparse_grad": sparse_grad}
    layer = gs.SampledSoftmax(size, num_hiddens, num_sampled, counts=corpus.counts, **own)
    return gs.LanguageModel(size, embed_size, num_hiddens, layer, cell="gru", dropout=0.25, **own)


net = new_net()
net.initialize(ctx=chapter.device)

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
after = math.exp(float(net(inputs, targets)[0].mean()))
print(f"perplexity after one step: {after:,.0f}, of {len(vocab):,} words")

# %% [markdown]
# `gs.train` does the same for every batch, carries the state, draws new candidates for each batch, and
# reports the loss on the validation text after each epoch.

# %%
gs.train(net, batches, chapter.num_epochs, plot=chapter.picture(), **fit)
print(f"the loss plot is {chapter.picture()}")
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
# * NCE learns $\log p$ by telling words from noise, with a constant in place of the softmax's sum.
#
# ## References
#
# Bengio and Senécal 2008, "Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic
# Language Model"; Jean et al. 2015, "On Using Very Large Target Vocabulary for Neural Machine Translation";
# Gutmann and Hyvärinen 2010, "Noise-contrastive estimation: A new estimation principle for unnormalized
# statistical models"; Mnih and Teh 2012, "A fast and simple algorithm for training neural probabilistic
# language models".
#
# ## Exercises
#
# 1. Hand in `sampled_loss`: `gluon-softmax exercise start WORK sampled_loss` copies its starter, `check` says
#    which mistake was made. Or write it into the cell below. It is right when it is the full softmax where
#    every word is a candidate once, with $Q = 1$ (30 minutes; read "The Loss").


# %%
def sampled_loss(hidden, target, weight, bias, candidates, expected):
    """Return losses (N,): hidden (N, d), target (N,), weight (V, d), bias (V,), candidates (S,), Q (V,)."""
    raise NotImplementedError


gs.check("sampled_loss", sampled_loss)

# %% [markdown]
# 2. With `sparse_grad=True` a step touches only the rows of its words. The cell measures one epoch each way.
#    From which size of the vocabulary on is it faster?

# %%
for sparse_grad in (False, True):
    (epoch,) = gs.train(new_net(sparse_grad), batches, 1, progress="none", **fit)
    reached = f"perplexity {math.exp(epoch['valid_loss']):.1f} after one epoch"
    print(f"sparse_grad={sparse_grad}: {reached}, {epoch['tokens_per_s']:,.0f} tokens/s")

# %% [markdown]
# 3. Candidates are drawn again for every batch. Drawing costs little, but how much is it worth? The cell
#    keeps them for 50 batches. Why is that so much worse? (Who lowers the scores of all other words?)

# %%
(epoch,) = gs.train(new_net(), batches, 1, resample_every=50, progress="none", **fit)
print(f"drawn every 50 batches: perplexity {math.exp(epoch['valid_loss']):.1f} after one epoch")

# %% [markdown]
# 4. Replace the sampler by `gs.UnigramSampler(corpus.counts, power=0.75)` and by
#    `gs.UniformSampler(len(vocab))`. Which gives the lowest perplexity for the same number of candidates?
# 5. Set `remove_accidental_hits=False`, or `unique=False`. What changes for frequent words?
# 6. Tie the weights: `gs.LanguageModel(..., tie_weights=True)` lets the input words look up in the output
#    layer's table. How many parameters does that save, and what does it do to the perplexity?
