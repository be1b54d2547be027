# ---
# jupyter:
#   jupytext: {formats: "ipynb,py:percent"}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Adaptive Softmax
#
# *Know first:* the softmax and cross-entropy, and the chapter on negative sampling. *Takes* about twenty
# minutes on two cores with PTB, half a minute with `--smoke`.
#
# A few words make up most of a text. The adaptive softmax scores these frequent words at every position, and
# the rare ones, most of the vocabulary, only where one of them is the target. Unlike sampling it is a softmax
# of its own, with exact probabilities; its work is a few large matrix products, which processors do fast.

# %%
import math

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import autograd, mx, np
from gluon_softmax.chapter import open_chapter, step_seconds
from gluon_softmax.output_layers.base import OutputLayer

chapter = open_chapter("adaptive_softmax", num_epochs=3)

# %% [markdown]
# ## Few Words, Most of the Text
#
# Ids follow falling frequency; only id 0, `<unk>`, is exempt. So the first $k$ ids are the $k$ most frequent
# words, and their share of the text is a cumulative sum of the counts.

# %%
corpus = chapter.load_corpus(min_freq=1, eos=True)
counts, vocab_size = corpus.counts, len(corpus.vocab)
share = numpy.cumsum(counts) / counts.sum()
print(corpus)
for percent in (1, 5, 20, 50):
    k = max(1, vocab_size * percent // 100)
    print(f"the first {k:6,} words, {percent:2}% of the vocabulary, are {share[k - 1]:.1%} of the text")

# %% [markdown]
# ## Two Softmaxes
#
# Cut the ids at $c_0 < c_1 < \dots$ The words below $c_0$ are the *head*; those from $c_i$ on are *tail* $i$.
# The head's softmax is over its own words and one *slot* per tail, $J$ of them; a tail's softmax is over the
# tail's words:
#
# $$p(w \mid \mathbf{h}) = \begin{cases}
#   \mathrm{softmax}(\mathbf{W}\mathbf{h})_w & w < c_0 \\
#   \mathrm{softmax}(\mathbf{W}\mathbf{h})_{c_0 + i}\;
#   \mathrm{softmax}(\mathbf{T}_i \mathbf{P}_i \mathbf{h})_{w - c_i} & w \text{ in tail } i.
# \end{cases}$$
#
# The second line is $p(\text{tail } i)\, p(w \mid \text{tail } i)$, so all words together have probability 1.
# Rare words occur too seldom to train long vectors, so $\mathbf{P}_i$ first maps $\mathbf{h}$ from $d$ to $d
# / \mathrm{div\_value}^{i+1}$ numbers. With 20 words, cut at 5, 10 and 15:

# %%
toy = gs.AdaptiveSoftmax(vocab_size=20, in_units=16, cutoffs=[5, 10, 15], div_value=2)
toy.initialize(mx.init.Normal(0.5))
for name, parameter in toy.collect_params().items():
    print(f"{name.split('_', 1)[1]}: {parameter.shape}")

# %% [markdown]
# Each position has its own target and a loss in nats, of two terms outside the head.

# %%
hidden = np.random.normal(size=(3, 16))
target = np.array([4, 7, 19], dtype="int32")
loss = toy(hidden, target)
print("loss", loss.shape, "log_prob sums", np.exp(toy.log_prob(hidden)).sum(axis=1))

# %% [markdown]
# By hand: word 7 is the third word of tail 0, whose slot follows the five words of the head.


# %%
def product(matrix: list, vector: list) -> list:
    """Return the matrix times the vector."""
    return [sum(a * b for a, b in zip(row, vector)) for row in matrix]


def log_softmax(scores: list, place: int) -> float:
    """Return the log-probability of one place."""
    return scores[place] - math.log(sum(math.exp(score) for score in scores))


h = hidden[1].tolist()
slot = log_softmax(product(toy.head_weight.data().tolist(), h), 5 + 0)
narrow = product(toy.tail0_projection.data().tolist(), h)  # 16 -> 8 numbers
word = log_softmax(product(toy.tail0_weight.data().tolist(), narrow), 7 - 5)
print(f"loss of word 7: {float(loss[1]):.6f}, by hand {-slot:.6f} + {-word:.6f} = {-slot - word:.6f}")
assert math.isclose(float(loss[1]), -slot - word, rel_tol=1e-4)

# %% [markdown]
# `predict` gives the likeliest word. A word of a tail cannot be likelier than its tail's slot, so a tail is
# scored only where its slot beats the best word found so far.

# %%
print("predict:", toy.predict(hidden), "argmax:", toy.log_prob(hidden).argmax(axis=1))

# %% [markdown]
# ## Where to Cut
#
# The cost is in scores per position. Every position is scored against the head, with its $c_0$ words and $J$
# slots; against tail $i$, of $k_i$ words, only the share $p_i$ of the text that its words are. With $a$ for
# the cost of a score of a narrow tail relative to one of the head,
#
# $$\mathrm{cost} = c_0 + J + \sum_i a\, p_i\, k_i.$$
#
# A larger head makes every position dearer; a smaller one leaves frequent words to the tails. Dynamic
# programming finds the best cuts: the cheapest way to cut the first $m$ words into $i$ parts is that of the
# first $n < m$ into $i - 1$ parts, plus the part from $n$ to $m$, for the best $n$.

# %%
for num_clusters in (2, 3, 4):
    cutoffs = gs.optimal_cutoffs(counts, num_clusters)
    tails = zip(cutoffs, [*cutoffs[1:], vocab_size])  # where each begins and ends
    cost = cutoffs[0] + len(cutoffs)
    cost += sum(0.5 * (end - begin) * (share[end - 1] - share[begin - 1]) for begin, end in tails)
    print(f"{num_clusters} clusters, cut at {cutoffs}: {cost:,.0f} scores instead of {vocab_size:,}")

# %% [markdown]
# By hand on ten words, trying all cuts:

# %%
p = [0.4, 0.2, 0.1, 0.1, 0.05, 0.05, 0.04, 0.03, 0.02, 0.01]
costs = {c: c + 1 + 0.5 * sum(p[c:]) * (10 - c) for c in range(1, 10)}
best = min(costs, key=costs.__getitem__)
print("best by hand:", [best], "optimal_cutoffs:", gs.optimal_cutoffs(p, 2), "cost:", round(costs[best], 2))
assert [best] == gs.optimal_cutoffs(p, 2)

# %% [markdown]
# The cost model ignores quality. A word in a tail has a shorter vector, and its tail's slot is learned from
# all words of the tail together; a cheap cut may still cost perplexity.
#
# ## Training a Language Model
#
# Any output layer fits any model. Here it is a recurrent language model, once with the full softmax, once
# with the adaptive one. Both have exact probabilities, so their perplexities can be compared. (The vocabulary
# of `--smoke`, 1,684 words, is too small for the adaptive softmax to be the faster one.)

# %%
num_hiddens, batch_size, bptt, lr = (32, 32, 20, 0.03) if chapter.smoke else (200, 32, 20, 0.002)
batches = gs.LanguageModelBatches(corpus, batch_size, bptt, drop_remainder=True)
valid = gs.LanguageModelBatches(corpus, batch_size, bptt, "valid")
cutoffs = gs.optimal_cutoffs(counts, 3)
layers = {
    "full": gs.FullSoftmax(vocab_size, num_hiddens),
    "adaptive": gs.AdaptiveSoftmax(vocab_size, num_hiddens, cutoffs, counts=counts),
}
for name, layer in layers.items():
    net = gs.LanguageModel(vocab_size, num_hiddens, num_hiddens, layer, cell="gru", dropout=0.25)
    fit = {"device": chapter.device, "valid": valid, "schedule": "linear"}
    *_, last = gs.train(net, batches, chapter.num_epochs, lr, plot=chapter.picture(name), **fit)
    print(f"{name}: valid perplexity {math.exp(last['valid_loss']):.1f}, {last['train_s']:.1f} s per epoch")

# %% [markdown]
# And a skip-gram, whose hidden vector is the centre word's row:

# %%
words = chapter.load_corpus(min_freq=10)
word_cuts, pairs_batch_size = gs.optimal_cutoffs(words.counts, 3), 1024 if chapter.smoke else 4096
held_out = gs.SkipGramPairs(words, 4096, split="valid", held_out=True)


def train_skip_gram(resample: bool) -> tuple:
    """Return a net that was trained for three epochs, and the last of them."""
    layer = gs.AdaptiveSoftmax(len(words.vocab), 100, word_cuts, counts=words.counts)
    net = gs.SkipGram(len(words.vocab), 100, layer)
    pairs = gs.SkipGramPairs(words, pairs_batch_size, resample=resample)
    *_, last = gs.train(net, pairs, 3, 0.005, device=chapter.device, valid=held_out, progress="none")
    print(f"resample={resample}: loss {last['loss']:.3f}, held-out loss {last['valid_loss']:.3f}")
    return net, last


net, last = train_skip_gram(resample=True)
print(f"{net.output_layer}: {last['pairs_per_s']:,.0f} pairs/s")
gs.get_similar_tokens("chip", 3, net.embed, words.vocab)

# %% [markdown]
# ## Where the Time Goes
#
# A step is forward and backward over 2,240 positions with targets that follow Zipf's law. For each size of
# the vocabulary: the full softmax, the adaptive one, and the adaptive one with targets in the head alone,
# which is the cost of its head. The difference between the last two is the cost of the tails.


# %%
def step_ms(layer: OutputLayer, target: numpy.ndarray) -> float:
    """Return the milliseconds of the fastest of three steps."""
    layer.initialize()
    hidden = np.random.normal(size=(target.size, layer.in_units))
    hidden.attach_grad()

    def step(_: int) -> None:
        with autograd.record():
            loss = layer(hidden, target)
        loss.backward()

    return 1000 * min(step_seconds(step, num_steps=3))


# %%
sizes = (1_000, 20_000) if chapter.smoke else (1_000, 10_000, 100_000)
positions, width = (256, 64) if chapter.smoke else (2240, 200)
random, table = numpy.random.default_rng(0), []
for size in sizes:
    zipf = 1 / numpy.arange(2, size + 2)
    cuts = gs.optimal_cutoffs(zipf, 3)
    target = random.choice(size, positions, p=zipf / zipf.sum())
    times = (
        step_ms(gs.FullSoftmax(size, width), target),
        step_ms(gs.AdaptiveSoftmax(size, width, cuts), target),
        step_ms(gs.AdaptiveSoftmax(size, width, cuts), target % cuts[0]),
    )
    table.append(times)
    row = "full {:.1f} ms, adaptive {:.1f}, its head {:.1f}".format(*times)
    print(f"{size:8,} words, cut at {cuts}: {row}")

# %%
labels = ("full", "adaptive", "adaptive, its head")
lines = {label: (sizes, column) for label, column in zip(labels, zip(*table))}
print(chapter.draw("time", lines, "words in the vocabulary", "milliseconds per step", xscale="log"))

# %% [markdown]
# ## Summary
#
# * The adaptive softmax is a softmax over frequent words and slots, then a narrow one within the slot's
#   cluster: exact probabilities, at a cost that depends on the text more than on the vocabulary.
# * The cutoffs are a compromise between a head that every position is scored against and tails that are
#   scored too often; dynamic programming finds the cheapest.
#
# ## References
#
# Grave et al. 2017, "Efficient softmax approximation for GPUs"; Baevski and Auli 2019, "Adaptive Input
# Representations for Neural Language Modeling"; Goodman 2001, "Classes for fast maximum entropy training".
#
# ## Exercises
#
# 1. Hand in `adaptive_loss`: `gluon-softmax exercise start WORK adaptive_loss` copies its starter, `check`
#    says which mistake was made. Or write it into the cell below. It is right when $e^{-\ell}$ over all words
#    as targets sums to one (35 minutes; read "Two Softmaxes").


# %%
def adaptive_loss(hidden, target, head_weight, tails, cutoffs):
    """Return losses (N,): hidden (N, d), target (N,), the head's rows, (projection, weight) of each tail."""
    raise NotImplementedError


gs.check("adaptive_loss", adaptive_loss)

# %% [markdown]
# 2. The input has the same problem: a long row for every rare word. `AdaptiveEmbedding` narrows its rows in
#    the same clusters. The cell measures a step, also with `sparse_grad=True`. Why does an adaptive
#    *softmax* refuse that? (Which rows does the gradient of a softmax touch?)

# %%
size = 4_000 if chapter.smoke else 100_000
zipf = 1 / numpy.arange(2, size + 2)
ids = np.array(random.choice(size, positions, p=zipf / zipf.sum()), dtype="int32")
cuts = gs.optimal_cutoffs(zipf, 3)
embeddings = {
    "Embedding": gs.Embedding(size, width),
    "Embedding, sparse_grad": gs.Embedding(size, width, sparse_grad=True),
    "AdaptiveEmbedding": gs.AdaptiveEmbedding(size, width, cuts),
    "AdaptiveEmbedding, sparse_grad": gs.AdaptiveEmbedding(size, width, cuts, sparse_grad=True),
}


def step(_: int) -> None:
    """Take one step of the current `embed` and `trainer`."""
    with autograd.record():
        rows = embed(ids)
    rows.backward()
    trainer.step(positions)


for name, embed in embeddings.items():
    embed.initialize()
    trainer = mx.gluon.Trainer(embed.collect_params(), "adam", {"learning_rate": 0.01})
    milliseconds = 1000 * min(step_seconds(step, num_steps=3))
    numbers = sum(parameter.data().size for parameter in embed.collect_params().values())
    print(f"{name}: {numbers / 1e6:.2f} million numbers, {milliseconds:.1f} ms per step")

# %% [markdown]
# 3. Skip-gram pairs are drawn anew in every epoch, as above. An adaptive softmax draws no noise, so only the
#    windows differ. The cell draws them once: is the difference smaller than with negative sampling?

# %%
_ = train_skip_gram(resample=False)

# %% [markdown]
# 4. Train the language model with `div_value=1`, where tails are as wide as the head. And with
#    `label_smoothing=0.1`, which needs every word's probability. How do perplexity and seconds change?
