# ---
# jupyter:
#   jupytext: {formats: "ipynb,py:percent"}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # The Skip-Gram with Negative Sampling
#
# *Know first:* embeddings and the logistic function; the book's section on word embedding. *Takes* about
# three minutes on two cores with PTB, half a minute with `--smoke`.
#
# A skip-gram learns a vector for each word by asking it to predict the words near it. A softmax over the
# vocabulary would score every word at every step. Negative sampling asks a cheaper question: which of these
# words did occur, and which $K$ were drawn at random?

# %%
import math

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, np, npx
from gluon_softmax.chapter import open_chapter

chapter = open_chapter("negative_sampling", num_epochs=5, smoke_epochs=5)

# %% [markdown]
# ## The Data
#
# `load_corpus` reads the Penn Treebank through d2l (or the corpus that comes with the package) into ids. Id 0
# is `<unk>` and replaces every word that occurs fewer than ten times; the rest follow falling frequency.

# %%
corpus = chapter.load_corpus(min_freq=10)
vocab = corpus.vocab
print(corpus)
print("the most frequent words:", vocab.to_tokens([1, 2, 3, 4, 5]))

# %% [markdown]
# Frequent words say little about their neighbours, so an occurrence of a word with frequency $f$ is kept with
# probability $\min(1, \sqrt{t/f})$, $t = 10^{-4}$. Each word that is left becomes a *centre*: a window size
# is drawn from 1 to 5, and the words within it, in the same sentence, are its *contexts*.
#
# For each context we draw $K = 5$ *noise words*, with probability proportional to $\mathrm{count}^{0.75}$;
# none is a context of the same centre. A centre with $n$ contexts thus has $n + nK$ words to classify. Rows
# are padded to a common length; `mask` is 0 on the padding, and `label` is 1 on the contexts. All of this is
# drawn again for every batch; exercise 3 measures the effect. A batch, and one of its rows as words:

# %%
batch_size, max_window_size, num_noise_words = 512, 5, 5
batches = gs.SkipGramBatches(corpus, batch_size, max_window_size, num_noise_words)
batch = next(iter(batches))
for name, array in zip(batch._fields, batch):
    print(f"{name}: {array.shape}")
row = int(numpy.argmin(batch.mask.sum(axis=1)))
words = numpy.array(vocab.idx_to_token)[batch.contexts_negatives[row]]
print("centre:  ", vocab.idx_to_token[int(batch.center[row, 0])])
print("contexts:", " ".join(words[batch.label[row] == 1]))
print("noise:   ", " ".join(words[(batch.mask[row] == 1) & (batch.label[row] == 0)]))

# %% [markdown]
# ## The Embedding Layer
#
# A word's vector is a row of a table. The layer below holds 20 rows of 4 numbers; given the id $i$ it returns
# row $i$. MXNet's own `nn.Embedding` silently clips an id that is out of range; this one refuses it.

# %%
embed = gs.Embedding(input_dim=20, output_dim=4)
embed.initialize()
try:
    embed(np.array([20], dtype="int32"))
except ValueError as error:
    print(error)
embed(np.array([[1, 2, 3], [4, 5, 6]], dtype="int32")).shape

# %% [markdown]
# ## Minibatch Multiplication
#
# The score of a word $o$ near a centre $c$ is $\mathbf{u}_o^\top \mathbf{v}_c$: each word has two vectors,
# $\mathbf{v}$ as a centre and $\mathbf{u}$ as a context. `batch_dot` multiplies two minibatches matrix by
# matrix: $n$ of shape $a \times b$ with $n$ of shape $b \times c$. `SkipGram` holds the centre vectors, its
# output layer `NegativeSampling` the context vectors, and `score` multiplies them by `batch_dot`: centres
# $(B, 1)$ and words $(B, L)$ give scores $(B, L)$. One of these by hand:

# %%
print("batch_dot:", npx.batch_dot(np.ones((2, 1, 4)), np.ones((2, 4, 6))).shape)
toy = gs.SkipGram(20, 4, gs.NegativeSampling(counts=numpy.arange(20, 0, -1), in_units=4))
toy.initialize()
center = np.array([[1], [2]], dtype="int32")
scores = toy.score(center, np.array([[3, 4, 5], [6, 7, 8]], dtype="int32"))  # (2, 3)
v, u = toy.embed.weight.data()[1].tolist(), toy.output_layer.weight.data()[3].tolist()
by_hand = sum(a * b for a, b in zip(v, u))
print(f"score of word 3 near centre 1: {float(scores[0, 0]):.6f}, by hand {by_hand:.6f}")
assert math.isclose(float(scores[0, 0]), by_hand, abs_tol=1e-6)

# %% [markdown]
# ## The Masked Binary Cross-Entropy
#
# Telling contexts from noise is logistic regression. For a score $x$ and a label $y$ the loss is $-y \log
# \sigma(x) - (1 - y) \log(1 - \sigma(x)) = \log(1 + e^x) - xy$; a row's loss is its mean over the positions
# that the mask keeps, so that padding takes no part. Two rows with the same scores and different labels and
# masks, both padded with what would change the loss, in Gluon and by hand:

# %%
pred = np.array([[1.1, -2.2, 3.3, -4.4, 2.5]] * 2)
label = np.array([[1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]])
mask = np.array([[1.0, 1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0, 0.0]])
loss = gs.masked_bce(pred, label, mask)


def sigmoid(x: float) -> float:
    """Return 1 / (1 + e^-x)."""
    return 1 / (1 + math.exp(-x))


rows = (((1.1, 1), (-2.2, 0), (3.3, 0), (-4.4, 0)), ((1.1, 0), (-2.2, 1)))  # where the mask is 1
for value, row in zip(loss.tolist(), rows):
    by_hand = sum(-math.log(sigmoid(x) if y == 1 else 1 - sigmoid(x)) for x, y in row) / len(row)
    print(f"{value:.4f}, by hand {by_hand:.4f}")
    assert math.isclose(value, by_hand, abs_tol=1e-5)

# %% [markdown]
# ## Training
#
# The net has two tables of `len(vocab)` rows and 100 columns. Called with the four arrays of a batch, it
# gives the masked loss of each centre. One step of `gs.train`, written out:

# %%
embed_size, lr = 100, 0.005


def new_net(sparse_grad: bool = False) -> gs.SkipGram:
    """Return an untrained net."""
    layer = gs.NegativeSampling(corpus.counts, embed_size, num_noise_words, sparse_grad=sparse_grad)
    return gs.SkipGram(len(vocab), embed_size, layer, sparse_grad=sparse_grad)


net = new_net()
print(net)
net.initialize(ctx=chapter.device)
trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": lr})
arrays = [np.array(array, dtype=array.dtype, ctx=chapter.device) for array in batch]
with autograd.record():
    loss = net(*arrays)
loss.backward()
trainer.step(loss.size)
print(f"{loss.shape} losses, mean {float(loss.mean()):.4f}; a score of 0 costs log 2 = {math.log(2):.4f}")

# %% [markdown]
# `gs.train` adds the epochs, the held-out loss on the validation text and the speed: the centres of *this*
# epoch divided by the seconds of *this* epoch's training. Besides the book's four arrays a batch may be plain
# pairs `(center, context)`, which we take for the training run. The output layer then draws the noise itself,
# no row is padded, and any output layer of this package can replace `NegativeSampling`. The loss of a pair is
# the sum of its $1 + K$ terms, so it begins near $6 \log 2$. A small corpus takes smaller batches, to make as
# many steps; the rate falls linearly, as in word2vec.c.

# %%
pairs_batch_size = 4096 if len(corpus.ids("train")) > 500_000 else 1024
pairs = gs.SkipGramPairs(corpus, pairs_batch_size, max_window_size)
valid = gs.SkipGramPairs(corpus, 4096, max_window_size, split="valid", held_out=True)
fit = {"lr": lr, "device": chapter.device, "valid": valid, "schedule": "linear"}
net = new_net()
history = gs.train(net, pairs, chapter.num_epochs, plot=chapter.picture(), **fit)

# %% [markdown]
# ## Applying the Word Embedding
#
# Words that occur in the same contexts have vectors of a similar direction, so of a large cosine.

# %%
for word in ("chip", "bank", "oil"):
    print(f"neighbours of {word}")
    gs.get_similar_tokens(word, 3, net.embed, vocab)

# %% [markdown]
# ## What word2vec.c Really Does
#
# For a score $f = \mathbf{u}^\top\mathbf{v}$ and a label that program computes `g = (label - sigmoid(f)) *
# alpha` and adds `g` times one vector to the other. Readers who miss the factor $\sigma(1 - \sigma)$, the
# derivative of $\sigma$, call the gradient wrong. It is right: what is differentiated is not $\sigma$ but the
# *log-likelihood* $\ell = y \log \sigma(f) + (1 - y) \log(1 - \sigma(f))$, and
#
# $$\frac{d\ell}{df} = y\,\frac{\sigma(1-\sigma)}{\sigma} - (1 - y)\,\frac{\sigma(1-\sigma)}{1-\sigma}
#   = y(1-\sigma) - (1-y)\sigma = y - \sigma(f).$$
#
# The derivative of the logarithm cancels that factor. MXNet agrees; our loss is $-\ell$:

# %%
f = np.array([-4.0, -1.0, 0.0, 0.5, 3.0])
f.attach_grad()
for y in (0.0, 1.0):
    with autograd.record():
        log_likelihood = -gs.masked_bce(f.reshape(-1, 1), np.full((5, 1), y), np.ones((5, 1)))
    log_likelihood.backward()
    g = [y - sigmoid(x) for x in f.tolist()]
    print(f"label {y:.0f}: autograd {f.grad.asnumpy().round(4)}, label - sigmoid {numpy.round(g, 4)}")
    assert numpy.allclose(f.grad.asnumpy(), g, atol=1e-6)

# %% [markdown]
# Three more details of that program have reasons of their own.
#
# *The table.* $\sigma$ is read from a table of 1,000 values over $[-6, 6]$. Its entry $i$ is
# $\sigma(6\,(2i/1000 - 1))$: the $2i/1000 - 1$ only maps the index into $[-1, 1]$ and is no part of the
# gradient. Beyond $\pm 6$ negative sampling takes 0 or 1 for $\sigma$.
#
# *The initial values.* Centre vectors begin uniform in $\pm 0.5/d$, from a linear congruential generator;
# context vectors begin at zero, and still learn, since the first step moves $\mathbf{u}$ by a multiple of
# $\mathbf{v} \ne 0$.

# %%
table = [sigmoid(6 * (2 * i / 1000 - 1)) for i in range(1000)]
points = numpy.linspace(-5.99, 5.99, 2001)
error = max(abs(table[int((x + 6) * (1000 / 6 / 2))] - sigmoid(x)) for x in points)
print(f"largest error of the table inside (-6, 6): {error:.4f}; outside, at most {sigmoid(-6):.4f}")
r, first = 1, []
for _ in range(3):
    r = (r * 25214903917 + 11) % 2**64
    first.append(((r & 0xFFFF) / 65536 - 0.5) / 100)
print("the first values for 100 dimensions:", [round(x, 7) for x in first])

# %% [markdown]
# *The delayed update.* The changes of $\mathbf{v}$ by a centre's target and noise words are summed in a
# buffer and added at the end. All words thus see the same $\mathbf{v}$: the sum of their gradients at one
# point is the gradient of the sum, which is what autograd computes. Added at once, each would alter the next.

# %%
random = numpy.random.default_rng(0)
V0, U0 = random.normal(size=4), random.normal(size=(6, 4))  # a centre, its context and five noise words
labels, alpha = numpy.array([1, 0, 0, 0, 0, 0]), 0.025
held_back, at_once = numpy.zeros(4), V0.copy()
for u, y in zip(U0, labels):
    held_back += alpha * (y - sigmoid(V0 @ u)) * u
    at_once += alpha * (y - sigmoid(at_once @ u)) * u
v = np.array(V0, dtype="float32")
v.attach_grad()
with autograd.record():
    scores = np.dot(np.array(U0, dtype="float32"), v).reshape(1, 6)
    loss = 6 * gs.masked_bce(scores, labels.reshape(1, 6), numpy.ones((1, 6)))
loss.backward()
print("held back, against autograd:", numpy.abs(held_back + alpha * v.grad.asnumpy()).max())
print("at once, against autograd:  ", numpy.abs((at_once - V0) + alpha * v.grad.asnumpy()).max())
assert numpy.allclose(held_back, -alpha * v.grad.asnumpy(), atol=1e-6)

# %% [markdown]
# ## Summary
#
# * Negative sampling replaces a softmax over the vocabulary by $1 + K$ logistic regressions.
# * A mask keeps the padding of a minibatch out of the loss; a row's loss is the mean of the rest.
# * `label - sigmoid` is the gradient of the log-likelihood; word2vec.c does gradient ascent.
#
# ## References
#
# Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space" and "Distributed
# Representations of Words and Phrases and their Compositionality"; the source text of word2vec.c; *Dive into
# Deep Learning*, "Pretraining word2vec".
#
# ## Exercises
#
# 1. Hand in `masked_bce`: `gluon-softmax exercise start WORK masked_bce` copies its starter, `check` says
#    which mistake was made. Or write it into the cell below. It is right when padding changes nothing (20
#    minutes; read "The Masked Binary Cross-Entropy").


# %%
def masked_bce(pred, label, mask):
    """Return the mean loss of each row's real positions: three arrays (B, L) -> (B,)."""
    raise NotImplementedError


gs.check("masked_bce", masked_bce)

# %% [markdown]
# 2. With `sparse_grad=True` the gradient of a table holds only the rows of the batch. Does it train faster?
#    Why does Adam's loss differ a little, while plain SGD's would not? (Absent rows do not move.)

# %%
for sparse_grad in (False, True):
    (epoch,) = gs.train(new_net(sparse_grad), pairs, 1, progress="none", **fit)
    speed = f"{epoch['centers_per_s']:,.0f} centres/s"
    print(f"sparse_grad={sparse_grad}: held-out loss {epoch['valid_loss']:.3f}, {speed}")

# %% [markdown]
# 3. Contexts and noise are drawn when a batch is needed, so the same centre has others in each epoch. The
#    cell draws once. Its training loss is lower and its held-out loss higher: why?

# %%
drawn = gs.SkipGramPairs(corpus, pairs_batch_size, max_window_size, resample=False)
once = gs.train(new_net(), drawn, chapter.num_epochs, progress="none", **fit)
for name, last in (("in each epoch", history[-1]), ("once", once[-1])):
    print(f"drawn {name}: loss {last['loss']:.3f}, held-out loss {last['valid_loss']:.3f}")

# %% [markdown]
# 4. Find synonyms of other words. How often must a word occur? Tune `lr`, `embed_size` and `num_noise_words`.
# 5. Train on the book's four arrays (`gs.SkipGramBatches`). How many centres per second does padding cost?
# 6. `gs.train(net, gs.SkipGramBlocks(corpus), 5, 0.04, "sgd", schedule="linear")` is faster. What is saved?

# %%
chapter.finish(gs.WordVectors(vocab.idx_to_token, net.embed.weight.data()))  # for a map, and what is next
