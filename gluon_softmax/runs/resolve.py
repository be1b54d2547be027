"""From the options that were given to a value for every option of a run, checked before it begins."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from ..utils.checks import check_choice, check_number, check_positive_int, check_scale, shown
from ..utils.files import user_path
from .defaults import COMMON, OVERRIDES
from .layers import LAYERS
from .models import MODELS
from .options import Given, Option, Options, fill_in, without_none

_CORPORA = ("ptb", "mini_ptb")  # by name; any other is a folder
_KIND = ("corpus", "model", "softmax")  # every run that was ever written says these


def resolve_options(given: Given, before: Given | None = None) -> dict[str, Any]:
    """Every option of a run, from those that were given; ``model`` and ``softmax`` decide which there are.

    `before` has values for some that were not given, in place of their defaults; it may name options that
    this kind of run has not.
    Raises ValueError for an option that this model or layer has not, for a value that is not among its
    choices, and for what `train` would refuse, so that nothing is written for it; TypeError for a value of
    another type than its option's.
    """
    kind: dict[str, str] = {}
    for name, choices in (("model", MODELS), ("softmax", LAYERS)):
        value = default_kind(kind.get("model"))[name] if given.get(name) is None else given[name]
        kind[name] = check_choice(name, value, tuple(choices))
    table = (*COMMON, *MODELS[kind["model"]].own, *LAYERS[kind["softmax"]].own)
    _check_kind(without_none(given), table, kind)
    names = {option.name for option in table}
    earlier = {name: value for name, value in (before or {}).items() if name in names}
    options = fill_in({**earlier, **without_none(given), **kind}, table, OVERRIDES)
    for name in ("corpus", "data_dir", "vectors"):
        if options[name] is not None and not (name == "corpus" and options[name] in _CORPORA):
            options[name] = _absolute(name, options[name])
    _check_numbers(options)
    return options


def check_written(options: Mapping[str, object]) -> None:
    """Raise TypeError or ValueError for options that no run was ever written with, whatever its kind.

    None is left for those without a default alone, where `resolve_options` takes it for any as not given.
    """
    for name in _KIND:
        if name not in options:
            raise ValueError(f"options takes {', '.join(_KIND)} and more; got no {name}")
    for table in _tables():
        for option in table:
            if option.name in options and not (options[option.name] is None and option.default is None):
                value = option.checked(options[option.name])
                if option.type is float:
                    check_number(option.name, value)


def _tables() -> Iterable[tuple[Option, ...]]:
    return (COMMON, *(model.own for model in MODELS.values()), *(layer.own for layer in LAYERS.values()))


def _check_kind(chosen: Mapping[str, object], table: tuple[Option, ...], kind: Mapping[str, str]) -> None:
    """Raise ValueError for an option that other models or layers have, which it names."""
    names = {option.name for option in table}
    for name in chosen:
        owners = [
            f"{what} {' or '.join(having)}"
            for what, choices in (("model", MODELS), ("softmax", LAYERS))
            for having in [[key for key, of in choices.items() if name in {o.name for o in of.own}]]
            if having
        ]
        if name not in names and owners:
            raise ValueError(
                f"{name} is no option of this kind of run, model {kind['model']} with softmax "
                f"{kind['softmax']}; {' and '.join(owners)} takes it"
            )


def _check_numbers(options: Options) -> None:
    check_positive_int("num_epochs", options["num_epochs"])
    check_scale("lr", options["lr"])
    check_number("decay", options["decay"], 0, 1, open_low=True)
    if options["clip_norm"] is not None:
        check_scale("clip_norm", options["clip_norm"])
    check_scale("weight_decay", options["weight_decay"], or_zero=True)
    check_number("checkpoint_minutes", options["checkpoint_minutes"], 0)
    for name in ("resample_every", "log_interval", "keep_checkpoints"):
        if options[name] is not None:
            check_positive_int(name, options[name])
    check_positive_int("seed", options["seed"], 0)


def default_kind(model: str | None = None) -> dict[str, str]:
    """The ``model`` of a run that names none, and the ``softmax`` of one with that model."""
    model = model or next(option.default for option in COMMON if option.name == "model")
    return {"model": model, "softmax": MODELS[model].softmax}


def _absolute(name: str, path: str) -> str:
    """So that the run can be evaluated from elsewhere."""
    try:
        return str(user_path(name, path).resolve())
    except RuntimeError:  # up to Python 3.12
        raise ValueError(f"{name} takes a path; got {shown(path)}, a loop of links") from None
