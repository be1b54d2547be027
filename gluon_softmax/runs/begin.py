"""Whether a run can begin: what it needs is read, built and tried before anything is written or removed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from ..data.corpus import Corpus, load_corpus
from ..utils.types import Batch, BlockBatches, Context
from .folder import Run
from .models import MODELS, ModelChoice
from .options import Options
from .sizes import check_net, check_sizes

if TYPE_CHECKING:
    from ..utils.types import Batches

_FIRST_EXAMPLES = 8  # of a batch that are tried: fewer than an evaluation takes


class Parts(NamedTuple):
    """What a run is made of, before anything of it is written."""

    choice: ModelChoice
    contexts: list[Context]
    corpus: Corpus
    net: Any  # a HybridBlock, whose `output_layer` and `embed` are its own
    batches: Batches
    valid: Batches
    notes: list[str]  # lines about how it begins


def prepare(options: Options, resumed: Run | None = None) -> Parts:
    """Read, build and try all that a run with these options needs.

    Parameters
    ----------
    options : every option of the run.
    resumed : the run to go on with, whose text must be the same and whose checkpoint must be whole.

    The corpus is read in all its splits, vectors are read into the net, the net is initialized on its
    contexts, and the loss of the first examples is computed. Raises the errors of whatever cannot be, and
    ValueError for a text without anything to train on, sizes beyond memory, and a loss that is not finite.
    """
    from ..training.trainer import check_in_place, check_weight_decay, initialize

    choice, contexts = MODELS[options["model"]], contexts_of(options)
    corpus = corpus_of(options)
    if resumed is not None:
        resumed.check_corpus(corpus)
    corpus.check()
    check_sizes(options, len(corpus.counts), len(corpus.ids("train")))
    net, batches = choice.net(corpus, options), choice.batches(corpus, options)
    check_net(net)
    first = _first_batch(corpus, batches)
    valid, test = (choice.held_out(corpus, options, split) for split in ("valid", "test"))
    for held_out in (valid, test):
        next(iter(held_out.epoch(0)), None)
    check_in_place(
        net, batches, options["optimizer"], contexts, options["clip_norm"], options["weight_decay"]
    )
    check_weight_decay(net, options["optimizer"], options["weight_decay"])
    initialize(net, contexts, options["seed"])
    parts = Parts(choice, contexts, corpus, net, batches, valid, [])
    if resumed is not None and resumed.checkpoint.exists():
        resumed.checkpoint.restore(net)
    elif options["vectors"] is not None:
        parts.notes.append(_start_from_vectors(parts, options))
    if isinstance(batches, BlockBatches):  # which the net steps on by itself: pairs of the same text instead
        first = next(iter(choice.held_out(corpus, options, "train").epoch(0)))
    _check_first_loss(parts, first)
    return parts


def _first_batch(corpus: Corpus, batches: Batches) -> Batch:
    batch: Batch | None = next(iter(batches.epoch(0)), None)
    if batch is None:
        raise ValueError(
            f"corpus takes text of which something is left to train on; got none of {corpus.name}'s "
            f"{len(corpus.ids('train')):,} training tokens: is every sentence one word, or all thinned out "
            "(subsampling, threshold)?"
        )
    return batch


def _start_from_vectors(parts: Parts, options: Options) -> str:
    """Put the vectors of a file into the net's table; a line that says how many."""
    from ..models.pretrained import load_vectors

    known = load_vectors(parts.net, parts.corpus.vocab, options["vectors"])
    return f"{known:,} of {len(parts.corpus.counts):,} words begin with their vector of {options['vectors']}"


def _check_first_loss(parts: Parts, batch: Batch) -> None:
    """Raise ValueError unless the mean loss of the batch's first examples is finite, outside of training."""
    from ..training.evaluation import held_out_loss

    loss = held_out_loss(parts.net, [_first_examples(batch, parts.contexts)], parts.contexts)
    if not math.isfinite(loss):
        raise ValueError(
            f"training takes a loss that is finite from the start; got {loss} for the first batch, before "
            "any step"
        )


def _first_examples(batch: Batch, contexts: list[Context]) -> Batch:
    """The first few examples of a batch, a named tuple; one for each context or more, if it has so many."""
    axis = getattr(batch, "batch_axis", 0)
    count = max(_FIRST_EXAMPLES, len(contexts))
    index = (slice(None),) * axis + (slice(count),)
    few: Batch = type(batch)(*(array[index] for array in batch))
    return few


def corpus_of(options: Options) -> Corpus:
    """The text of a run, as its model reads it; the errors are those of `load_corpus`."""
    return load_corpus(
        options["corpus"],
        min_freq=options["min_freq"],
        eos=MODELS[options["model"]].eos,
        data_dir=options["data_dir"],
    )


def contexts_of(options: Options) -> list[Context]:
    """The contexts of a run; ValueError for a device that is none or cannot be used."""
    from ..backend.device import parse_devices

    return parse_devices(options["device"])
