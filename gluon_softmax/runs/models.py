"""Models by name: one entry per model, with its net, its batches, its figures and its own options.

Nothing here imports MXNet before something is built, since the command line reads this table for its help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from ..data.corpus import Corpus
from ..utils.types import Batches, Contexts
from .layers import build_output_layer, class_at
from .options import Option, Options

if TYPE_CHECKING:
    from mxnet.gluon import HybridBlock

_HELD_OUT_BATCH = 4096  # for speed alone: the loss is a mean over positions
_HELD_OUT_COLUMNS = 10  # each begins without a state, which 9 words in 80,000 of PTB feel
_HELD_OUT_BPTT = 35  # for speed alone: the state goes on


class ModelChoice(NamedTuple):
    """What is known of a model by its name.

    ``net(corpus, options)`` builds it, ``batches(corpus, options)`` gives the training batches,
    ``held_out(corpus, options, split)`` those of a loss that can be compared, the same for every seed,
    ``evaluate(net, batches, device)`` the figures of a split. `own` are its options; `softmax`: the layer on
    top where none is named; `eos`: its corpus closes each sentence with ``<eos>``; `has_vectors`: its
    ``embed`` is worth asking for neighbours; `keeps_best`: the epoch with the lowest held-out loss is kept,
    and is the one that counts in the end.
    """

    net: Callable[[Corpus, Options], HybridBlock]
    batches: Callable[[Corpus, Options], Batches]
    held_out: Callable[[Corpus, Options, str], Batches]
    evaluate: Callable[[HybridBlock, Batches, Contexts], dict[str, float]]
    own: tuple[Option, ...]
    softmax: str = "negative-sampling"
    eos: bool = False
    has_vectors: bool = True
    keeps_best: bool = False


def _skip_gram(corpus: Corpus, options: Options) -> HybridBlock:
    return _word_model("gluon_softmax.models.skip_gram:SkipGram", corpus, options)


def _cbow(corpus: Corpus, options: Options) -> HybridBlock:
    return _word_model("gluon_softmax.models.cbow:CBOW", corpus, options)


def _word_model(place: str, corpus: Corpus, options: Options) -> HybridBlock:
    of_vectors, of_output_layer = _initializers(options)
    net: HybridBlock = class_at(place)(
        vocab_size=len(corpus.counts),
        embed_size=options["embed_size"],
        output_layer=build_output_layer(
            options["softmax"],
            corpus.counts,
            in_units=options["embed_size"],
            options=options,
            **of_output_layer,
        ),
        sparse_grad=options["sparse_grad"],
        **of_vectors,
    )
    return net


def _initializers(options: Options) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the vectors, and what the output layer's weight begin with; nothing: Gluon's own, up to 0.07."""
    if options["init"] == "uniform":
        return {}, {}
    if options["softmax"] == "adaptive":
        raise ValueError(
            "init takes uniform with softmax adaptive, whose tails would never leave zero; got word2vec"
        )
    from ..backend import init

    return (
        {"weight_initializer": init.Uniform(0.5 / options["embed_size"])},
        {"weight_initializer": init.Zero()},
    )


def _windows(options: Options) -> dict[str, Any]:
    names = ("max_window_size", "subsampling", "threshold")
    return {name: options[name] for name in names}


def _training_windows(options: Options) -> dict[str, Any]:
    names = ("batch_size", "resample", "seed")
    return {**_windows(options), **{name: options[name] for name in names}}


def _skip_gram_batches(corpus: Corpus, options: Options) -> Batches:
    from ..data.skip_gram_batches import SkipGramBatches, SkipGramPairs
    from ..data.skip_gram_blocks import SkipGramBlocks

    kind, softmax, windows = options["batches"], options["softmax"], _training_windows(options)
    if kind == "pairs":
        return SkipGramPairs(corpus, **windows)
    if kind == "blocks" and softmax == "hierarchical":
        return SkipGramBlocks(corpus, num_noise_words=0, **windows)
    if softmax != "negative-sampling":
        raise ValueError(
            f"batches takes {kind!r} with softmax negative-sampling{' or hierarchical' * (kind == 'blocks')} "
            f"only; got softmax {softmax}"
        )
    noise = {name: options[name] for name in ("num_noise_words", "power")}
    if kind == "book":
        return SkipGramBatches(corpus, **windows, **noise)
    return SkipGramBlocks(corpus, **windows, **noise)


def _skip_gram_held_out(corpus: Corpus, options: Options, split: str) -> Batches:
    from ..data.skip_gram_batches import SkipGramPairs

    return SkipGramPairs(corpus, _HELD_OUT_BATCH, split=split, held_out=True, **_windows(options))


def _cbow_batches(corpus: Corpus, options: Options) -> Batches:
    from ..data.cbow_batches import CBOWBatches

    return CBOWBatches(corpus, **_training_windows(options))


def _cbow_held_out(corpus: Corpus, options: Options, split: str) -> Batches:
    from ..data.cbow_batches import CBOWBatches

    return CBOWBatches(corpus, _HELD_OUT_BATCH, split=split, held_out=True, **_windows(options))


def _language_model(corpus: Corpus, options: Options) -> HybridBlock:
    from ..models.language_model import LanguageModel

    width = options["embed_size"] if options["tie_weights"] else options["num_hiddens"]
    names = ("embed_size", "num_hiddens", "cell", "num_layers", "dropout", "tie_weights", "sparse_grad")
    return LanguageModel(
        vocab_size=len(corpus.counts),
        output_layer=build_output_layer(options["softmax"], corpus.counts, in_units=width, options=options),
        **{name: options[name] for name in names},
    )


def _language_model_batches(corpus: Corpus, options: Options) -> Batches:
    from ..data.language_model_batches import LanguageModelBatches

    return LanguageModelBatches(corpus, options["batch_size"], options["bptt"], drop_remainder=True)


def _language_model_held_out(corpus: Corpus, _: Options, split: str) -> Batches:
    from ..data.language_model_batches import LanguageModelBatches

    columns = min(_HELD_OUT_COLUMNS, len(corpus.ids(split)))
    return LanguageModelBatches(corpus, columns, _HELD_OUT_BPTT, split)


def _loss(net: HybridBlock, batches: Batches, device: Contexts) -> dict[str, float]:
    from ..training.evaluation import loss_figures

    return loss_figures(net, batches, device)


def _perplexity(net: HybridBlock, batches: Batches, device: Contexts) -> dict[str, float]:
    from ..training.evaluation import perplexity_figures

    return perplexity_figures(net, batches, device)


_WORD_OPTIONS = (
    Option("max_window_size", int, 5, "a window's reach is drawn from 1 to this; the book's"),
    Option(
        "subsampling",
        str,
        "d2l",
        "how frequent words are thinned out: sqrt(t/f) as in the book, word2vec.c's formula, or not at all",
        ("d2l", "word2vec", "none"),
    ),
    Option("threshold", float, 1e-4, "t of the subsampling; the book's"),
    Option(
        "resample",
        bool,
        True,
        "draw subsampling and windows anew each epoch; --no-resample draws once, as the book",
    ),
    Option(
        "init",
        str,
        "uniform",
        "what the tables begin with: uniform up to 0.07; or as word2vec.c, vectors up to 0.5 / embed_size "
        "and the output layer's at 0: held-out loss of ptb 2.496 by pairs, which is as good, and 2.544 "
        "by blocks, which is worse",
        ("uniform", "word2vec"),
    ),
)

MODELS: dict[str, ModelChoice] = {
    "skip-gram": ModelChoice(
        _skip_gram,
        _skip_gram_batches,
        _skip_gram_held_out,
        _loss,
        (
            *_WORD_OPTIONS,
            Option(
                "batches",
                str,
                "pairs",
                "pairs of a centre and a context word, for any layer; the book's padded row per centre; or "
                "for negative-sampling and hierarchical, blocks of consecutive centres, many times as fast",
                ("pairs", "book", "blocks"),
            ),
        ),
    ),
    "cbow": ModelChoice(_cbow, _cbow_batches, _cbow_held_out, _loss, _WORD_OPTIONS),
    "lm": ModelChoice(
        _language_model,
        _language_model_batches,
        _language_model_held_out,
        _perplexity,
        (
            Option(
                "cell",
                str,
                "gru",
                "the recurrent layer; a GRU has three quarters of an LSTM's numbers",
                ("rnn_tanh", "rnn_relu", "gru", "lstm"),
            ),
            Option("num_hiddens", int, 200, "numbers in the state of a layer, and in the hidden vector"),
            Option("num_layers", int, 1, "recurrent layers, one on another"),
            Option("bptt", int, 20, "words of a column in a batch: how far back gradients go"),
            Option("dropout", float, 0.25, "share of numbers dropped before, between and after the layers"),
            Option("tie_weights", bool, False, "one table for the input words and the output layer's rows"),
        ),
        softmax="sampled",
        eos=True,
        has_vectors=False,
        keeps_best=True,
    ),
}
