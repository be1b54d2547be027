# ---
# jupyter:
#   jupytext: {formats: "ipynb,py:percent"}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Choosing a Softmax
#
# *Know first:* the chapters on negative sampling, hierarchical, sampled, in-batch and adaptive softmax.
# *Takes* about twenty minutes on two cores with PTB, half a minute with `--smoke`.
#
# Seven layers answer the same question: given a hidden vector and the right word, what is the loss? Here they
# are compared on one model, one text and one machine: what each learns in a given time, and the cost of a
# step as the vocabulary grows.

# %%
import gc
import math
import statistics

import numpy

import gluon_softmax as gs
from gluon_softmax.backend import autograd, gluon, np
from gluon_softmax.chapter import open_chapter, step_seconds
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.output_layers.unigram_bias import unigram_bias

chapter = open_chapter("choosing_a_softmax", num_epochs=2)
corpus = chapter.load_corpus(min_freq=1, eos=True)
print(corpus)

# %% [markdown]
# ## The Layers
#
# All take the same counts and the same width. Sampled softmax and NCE draw 200 candidates for the whole
# batch, negative sampling five noise words per position; adaptive softmax gets the cutoffs of the lowest
# predicted cost. The biases of full, sampled and in-batch softmax and of NCE start at the logarithm of the
# unigram probabilities; try zeros.


# %%
def layers(counts: numpy.ndarray, in_units: int, sparse_grad: bool = False) -> dict:
    """Return functions that make each layer over the words of `counts`."""
    size = len(counts)
    num_sampled = min(200, size // 2)
    cutoffs = gs.optimal_cutoffs(counts, 3)
    return {
        "full": lambda: gs.FullSoftmax(size, in_units, bias_initializer=unigram_bias(counts)),
        "hierarchical": lambda: gs.HierarchicalSoftmax(counts, in_units, sparse_grad=sparse_grad),
        "adaptive": lambda: gs.AdaptiveSoftmax(size, in_units, cutoffs),
        "sampled": lambda: gs.SampledSoftmax(
            size, in_units, num_sampled, counts=counts, sparse_grad=sparse_grad
        ),
        "in-batch": lambda: gs.InBatchSoftmax(counts, in_units, sparse_grad=sparse_grad),
        "nce": lambda: gs.NCE(counts, in_units, num_sampled, sparse_grad=sparse_grad),
        "negative sampling": lambda: gs.NegativeSampling(counts, in_units, sparse_grad=sparse_grad),
    }


# %% [markdown]
# ## Perplexity against Seconds
#
# A language model with a GRU is trained under each layer, with the same batches, optimizer and seeds. The
# perplexity of the validation text always comes from normalised probabilities, so the layers can be compared
# even where their training losses cannot. Seconds are those of training, without the evaluation.

# %%
num_hiddens, batch_size, bptt, lr = (32, 32, 20, 0.04) if chapter.smoke else (200, 32, 20, 0.004)
batches = gs.LanguageModelBatches(corpus, batch_size, bptt, drop_remainder=True)
valid = gs.LanguageModelBatches(corpus, batch_size, bptt, "valid")

curves = {}
for name, make in layers(corpus.counts, num_hiddens).items():
    net = gs.LanguageModel(len(corpus.counts), num_hiddens, num_hiddens, make(), cell="gru", dropout=0.25)
    history = gs.train(
        net, batches, chapter.num_epochs, lr, "adam", chapter.device,
        valid=valid, schedule="linear", clip_norm=1.0, progress="none",
    )  # fmt: skip
    seconds = numpy.cumsum([epoch["train_s"] for epoch in history])
    curves[name] = seconds, [math.exp(epoch["valid_loss"]) for epoch in history]
    print(f"{name:18s} {seconds[-1]:6.0f} s, perplexity {curves[name][1][-1]:8.1f}")

# %%
picture = chapter.draw("perplexity", curves, "seconds of training", "perplexity of the validation text")
print(f"the plot is {picture}")

# %% [markdown]
# ## The Cost of a Step against the Vocabulary
#
# One training step (loss, gradients and the update by plain SGD) for 640 positions, over vocabularies whose
# counts follow Zipf's law: the median of five steps, after two that do not count. Layers that touch few rows
# get `sparse_grad=True`. Memory is that of the layer's parameters and gradients after a step; a row-sparse
# gradient holds only its rows.

# %%
vocab_sizes = (1_000, 30_000) if chapter.smoke else (1_000, 10_000, 100_000, 1_000_000)
positions, in_units = 256 if chapter.smoke else 640, 64


def zipf_counts(vocab_size: int) -> numpy.ndarray:
    """Return counts in proportion to 1 / rank, the smallest of them 10."""
    return numpy.ceil(10 * vocab_size / numpy.arange(1, vocab_size + 1)).astype(numpy.int64)


def step_cost(layer: OutputLayer, targets: numpy.ndarray) -> tuple:
    """Return (milliseconds of the median step, MiB of parameters and gradients)."""
    layer.initialize(ctx=chapter.device)
    layer.hybridize(static_alloc=True)
    trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.1}, kvstore=None)
    hidden = np.random.normal(size=(positions, in_units), ctx=chapter.device)
    hidden.attach_grad()

    def step(i: int) -> None:
        with autograd.record():
            loss = layer(hidden, targets[i])
        loss.backward()
        trainer.step(positions)

    seconds = step_seconds(step, num_steps=len(targets) - 2, warm_up=2)
    size = 0
    for parameter in layer.collect_params().values():
        if parameter.grad_req != "null":
            gradient = parameter.grad(chapter.device)
            size += parameter.data(chapter.device).size
            size += gradient.data.size if gradient.stype == "row_sparse" else gradient.size
    return 1e3 * statistics.median(seconds), size * 4 / 2**20


costs = {}
for vocab_size in vocab_sizes:
    counts = zipf_counts(vocab_size)
    generator = numpy.random.default_rng(0)
    targets = generator.choice(vocab_size, size=(7, positions), p=counts / counts.sum())
    for name, make in layers(counts, in_units, sparse_grad=True).items():
        if name == "full" and vocab_size > 100_000:
            continue  # 640 positions times a million words: the table of scores alone takes 2.4 GiB
        costs[name, vocab_size] = step_cost(make(), targets)
        gc.collect()

print("milliseconds per step (MiB of parameters and gradients)")
print(f"{'words':18s}" + "".join(f"{size:>20,}" for size in vocab_sizes))
for name in curves:
    cells = [costs.get((name, size)) for size in vocab_sizes]
    print(f"{name:18s}" + "".join(f"{c[0]:11.1f} ({c[1]:6.1f})" if c else f"{'-':>20}" for c in cells))

# %%
lines = {}
for name in curves:
    sizes = [size for size in vocab_sizes if (name, size) in costs]
    lines[name] = sizes, [costs[name, size][0] for size in sizes]
picture = chapter.draw("step", lines, "words in the vocabulary", "milliseconds per step", xscale="log")
print(f"the plot is {picture}")

# %% [markdown]
# ## Summary
#
# * *You want word vectors and no probabilities:* negative sampling. It touches the fewest rows, and nothing
#   in it grows with the vocabulary.
# * *You want probabilities and ten thousand words:* try the full softmax first. At this size two or three
#   times the time may be a fair price for a loss without sampling.
# * *You want probabilities and a large vocabulary:* adaptive softmax where evaluation must be fast too, since
#   it scores few words at test time as in training; sampled softmax where the model must stay a plain softmax
#   (weight tying, export to another system), at the cost of a full softmax at test time.
# * *You need exact probabilities of single words, or to draw words, at a cost of* $\log V$*:* hierarchical
#   softmax. It learns less from the same text, since neighbours in the tree need not be similar.
# * *You train on items rather than words, with vectors that are dear to compute:* in-batch softmax, which
#   reads no other rows than the targets'.
# * *NCE* estimates a normalised model without normalising; sampled softmax usually makes better use of the
#   same candidates.
#
# ## References
#
# Chen, Grangier and Auli 2016, "Strategies for Training Large Vocabulary Neural Language Models"; Jozefowicz
# et al. 2016, "Exploring the Limits of Language Modeling"; and those of the chapters on each layer.
#
# ## Exercises
#
# 1. Hand in an output layer of your own, `output_layer`: the check is the contract that every layer here
#    keeps. `gluon-softmax exercise start WORK output_layer` copies its starter, with what the layer must
#    answer. Or write it into the cell below (90 minutes; read "The Layers").


# %%
def output_layer(vocab_size, in_units):
    """Return a `gluon.HybridBlock` whose call gives losses, with `log_prob` and `predict`."""
    raise NotImplementedError


gs.check("output_layer", output_layer)

# %% [markdown]
# 2. Train with 50 and 1,000 candidates in place of 200. From which number on do more of them stop helping?
# 3. Which layers gain from `sparse_grad`? The cell measures a step with and without it over a hundred
#    thousand words (thirty thousand with `--smoke`).

# %%
vocab_size = vocab_sizes[-1] if chapter.smoke else 100_000
counts = zipf_counts(vocab_size)
targets = numpy.random.default_rng(0).choice(vocab_size, size=(7, positions), p=counts / counts.sum())
for name in ("hierarchical", "sampled", "nce", "negative sampling"):
    dense, sparse = (step_cost(layers(counts, in_units, flag)[name](), targets)[0] for flag in (False, True))
    print(f"{name:18s} dense {dense:7.1f} ms, row-sparse {sparse:7.1f} ms")

# %% [markdown]
# 4. Candidates drawn once for many batches save the drawing. Pass `resample_every=10` to `gs.train` for
#    sampled softmax and NCE and compare perplexity and seconds.
# 5. Repeat the first figure for the skip-gram (`gs.SkipGram`). Its layers' own losses are not comparable;
#    what is?
