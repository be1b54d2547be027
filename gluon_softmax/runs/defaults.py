"""The options of every run, and the defaults of each kind of run with the measurement behind them.

Nothing here imports MXNet: the command line reads these tables for its help.
"""

from __future__ import annotations

from typing import Any, Mapping

from ..data.corpus import BOOK_MIN_FREQ
from .layers import LAYERS
from .models import MODELS
from .options import Option, Override

COMMON: tuple[Option, ...] = (
    Option(
        "corpus",
        str,
        "mini_ptb",
        "mini_ptb (comes with the package), ptb, a folder with train.txt, valid.txt, test.txt (or WikiText's "
        "names, or a dataset), or a text that is cut into three: a file such as text8 or a folder of *.txt; "
        ".gz and .bz2 are unpacked",
        brief="mini_ptb, ptb, or a folder of train.txt, valid.txt, test.txt",
    ),
    Option(
        "data_dir",
        str,
        None,
        "where ptb is kept; else $GLUON_SOFTMAX_DATA, a clone's data/, the user's cache",
    ),
    Option("min_freq", int, BOOK_MIN_FREQ, "rarer words become <unk>; the book's"),
    Option("model", str, "skip-gram", "what makes the hidden vector", MODELS.keys(), brief="the model"),
    Option(
        "softmax", str, "negative-sampling", "the output layer on top of it", LAYERS.keys(), brief="on top"
    ),
    Option(
        "embed_size", int, 100, "numbers in a word's vector; the book's", brief="numbers in a word's vector"
    ),
    Option(
        "batch_size",
        int,
        4096,
        "positions in a batch: pairs, or centres; on ptb 2048 takes twice as long for as good a held-out "
        "loss, 2.497 with lr 0.003",
        brief="positions in a batch",
    ),
    Option("num_epochs", int, 5, "epochs in all", brief="epochs in all"),
    Option("optimizer", str, "adam", "the Trainer's", ("sgd", "adam", "adagrad")),
    Option(
        "lr",
        float,
        0.005,
        "initial learning rate; held-out loss of ptb after 5 epochs: 0.003 2.515, 0.005 2.500, 0.01 2.553",
        brief="initial learning rate",
    ),
    Option(
        "schedule",
        str,
        "linear",
        "how the rate goes on: as it is, or falling to nothing; with a constant one the held-out loss of ptb "
        "is 2.551 at its best, after 3 epochs, and rises from there",
        ("constant", "linear"),
    ),
    Option("decay", float, 1.0, "the rate is multiplied by it after each epoch, whatever the schedule"),
    Option("clip_norm", float, None, "the longest gradient that is not scaled down, over all parameters"),
    Option(
        "weight_decay",
        float,
        0.0,
        "the Trainer's wd, which pulls numbers towards 0; with --sparse-grad those of the batch's rows alone",
    ),
    Option(
        "sparse_grad",
        bool,
        False,
        "gradients of the rows of the batch only: the same loss on ptb, 2.500, and faster only where a batch "
        "meets a small part of the vocabulary",
    ),
    Option("resample_every", int, 1, "batches for which a layer that samples keeps its candidates"),
    Option(
        "device",
        str,
        "auto",
        "cpu, gpu:0, auto (the first GPU that runs, else the CPU), or several: cpu:0,cpu:1",
        brief="cpu, gpu:0, auto, or several: cpu:0,cpu:1",
    ),
    Option(
        "vectors",
        str,
        None,
        "a file or folder of word vectors, in any format that export writes, from which known words start",
        brief="a file of vectors to start from",
    ),
    Option("log_interval", int, None, "batches between two looks at the loss, each with a line"),
    Option(
        "checkpoint_minutes",
        float,
        10.0,
        "minutes of training between two checkpoints within an epoch; each epoch ends in one anyway",
    ),
    Option(
        "keep_checkpoints",
        int,
        2,
        "checkpoints that stay: where the newest is damaged the one before it counts",
    ),
    Option("seed", int, 0, "decides every draw", brief="decides every draw"),
)

# Options that came later, and what every run did before: a run whose config.json lacks one means this.
BEFORE: Mapping[str, Any] = {"exclude_unk": False, "init": "uniform", "weight_decay": 0.0}

# A later line wins over an earlier one.
OVERRIDES: tuple[Override, ...] = (
    Override(
        {"corpus": "mini_ptb"},
        {"batch_size": 256},
        "so small a text has few steps an epoch; after 3 epochs 0.92 of its planted words find their group, "
        "with 512 0.89",
    ),
    Override(
        {"model": "cbow"},
        {"batch_size": 1024, "lr": 0.01},
        "a batch counts centres, a third of the pairs; held-out loss of ptb 2.222, with lr 0.005 2.294",
    ),
    Override({"model": "cbow", "corpus": "mini_ptb"}, {"batch_size": 128}, "as above, 0.91, with 256 0.87"),
    Override(
        {"batches": "book"},
        {"batch_size": 512},
        "the book's; a batch counts centres; held-out loss of ptb 2.519 after 3 epochs",
    ),
    Override({"batches": "book", "corpus": "mini_ptb"}, {"batch_size": 64}, "few steps again"),
    Override(
        {"batches": "blocks"},
        {"batch_size": 512, "optimizer": "sgd", "lr": 0.04},
        "plain SGD whose rate multiplies the sum over the pairs; held-out loss of ptb 2.511, with lr 0.065 "
        "2.529, and after 10 epochs at 0.025 2.497",
    ),
    Override(
        {"batches": "blocks", "corpus": "mini_ptb"},
        {"batch_size": 256, "lr": 0.05},
        "few steps again; after 4 epochs 0.95 of the planted words find their group",
    ),
    Override(
        {"batches": "blocks", "softmax": "hierarchical"},
        {"batch_size": 1408, "lr": 0.03},
        "larger batches are not faster; after 5 epochs of ptb -log p is 7.99, with lr 0.05 8.02",
    ),
    Override(
        {"batches": "blocks", "softmax": "hierarchical", "corpus": "mini_ptb"},
        {"batch_size": 256, "lr": 0.05},
        "few steps again; after 5 epochs -log p is 5.76, with lr 0.03 5.87",
    ),
    Override(
        {"model": "lm"},
        {"min_freq": 1, "embed_size": 200, "batch_size": 32, "lr": 0.004},
        "columns of text, all 10,000 words of ptb; perplexity of its valid text after one epoch 154, with lr "
        "0.002 186",
    ),
    Override(
        {"model": "lm", "softmax": "hierarchical"},
        {"exclude_unk": False},
        "a language model predicts <unk> like any other word",
    ),
)
