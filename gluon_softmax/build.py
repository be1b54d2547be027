"""From the options of a run to its corpus, its net and its batches: models by name, and the defaults with
their reasons.

Nothing here imports MXNet before something is built, since the command line reads these tables for its help.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple

from .checks import check_choice, check_number, check_positive_int
from .corpus import BOOK_MIN_FREQ, Corpus, load_corpus
from .options import Given, Option, Override, fill_in
from .output_layers.choose import LAYERS, build_output_layer

Options = Mapping[str, Any]

_HELD_OUT_BATCH = 4096  # for speed alone: the loss is a mean over positions


class ModelChoice(NamedTuple):
    """What is known of a model by its name.

    ``net(corpus, options)`` builds it, ``batches(corpus, options)`` gives the training batches,
    ``held_out(corpus, options, split)`` those of a loss that can be compared,
    ``evaluate(net, batches, device)`` the figures of a split. `own` are its options; `eos`: its corpus closes
    each sentence with ``<eos>``; `has_vectors`: its ``embed`` is worth asking for neighbours.
    """

    net: Callable[[Corpus, Options], Any]
    batches: Callable[[Corpus, Options], Any]
    held_out: Callable[[Corpus, Options, str], Any]
    evaluate: Callable[[Any, Any, Any], dict[str, float]]
    own: tuple[Option, ...]
    eos: bool = False
    has_vectors: bool = True


def _skip_gram(corpus: Corpus, options: Options) -> Any:
    from .models.skip_gram import SkipGram

    return _word_model(SkipGram, corpus, options)


def _cbow(corpus: Corpus, options: Options) -> Any:
    from .models.cbow import CBOW

    return _word_model(CBOW, corpus, options)


def _word_model(model: Any, corpus: Corpus, options: Options) -> Any:
    size = options["embed_size"]
    layer = build_output_layer(options["softmax"], corpus.counts, size, options)
    return model(len(corpus.counts), size, layer, sparse_grad=options["sparse_grad"])


def _windows(options: Options) -> dict[str, Any]:
    names = ("max_window_size", "subsampling", "threshold")
    return {name: options[name] for name in names}


def _skip_gram_batches(corpus: Corpus, options: Options) -> Any:
    from .batches.skip_gram import SkipGramBatches, SkipGramPairs

    kwargs = {**_windows(options), "resample": options["resample"], "seed": options["seed"]}
    if options["batches"] == "pairs":
        return SkipGramPairs(corpus, options["batch_size"], **kwargs)
    if options["softmax"] != "negative-sampling":
        raise ValueError(
            "batches takes 'book' with softmax negative-sampling only, since the book's batches bring their "
            f"own noise words; got softmax {options['softmax']}"
        )
    kwargs.update(num_noise_words=options["num_noise_words"], power=options["power"])
    return SkipGramBatches(corpus, options["batch_size"], **kwargs)


def _skip_gram_held_out(corpus: Corpus, options: Options, split: str) -> Any:
    from .batches.skip_gram import SkipGramPairs

    return SkipGramPairs(corpus, _HELD_OUT_BATCH, split=split, held_out=True, **_windows(options))


def _cbow_batches(corpus: Corpus, options: Options) -> Any:
    from .batches.skip_gram import CBOWBatches

    kwargs = {**_windows(options), "resample": options["resample"], "seed": options["seed"]}
    return CBOWBatches(corpus, options["batch_size"], **kwargs)


def _cbow_held_out(corpus: Corpus, options: Options, split: str) -> Any:
    from .batches.skip_gram import CBOWBatches

    return CBOWBatches(corpus, _HELD_OUT_BATCH, split=split, held_out=True, **_windows(options))


def _loss(net: Any, batches: Any, device: Any) -> dict[str, float]:
    from .evaluation import held_out_loss

    return {"loss": held_out_loss(net, batches, device)}


_WINDOW_OPTIONS = (
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
)

MODELS: dict[str, ModelChoice] = {
    "skip-gram": ModelChoice(
        _skip_gram,
        _skip_gram_batches,
        _skip_gram_held_out,
        _loss,
        (
            *_WINDOW_OPTIONS,
            Option(
                "batches",
                str,
                "pairs",
                "pairs of a centre and a context word, for any layer, or the book's padded row a centre",
                ("pairs", "book"),
            ),
        ),
    ),
    "cbow": ModelChoice(_cbow, _cbow_batches, _cbow_held_out, _loss, _WINDOW_OPTIONS),
}

COMMON: tuple[Option, ...] = (
    Option(
        "corpus",
        str,
        "mini_ptb",
        "mini_ptb (comes with the package), ptb, or a folder with train.txt, valid.txt, test.txt",
    ),
    Option(
        "data_dir",
        str,
        None,
        "where ptb is kept; else $GLUON_SOFTMAX_DATA, a clone's data/, the user's cache",
    ),
    Option("min_freq", int, BOOK_MIN_FREQ, "rarer words become <unk>; the book's"),
    Option("model", str, "skip-gram", "what makes the hidden vector", tuple(MODELS)),
    Option("softmax", str, "negative-sampling", "the output layer on top of it", tuple(LAYERS)),
    Option("embed_size", int, 100, "numbers in a word's vector; the book's"),
    Option(
        "batch_size",
        int,
        4096,
        "positions in a batch: pairs, or centres; on ptb 2048 takes twice as long for as good a held-out "
        "loss, 2.497 with lr 0.003",
    ),
    Option("num_epochs", int, 5, "epochs in all"),
    Option("optimizer", str, "adam", "the Trainer's", ("sgd", "adam", "adagrad")),
    Option(
        "lr",
        float,
        0.005,
        "initial learning rate; held-out loss of ptb after 5 epochs: 0.003 2.515, 0.005 2.500, 0.01 2.553",
    ),
    Option(
        "schedule",
        str,
        "linear",
        "how the rate goes on: as it is, or falling to nothing; with a constant one the held-out loss of ptb "
        "is 2.551 at its best, after 3 epochs, and rises from there",
        ("constant", "linear"),
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
    ),
    Option("seed", int, 0, "decides every draw"),
)

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
)


def resolve_options(given: Given) -> dict[str, Any]:
    """Every option of a run, from those that were given; ``model`` and ``softmax`` decide which there are.

    Raises ValueError for an option that this model or layer has not, for a value that is not among its
    choices, and for what `train` would refuse, so that nothing is written for it.
    """
    kind = {}
    for name, choices in (("model", MODELS), ("softmax", LAYERS)):
        default = next(option.default for option in COMMON if option.name == name)
        value = given.get(name)
        kind[name] = check_choice(name, default if value is None else value, tuple(choices))
    table = (*COMMON, *MODELS[kind["model"]].own, *LAYERS[kind["softmax"]].own)
    options = fill_in(given, table, OVERRIDES)
    if options["corpus"] not in ("ptb", "mini_ptb"):
        options["corpus"] = _absolute(options["corpus"])
    if options["data_dir"] is not None:
        options["data_dir"] = _absolute(options["data_dir"])
    check_positive_int("num_epochs", options["num_epochs"])
    check_number("lr", options["lr"], 0, open_low=True)
    check_positive_int("resample_every", options["resample_every"])
    return options


def _absolute(folder: Any) -> str:
    """So that the run can be evaluated from elsewhere."""
    return str(Path(folder).expanduser().resolve())


def load_run_corpus(options: Options) -> Corpus:
    """The text of a run, as its model reads it; the errors are those of `load_corpus`."""
    eos = MODELS[options["model"]].eos
    return load_corpus(options["corpus"], options["min_freq"], eos, options["data_dir"])


def build_net(corpus: Corpus, options: Options) -> Any:
    """The net of a run, not initialized."""
    return MODELS[options["model"]].net(corpus, options)


def build_batches(corpus: Corpus, options: Options) -> Any:
    """The training batches of a run."""
    return MODELS[options["model"]].batches(corpus, options)


def build_held_out(corpus: Corpus, options: Options, split: str = "valid") -> Any:
    """The batches of a held-out loss: the same for every seed, so that runs can be compared."""
    return MODELS[options["model"]].held_out(corpus, options, split)


def build_device(options: Options) -> list[Any]:
    """The contexts of a run; ValueError for a device that is none or cannot be used."""
    from .device import parse_device

    return [parse_device(name) for name in str(options["device"]).split(",")]


def evaluate_net(net: Any, corpus: Corpus, options: Options, split: str, device: Any) -> dict[str, float]:
    """The figures of a split: ``{"loss": nats a position}``, and what the model adds."""
    batches = build_held_out(corpus, options, split)
    return MODELS[options["model"]].evaluate(net, batches, device)
