"""From the options that were given to a value for every option of a run, checked before it begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..utils.checks import check_choice, check_number, check_positive_int
from .defaults import COMMON, OVERRIDES
from .layers import LAYERS
from .models import MODELS
from .options import Given, Options, fill_in


def resolve_options(given: Given) -> dict[str, Any]:
    """Every option of a run, from those that were given; ``model`` and ``softmax`` decide which there are.

    Raises ValueError for an option that this model or layer has not, for a value that is not among its
    choices, and for what `train` would refuse, so that nothing is written for it.
    """
    kind: dict[str, str] = {}
    for name, choices in (("model", MODELS), ("softmax", LAYERS)):
        value = default_kind(kind.get("model"))[name] if given.get(name) is None else given[name]
        kind[name] = check_choice(name, value, tuple(choices))
    table = (*COMMON, *MODELS[kind["model"]].own, *LAYERS[kind["softmax"]].own)
    options = fill_in({**given, **kind}, table, OVERRIDES)
    if options["corpus"] not in ("ptb", "mini_ptb"):
        options["corpus"] = _absolute(options["corpus"])
    for name in ("data_dir", "vectors"):
        if options[name] is not None:
            options[name] = _absolute(options[name])
    _check_numbers(options)
    return options


def _check_numbers(options: Options) -> None:
    check_positive_int("num_epochs", options["num_epochs"])
    check_number("lr", options["lr"], 0, open_low=True)
    check_number("decay", options["decay"], 0, 1, open_low=True)
    if options["clip_norm"] is not None:
        check_number("clip_norm", options["clip_norm"], 0, open_low=True)
    for name in ("resample_every", "log_interval"):
        if options[name] is not None:
            check_positive_int(name, options[name])


def default_kind(model: str | None = None) -> dict[str, str]:
    """The ``model`` of a run that names none, and the ``softmax`` of one with that model."""
    model = model or next(option.default for option in COMMON if option.name == "model")
    return {"model": model, "softmax": MODELS[model].softmax}


def _absolute(folder: str) -> str:
    """So that the run can be evaluated from elsewhere."""
    return str(Path(folder).expanduser().resolve())
