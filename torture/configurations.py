"""Every kind of run that is offered: models, batches, layers, optimizers, schedules, gradients."""

from __future__ import annotations

import itertools
import random
from typing import NamedTuple

LAYERS = ("full", "negative-sampling", "nce", "hierarchical", "sampled", "in-batch", "adaptive")
SETTINGS = tuple(
    itertools.product(
        ("sgd", "adam", "adagrad"), ("constant", "linear"), ("--sparse-grad", "--no-sparse-grad")
    )
)
VISITS_PER_SETTING = 2  # of a form, so that one uninterrupted run serves several rounds

_PAIRS = ("--model", "skip-gram", "--batch-size", "96")
_BOOK = ("--model", "skip-gram", "--batches", "book", "--batch-size", "16")
_BLOCKS = ("--model", "skip-gram", "--batches", "blocks", "--batch-size", "32", "--subsampling", "none")
_CBOW = ("--model", "cbow", "--batch-size", "32")
_LM = ("--model", "lm", "--batch-size", "20", "--num-hiddens", "12", "--bptt", "8")


class Configuration(NamedTuple):
    """`name` says it in words; `arguments` are those of ``train``, but for corpus and folder."""

    name: str
    arguments: tuple[str, ...]
    num_epochs: int
    has_vectors: bool


def _of_layer(layer: str) -> tuple[str, ...]:
    if layer in ("nce", "sampled"):
        return ("--softmax", layer, "--num-sampled", "20")
    if layer == "adaptive":
        return ("--softmax", layer, "--div-value", "2")
    return ("--softmax", layer)


def _forms() -> list[tuple[str, tuple[str, ...], int]]:
    """Model, batches and layer, as (name, arguments, epochs)."""
    forms = [(f"skip-gram pairs {layer}", (*_PAIRS, *_of_layer(layer)), 3) for layer in LAYERS]
    forms.append(("skip-gram book negative-sampling", (*_BOOK, *_of_layer("negative-sampling")), 4))
    for layer in ("negative-sampling", "hierarchical"):
        forms.append((f"skip-gram blocks {layer}", (*_BLOCKS, *_of_layer(layer)), 4))
    forms += [(f"cbow {layer}", (*_CBOW, *_of_layer(layer)), 3) for layer in LAYERS]
    for dropout, layer in itertools.product(("0.25", "0"), LAYERS):
        forms.append((f"lm {layer} dropout {dropout}", (*_LM, "--dropout", dropout, *_of_layer(layer)), 3))
    return forms


NUM_FORMS = len(_forms())


def configuration(seed: int, case: int) -> Configuration:
    """The configuration of a case.

    The forms come by turns, in an order that the seed decides; after some visits of each comes the next
    optimizer, schedule and kind of gradient.
    """
    forms = _forms()
    random.Random(f"{seed}/forms").shuffle(forms)
    name, arguments, num_epochs = forms[case % len(forms)]
    settings = list(SETTINGS)
    random.Random(f"{seed}/settings/{name}").shuffle(settings)
    optimizer, schedule, sparse = settings[case // len(forms) // VISITS_PER_SETTING % len(settings)]
    if "blocks" in name:
        optimizer, rate = "sgd", "0.02"
    else:
        rate = {"sgd": "1", "adam": "0.005", "adagrad": "0.05"}[optimizer]
    whole = f"{name} {optimizer} {schedule} {sparse.strip('-')}"
    return _complete(
        whole, arguments, num_epochs, ("--optimizer", optimizer, "--lr", rate, "--schedule", schedule, sparse)
    )


def named(form: str) -> Configuration:
    """A configuration for checks that need one of a kind, with the defaults of optimizer and schedule."""
    arguments, num_epochs = next((a, n) for name, a, n in _forms() if name == form)
    optimizer, rate = ("sgd", "0.02") if "blocks" in form else ("adam", "0.005")
    return _complete(
        form, arguments, num_epochs, ("--optimizer", optimizer, "--lr", rate, "--schedule", "linear")
    )


def _complete(name: str, arguments: tuple[str, ...], num_epochs: int, more: tuple[str, ...]) -> Configuration:
    small = ("--num-epochs", str(num_epochs), "--min-freq", "2", "--embed-size", "12", "--device", "cpu")
    return Configuration(name, (*arguments, *more, *small), num_epochs, "lm" not in arguments)
