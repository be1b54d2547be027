# ---
# jupyter:
#   jupytext: {formats: "ipynb,py:percent"}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # In-Batch Negatives and the Log Q Correction
#
# *Know first:* the chapter on sampled softmax. *Takes* about ten minutes on two cores with PTB, half a minute
# with `--smoke`.
#
# Sampled softmax draws candidates and looks their rows up. But a batch has words already: the right words of
# all its positions. Let each position tell its own word from those of the others. Nothing is drawn, and no
# other row is read. Recommender systems are trained this way, where the "words" are millions of videos whose
# vectors come out of a network of their own. It takes one correction, and a well-known library had it with
# the wrong sign.

# %%
import math

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import autograd, np
from gluon_softmax.chapter import open_chapter
from gluon_softmax.output_layers.unigram_bias import unigram_bias

chapter = open_chapter("in_batch_negatives", num_epochs=2)

# %% [markdown]
# ## The Data
#
# The batches are those of the language model: $B$ columns of $T$ words, so $N = BT$ positions and $N$ right
# words. As they come from the text, a word is among them as often as it is in the text, on average: its
# probability $Q(w)$ to be drawn is its share of the counts.

# %%
corpus = chapter.load_corpus(min_freq=1, eos=True)
vocab, counts = corpus.vocab, corpus.counts
batch_size, bptt = 32, 20
batches = gs.LanguageModelBatches(corpus, batch_size, bptt, drop_remainder=True)
valid = gs.LanguageModelBatches(corpus, batch_size, bptt, "valid")
targets = next(iter(batches)).targets
found = numpy.bincount(targets.reshape(-1), minlength=len(vocab))
print(f"targets {targets.shape}: {targets.size} positions, {numpy.count_nonzero(found)} different words")
for word in numpy.argsort(-found)[:3]:
    expected = targets.size * counts[word] / counts.sum()
    print(f"{vocab.idx_to_token[word]}: {found[word]} times, expected {expected:.1f}")

# %% [markdown]
# ## The Correction
#
# One matrix product gives the scores of all positions for all right words: $N$ hidden vectors with the rows
# of $N$ words, $(N, d)$ by $(d, N)$. Position $i$ has its own word in column $i$. What does a softmax over
# the columns learn?
#
# Somebody shows us the batch's words $t_1, \dots, t_N$, and the state $\mathbf{h}$ of one position, but not
# which word is its own. The own word was drawn from $p(w \mid \mathbf{h})$, all others from $Q$. So column
# $j$ is the own one with probability in proportion to
#
# $$p(t_j \mid \mathbf{h}) \prod_{k \ne j} Q(t_k) \;\propto\; \frac{p(t_j \mid \mathbf{h})}{Q(t_j)},$$
#
# since the product over all $k$ is the same for every $j$. A softmax over the columns therefore learns
# scores $\log p(w \mid \mathbf{h}) - \log Q(w)$: a word that is a candidate all the time gets a low score.
# Lower the scores by $\log Q$ in training, $s_{ij} = \mathbf{w}_{t_j}^\top\mathbf{h}_i - \log Q(t_j)$, and
# $\mathbf{w}^\top\mathbf{h}$ itself learns $\log p$, up to a constant. That $N$ words are drawn, and not one,
# adds $\log N$ to every $\log Q$, which no softmax notices.
#
# ## The Loss
#
# Position $i$ has the loss $-s_{ii} + \log \sum_j e^{s_{ij}}$. A column $j \ne i$ with the word $t_i$ is an
# *accidental hit*, and is left out of the sum of position $i$. Three words that make up one half, a quarter
# and a quarter of the text, three positions of which two have word 0, and scores that are all 0: then $e^{-
# \log Q}$ is 2 for word 0 and 4 for word 1.

# %%
layer = gs.InBatchSoftmax([50, 25, 25], in_units=2, use_bias=False, weight_initializer="zeros")
layer.initialize()
hidden, target = np.array([[1.0, -0.5], [0.3, 0.8], [-0.2, 0.4]]), np.array([0, 1, 0], dtype="int32")
with autograd.train_mode():
    loss = layer(hidden, target)
print(layer)
print("loss", loss.shape, loss)
# The columns are words 0, 1 and 0: position 0 has 2 against 4, position 1 has 4 against 2 and 2.
by_hand = [math.log((2 + 4) / 2), math.log((2 + 4 + 2) / 4), math.log((2 + 4) / 2)]
print("by hand", [round(value, 6) for value in by_hand])
assert numpy.allclose(loss.asnumpy(), by_hand, atol=1e-5)

# %% [markdown]
# With other weights, by whole matrices: that is the formula of TensorFlow Recommenders, where the labels are
# the identity matrix and a hit is moved out of the way by a large negative number.

# %%
rows = np.array([[0.1, 0.4], [-0.3, 0.2], [0.5, -0.1]])
layer.weight.set_data(rows)
with autograd.train_mode():
    loss = layer(hidden, target).asnumpy()
q, ids, labels = numpy.array([0.5, 0.25, 0.25]), target.asnumpy(), numpy.eye(3)
scores = hidden.asnumpy() @ rows.asnumpy()[ids].T - numpy.log(q[ids])  # (N, N)
hits = (ids[:, None] == ids) - labels
for name, logits in (("hits left out", scores - 1e30 * hits), ("hits kept", scores)):
    by_matrices = numpy.log(numpy.exp(logits).sum(axis=1)) - numpy.diagonal(scores)
    print(f"{name}: {numpy.round(by_matrices, 6)}, the layer {numpy.round(loss, 6)}")
    assert numpy.allclose(by_matrices, loss, atol=1e-5) == (name == "hits left out")

# %% [markdown]
# Outside of training the layer is the full softmax over the same weights, without $Q$.

# %%
print(f"loss {float(layer(hidden, target)[1]):.6f}, -log_prob {-float(layer.log_prob(hidden)[1, 1]):.6f}")

# %% [markdown]
# ## A Sign That Was Wrong
#
# In January 2021 a user read in the code of TensorFlow Recommenders that the correction *added* $\log Q$
# (issue 219 of that project). It was mended three days later, but not in the released package. In April
# another user reported the same (issue 278), and others had found a way around it: pass $1/Q$ in place of $Q$
# (issue 257, with figures on MovieLens in which the wrong sign does worse than no correction). Whoever kept
# that after an update had the wrong sign again.
#
# Nothing fails when the sign is wrong: no error, and the training loss falls. So we make the mistake on
# purpose, by the reciprocals of the counts. The same net with $\log Q$ subtracted, left out, and added:

# %%
num_hiddens, lr = (32, 0.04) if chapter.smoke else (200, 0.004)
reciprocals = numpy.where(counts > 0, 1 / numpy.maximum(counts, 1), 0)
layers = {
    "subtracted": gs.InBatchSoftmax(counts, num_hiddens),
    "left out": gs.InBatchSoftmax(counts, num_hiddens, subtract_log_q=False),
    "added": gs.InBatchSoftmax(reciprocals, num_hiddens, bias_initializer=unigram_bias(counts, column=True)),
}


def train(layer: gs.InBatchSoftmax, batches: gs.LanguageModelBatches, **shown: object) -> tuple:
    """Return a net that was trained under the layer, and its last epoch."""
    net = gs.LanguageModel(len(vocab), num_hiddens, num_hiddens, layer, cell="gru", dropout=0.25)
    *_, last = gs.train(
        net, batches, chapter.num_epochs, lr, "adam", chapter.device,
        valid=valid, schedule="linear", clip_norm=1.0, **{"progress": "none", **shown},
    )  # fmt: skip
    return net, last


for name, layer in layers.items():
    shown = {"progress": "auto", "plot": chapter.picture()} if name == "subtracted" else {}
    net, last = train(layer, batches, **shown)
    print(f"log Q {name}: training loss {last['loss']:.2f}, perplexity {math.exp(last['valid_loss']):,.1f}")
    print("  it writes:", " ".join(gs.generate(net, vocab, num_words=12, temperature=0.7, seed=0)))
print(f"the loss plot of the first is {chapter.picture()}")

# %% [markdown]
# The training losses cannot be compared, since each is that of another question. The perplexity can, and so
# can the text. Without the correction frequent words have lost $\log Q$ in score and rare ones win; with the
# wrong sign they have lost it twice. A test of the sign needs no training: as $Q$ is below 1, every score
# must *rise*. Recommenders has such a test now.
#
# ## Hits: Leave Them Out, or Keep Them?
#
# A frequent word is the target of many positions, and we left all its copies out but one. Is that right? Let
# $c_w$ be the number of columns with the word $w$. By the argument above the own *word* is $w$ with a
# probability in proportion to $c_w\, p(w \mid \mathbf{h}) / Q(w)$, so that
#
# $$-\log \frac{c_t\, e^{s_t}}{\sum_w c_w\, e^{s_w}} = -\log c_t - s_t + \log \sum_j e^{s_j}$$
#
# with a sum over *all* columns, hits included, and a constant, $\log c_t$. So where the candidates are drawn
# with repeats, the gradient with all copies kept is the right one, and leaving them out takes away weight
# that a frequent word ought to have. Where $N Q(w)$ is small for all words, as in a catalogue of millions of
# videos, hits are rare and it makes little difference. (Sampled softmax draws each candidate once, and
# there hits must go.) In our text it can be measured; on PTB the perplexity is 121 in place of 128:

# %%
kept = gs.InBatchSoftmax(counts, num_hiddens, remove_accidental_hits=False)
net, last = train(kept, batches)
print(f"hits kept: training loss {last['loss']:.2f}, perplexity {math.exp(last['valid_loss']):.1f}")
test = gs.LanguageModelBatches(corpus, batch_size, bptt, "test")
print(f"perplexity of the test text: {gs.perplexity(net, test, chapter.device):.1f}")

# %% [markdown]
# Leaving out can go wrong, too. Keras Recommenders once added the *smallest* float to hits, $10^{-40}$, where
# the *lowest* was meant, $-10^{36}$: nothing was left out, and its test compared with the score plus
# $10^{-40}$, which is the score (pull request 206 of keras-rs). And TensorFlow Recommenders came to clip $Q$
# at $10^{-6}$, so that its logarithm is finite; in a large catalogue many items are rarer than that (issue
# 588 reports worse results). This layer refuses a target that was never counted instead:

# %%
try:
    with autograd.train_mode():
        gs.InBatchSoftmax([50, 50, 0], in_units=2)(hidden, [0, 1, 2])
except ValueError as error:
    print(error)

# %% [markdown]
# ## Summary
#
# * The right words of a batch are candidates for each other: one matrix product, nothing drawn.
# * They are drawn in proportion to their frequency $Q$. Scores lowered by $\log Q$ learn $\log p$; without it
#   they learn $\log p - \log Q$, and with the wrong sign $\log p - 2 \log Q$.
# * Hits are left out, or all copies kept. The second is exact, and better where frequent words fill the
#   batch.
#
# ## References
#
# Yi et al. 2019, "Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations"; Bengio and
# Senécal 2008, "Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic Language
# Model"; Jean et al. 2015, "On Using Very Large Target Vocabulary for Neural Machine Translation".
#
# ## Exercises
#
# 1. Hand in `in_batch_loss`. `gluon-softmax exercise start WORK in_batch_loss` copies the starter into a
#    folder, `check` says which mistake was made, and `hint` helps; or write it into the cell below. It is
#    right when a column that repeats a row's own target changes nothing for that row (30 minutes; read "The
#    Loss").


# %%
def in_batch_loss(scores, target, counts):
    """Return the loss of each row: scores (N, N), target (N,), counts (V,) -> (N,)."""
    raise NotImplementedError


gs.check("in_batch_loss", in_batch_loss)

# %% [markdown]
# 2. The candidates are as many as the positions. The cell trains with half of them, as above otherwise; the
#    smaller batches make twice as many steps. Change `lr` too: is it the steps or the candidates?

# %%
half = gs.LanguageModelBatches(corpus, batch_size // 2, bptt, drop_remainder=True)
net, last = train(gs.InBatchSoftmax(counts, num_hiddens), half)
print(f"{batch_size * bptt // 2} candidates: perplexity {math.exp(last['valid_loss']):.1f}")

# %% [markdown]
# 3. A skip-gram's contexts are subsampled: frequent words are dropped before windows are cut. Which counts
#    does `gs.InBatchSoftmax` need then? Count the contexts of `gs.SkipGramPairs(corpus)` and train with these
#    and with `corpus.counts`. Which neighbours are better, and which held-out loss is lower?
# 4. Set `sparse_grad=True`. Which rows have a gradient, and how many are there beside the 200 candidates of
#    sampled softmax?
# 5. Estimate $Q$ while training: keep for each word the steps since it was last in a batch, and a moving mean
#    of them (Yi et al., algorithm 2). After how many batches is it within a tenth of `counts` for `the`?
