# ---
# jupyter:
#   jupytext: {formats: "ipynb,py:percent"}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Hierarchical Softmax
#
# *Know first:* the skip-gram, as in the chapter on negative sampling, and binary trees. *Takes* about five
# minutes on two cores with PTB, half a minute with `--smoke`.
#
# A softmax over $V$ words compares the right word with all others. In hierarchical softmax the words are the
# leaves of a binary tree, and the model predicts the turn at each inner node on the path to the word. A word
# costs one logistic regression per turn, about $\log_2 V$ in place of $V$ scores, and its probability is
# exact: nothing is sampled.

# %%
import math
import time

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, np
from gluon_softmax.chapter import open_chapter, show_picture
from gluon_softmax.vocabulary.tree_drawing import draw_tree, tree_to_dot

chapter = open_chapter("hierarchical_softmax", num_epochs=5, smoke_epochs=3)
corpus = chapter.load_corpus(min_freq=10)
vocab = corpus.vocab
print(corpus)

# %% [markdown]
# ## Huffman's Tree
#
# Any binary tree gives probabilities, at different costs: a training step costs the length of the target's
# path, so frequent words should be near the root. Huffman's construction is optimal: join the two nodes of
# the smallest counts into one with their sum, and repeat. Five words with counts 8, 6, 5, 4, 3:

# %%
toy_tree = gs.build_huffman([8, 6, 5, 4, 3])
for word, (code, point) in enumerate(zip(toy_tree.codes, toy_tree.points)):
    print(f"word {word}: turns {code.tolist()} at the inner nodes {point.tolist()}")

# %% [markdown]
# A word's *code* is its list of turns from the root; its *points* are the inner nodes where they are taken.
# $V$ words have $V - 1$ inner nodes: here 0 to 3, and 3 is the root. Below is the tree of the most frequent
# words of the corpus, without `<unk>`, in graphviz's language, and as a picture where its program `dot` is
# installed; then the tree of all words. No code for these counts has a smaller mean length, which by
# information theory is within one turn of the entropy.

# %%
shown = range(1, 13)
small_tree, tokens = gs.build_huffman(corpus.counts[shown]), vocab.to_tokens(list(shown))
print(tree_to_dot(small_tree, tokens))
for path in draw_tree(small_tree, tokens, chapter.picture("tree")):
    print("written:", path)
    show_picture(path)
tree = gs.build_huffman(corpus.counts)
share = corpus.counts / corpus.counts.sum()
entropy = -sum(p * math.log2(p) for p in share.tolist() if p > 0)
length = float(share @ tree.lengths)
print(tree)
print(f"mean length {length:.3f} turns, entropy {entropy:.3f} bits; balanced: {math.log2(len(vocab)):.3f}")
assert entropy <= length < entropy + 1

# %% [markdown]
# ## The Loss
#
# Let $n(w, i)$ be the $i$-th inner node on the path to word $w$, $c_i \in \{0, 1\}$ the turn taken there,
# $L(w)$ the number of turns, $\mathbf{v}_n$ the vector of inner node $n$ and $\mathbf{h}$ the hidden vector;
# for a skip-gram that is the centre word's row. At each node, turn 0 has probability
# $\sigma(\mathbf{v}_n^\top \mathbf{h})$ and turn 1 has $1 - \sigma(x) = \sigma(-x)$. So
#
# $$P(w \mid \mathbf{h})
#   = \prod_{i=1}^{L(w)} \sigma\bigl((1 - 2 c_i)\, \mathbf{v}_{n(w,i)}^\top \mathbf{h}\bigr), \qquad
# \ell = -\sum_{i=1}^{L(w)} \log \sigma\bigl((1 - 2 c_i)\, \mathbf{v}_{n(w,i)}^\top \mathbf{h}\bigr).$$
#
# The two turns at a node share all of the probability that reaches it, so by induction the leaves share all
# of the root's, which is 1: the probabilities sum to one *by construction*, with no denominator to compute.
#
# Instead of output vectors of words there are the $V - 1$ vectors of the inner nodes. A batch is a table of
# paths, padded to the longest: one lookup of $(N, L)$ rows, one batched product, one softplus. `log_prob`
# gives all words at once, level by level; it sums to one, and the loss is its negative. By hand for the
# second position: word 3 has the code 1, 0, 1 at the nodes 3, 2, 0.

# %%
layer = gs.HierarchicalSoftmax([8, 6, 5, 4, 3], in_units=4)
layer.initialize()
print(layer, layer.weight, sep="\n")
target = numpy.array([0, 3, 4])
points, signs = layer.paths(target)
print("points", points.shape, points.tolist())
print("signs ", signs.shape, signs.tolist(), "(0 is padding)")
hidden = np.random.normal(size=(3, 4))
loss = layer(hidden, target)
v, h, by_hand = layer.weight.data().tolist(), hidden[1].tolist(), 0.0
for node, sign in ((3, -1), (2, 1), (0, -1)):
    score = sum(a * b for a, b in zip(v[node], h))
    by_hand += math.log(1 + math.exp(-sign * score))  # -log sigmoid
print(f"loss {float(loss[1]):.6f}, by hand {by_hand:.6f}")
assert math.isclose(float(loss[1]), by_hand, abs_tol=1e-5)
log_prob = layer.log_prob(hidden)
print("log_prob", log_prob.shape, "sums", [round(x, 6) for x in np.exp(log_prob).sum(axis=1).tolist()])
assert numpy.allclose(np.exp(log_prob).sum(axis=1).asnumpy(), 1, atol=1e-5)
assert numpy.allclose(-log_prob.asnumpy()[[0, 1, 2], target], loss.asnumpy(), atol=1e-5)

# %% [markdown]
# ## Are the Tree's Vectors Trained?
#
# This chapter grew out of two questions on a forum, by a reader whose tree was made of node objects, each
# with a random vector of its own. First: the optimizer was given the parameters of the *model*, so does it
# move the vectors in the *tree*?
#
# It does not: an optimizer moves what was *registered*. A vector in an ordinary Python object gets a
# gradient, which no optimizer uses. The loss falls all the same, because the embedding adapts to a frozen
# random tree, so nothing looks wrong. The mistake in Gluon, beside this layer:


# %%
class LonelyTree(gluon.Block):
    """A skip-gram whose tree does not register its vectors."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = gs.Embedding(5, 4)
        self.vectors = np.random.normal(size=(4, 4))
        self.vectors.attach_grad()

    def forward(self, center: np.ndarray, _: np.ndarray) -> np.ndarray:
        """Return the loss of the paths above."""
        rows = np.take(self.vectors, np.array(points, dtype="int32"), axis=0)  # (N, L, d)
        scores = (rows * self.embed(center)[:, None]).sum(axis=2) * np.array(signs)  # (N, L)
        return (np.log(1 + np.exp(-scores)) * np.array(abs(signs))).sum(axis=1)


lonely, registered = LonelyTree(), gs.SkipGram(5, 4, gs.HierarchicalSoftmax([8, 6, 5, 4, 3], 4))
lonely.initialize()
registered.initialize()
for net, vectors in ((lonely, lonely.vectors), (registered, registered.output_layer.weight.data())):
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1.0})
    before = vectors.asnumpy()
    with autograd.record():
        loss = net(np.array([1, 2, 1], dtype="int32"), target)
    loss.backward()
    trainer.step(3)
    print(type(net).__name__, "registers", ", ".join(net._collect_params_with_prefix()))
    print("  its tree moved by at most", abs(vectors.asnumpy() - before).max())

# %% [markdown]
# Instead, register one table of shape $(V - 1, d)$: in Gluon a `Parameter` of the block, in PyTorch of the
# module. Then the optimizer, `save_parameters` and several devices see it; the tree itself is only integers.
#
# ## Is the Approach Right?
#
# That is the second question. The mathematics is right; which turn is called 1 makes no difference, since a
# mirrored node learns $-\mathbf{v}$. Four things should change.
#
# * *The logarithm of a sigmoid.* In two steps it becomes $\log 0$; as $-\mathrm{softplus}(-x)$ it is exact.
# * *One-hot vectors.* A linear layer multiplies a whole matrix to read one row of it; an embedding reads it.
# * *Vectors at the leaves.* A leaf has no turn, so a vector in every node object is twice as many as needed.
# * *One word at a time.* A Python loop has the overhead of an operator per turn. Below are the loss and
#   gradient for 64 positions, walked and as a table of paths.

# %%
x = np.array([-5.0, -50.0, -200.0])
print("log(sigmoid(x)) in two steps:", np.log(1 / (1 + np.exp(-x))).tolist())
two_words = gs.HierarchicalSoftmax([1, 1], in_units=1)
two_words.initialize()
two_words.weight.set_data(np.ones((1, 1)))
rare = int(two_words.tree.codes[1][0] == 0)  # the word of turn 0 has probability sigmoid(x)
print("the layer:                   ", (-two_words(x.reshape(3, 1), [rare] * 3)).tolist())

# %%
counts, N = corpus.counts, 64
big = gs.HierarchicalSoftmax(counts, 100)
big.initialize()
target = numpy.random.default_rng(0).choice(len(counts), size=N, p=share)
hidden = np.random.normal(size=(N, 100))


def walked() -> np.ndarray:
    """Return the loss, summed turn by turn."""
    total, weight = 0.0, big.weight.data()
    for n, word in enumerate(target.tolist()):
        for turn, node in zip(big.tree.codes[word].tolist(), big.tree.points[word].tolist()):
            total = total + np.log(1 + np.exp((2 * turn - 1) * (weight[node] * hidden[n]).sum()))
    return total


big(hidden, target)  # the first call allocates memory
for name, way in (("as a table", lambda: big(hidden, target).sum()), ("walked", walked)):
    start = time.perf_counter()
    with autograd.record():
        total = way()
    total.backward()
    value = float(total)  # waits for the result
    print(f"{name}: loss {value:.3f} in {1000 * (time.perf_counter() - start):.1f} ms")

# %% [markdown]
# ## Training
#
# With the skip-gram, positions are pairs of a centre and a context word. Unlike the loss of negative
# sampling this one is a code length: $e^\ell$ is a perplexity, to be compared with $V$, that of a uniform
# distribution, and with that of the contexts' frequencies, without the centre.

# %%
embed_size, max_window_size, device = 100, 5, chapter.device
batch_size = 1024 if chapter.smoke else 4096


def new_net(sparse_grad: bool = False, tree: gs.BinaryTree | None = None) -> gs.SkipGram:
    """Return an untrained net."""
    layer = gs.HierarchicalSoftmax(counts, embed_size, tree, sparse_grad=sparse_grad)
    return gs.SkipGram(len(vocab), embed_size, layer, sparse_grad=sparse_grad)


pairs = gs.SkipGramPairs(corpus, batch_size, max_window_size)
valid = gs.SkipGramPairs(corpus, batch_size, max_window_size, split="valid", held_out=True)
fit = {"lr": 0.005, "device": device, "valid": valid, "schedule": "linear"}
net = new_net()
history = gs.train(net, pairs, chapter.num_epochs, plot=chapter.picture(), **fit)
print(f"the loss plot is {chapter.picture()}")

# %%
seen = 1 + sum(numpy.bincount(batch.context, minlength=len(vocab)) for batch in pairs.epoch(0))
held_out = numpy.concatenate([batch.context for batch in valid.epoch(0)])
frequencies = -numpy.log(seen / seen.sum())[held_out].mean()
nats = {"uniform": math.log(len(vocab)), "frequencies": frequencies, "skip-gram": history[-1]["valid_loss"]}
for name, loss in nats.items():
    print(f"{name}: {loss:.3f} nats, perplexity {math.exp(loss):,.0f}")
gs.get_similar_tokens("chip", 3, net.embed, vocab)

# %% [markdown]
# ## Searching the Tree
#
# The likeliest contexts of a word need no score for all $V$ words: the probability of an inner node bounds
# that of every word below it, so the search prunes the nodes below the best words found. `topk` is exact;
# sorting `log_prob` finds the same words. `sample` draws a word turn by turn from the root.

# %%
layer, query = net.output_layer, vocab[["chip", "bank", "oil"]]
hidden = net.embed(np.array(query, dtype="int32", ctx=device))  # (3, d)
best = layer.topk(hidden, 5)
for word, ids in zip(query, best.tolist()):
    print(f"near {vocab.to_tokens(word)}: {' '.join(vocab.to_tokens(ids))}")
assert (best.asnumpy() == numpy.argsort(-layer.log_prob(hidden).asnumpy(), axis=1)[:, :5]).all()
drawn = layer.sample(np.repeat(hidden[:1], 8, axis=0), numpy.random.default_rng(0)).tolist()
print("drawn near chip:", " ".join(vocab.to_tokens(drawn)))

# %% [markdown]
# ## Summary
#
# * Hierarchical softmax replaces $V$ scores by a logistic regression per turn on the path to the word, in
#   Huffman's tree on average the fewest.
# * Its probabilities sum to one by construction; training and evaluation use the same loss, without sampling.
# * The inner nodes' vectors are parameters. Register them, or the optimizer never moves them.
#
# ## References
#
# Morin and Bengio 2005, "Hierarchical Probabilistic Neural Network Language Model"; Mnih and Hinton 2009, "A
# Scalable Hierarchical Distributed Language Model"; Huffman 1952, on minimum-redundancy codes.
#
# ## Exercises
#
# 1. Hand in `path_loss`: `gluon-softmax exercise start WORK path_loss` copies its starter, `check` says which
#    mistake was made. Or write it into the cell below. It is right when $e^{-\ell}$ over all words sums to
#    one, and padding changes nothing (25 minutes; read "The Loss").


# %%
def path_loss(hidden, weight, codes, points, mask):
    """Return losses (N,): hidden (N, d), weight (V - 1, d), and the paths' turns, nodes and mask (N, L)."""
    raise NotImplementedError


gs.check("path_loss", path_loss)

# %% [markdown]
# 2. With `sparse_grad=True` only the nodes on the batch's paths get a gradient. The root is on every path and
#    a rare word's last node on hardly any: for which batch size and vocabulary is that faster?
# 3. This layer draws no noise, but subsampling and windows can be drawn again in every epoch, as above. The
#    cell then draws them once. Compare the gap between the two losses with that of negative sampling.

# %%
for sparse_grad in (False, True):
    (epoch,) = gs.train(new_net(sparse_grad), pairs, 1, progress="none", **fit)
    speed = f"{epoch['centers_per_s']:,.0f} centres/s"
    print(f"sparse_grad={sparse_grad}: held-out loss {epoch['valid_loss']:.3f}, {speed}")
drawn = gs.SkipGramPairs(corpus, batch_size, max_window_size, resample=False)
once = gs.train(new_net(), drawn, chapter.num_epochs, progress="none", **fit)
for name, last in (("in each epoch", history[-1]), ("once", once[-1])):
    print(f"drawn {name}: loss {last['loss']:.3f}, held-out loss {last['valid_loss']:.3f}")

# %% [markdown]
# 4. Train with `tree=gs.balanced_tree(len(vocab))`. By how much is the mean path longer, in the text and in
#    the batches, where frequent words were subsampled?
# 5. Cluster the trained vectors into a tree, `gs.BinaryTree.from_nested`. Does it beat one of counts?
