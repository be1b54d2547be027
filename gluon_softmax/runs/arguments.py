"""The options of ``gluon-softmax train`` as arguments, from the tables of models, layers and runs."""

from __future__ import annotations

import argparse
from typing import Any, Sequence

from .build import COMMON, MODELS, OVERRIDES
from .layers import LAYERS
from .options import Option


def add_train(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument_group("the run")
    where.add_argument(
        "--out", metavar="RUN", help="the folder to write (default: runs/CORPUS-MODEL-SOFTMAX)"
    )
    what = where.add_mutually_exclusive_group()
    what.add_argument(
        "--resume",
        action="store_true",
        help="go on from the run's checkpoint; options left out are the run's, only --num-epochs may grow",
    )
    what.add_argument("--overwrite", action="store_true", help="replace the run that is there")
    where.add_argument("--quiet", action="store_true", help="print nothing but errors")
    seen: set[str] = set()
    for title, options in _option_groups():
        shared = [f"{option.flag} ({_defaults(option)})" for option in options if option.name in seen]
        group = parser.add_argument_group(title, f"from above: {', '.join(shared)}" if shared else None)
        for option in options:
            if option.name not in seen:
                _add_option(group, option)
            seen.add(option.name)


def _option_groups() -> list[tuple[str, Sequence[Option]]]:
    groups = [
        ("options of every run", COMMON),
        *((f"options of --model {name}", model.own) for name, model in MODELS.items()),
        *((f"options of --softmax {name}", layer.own) for name, layer in LAYERS.items()),
    ]
    return [(title, options) for title, options in groups if options]


def option_names() -> list[str]:
    return list({option.name: None for _, options in _option_groups() for option in options})


def _add_option(group: Any, option: Option) -> None:
    """Options that are not given stay None: the run's kind decides what they are then."""
    text = f"{option.help} ({_defaults(option)})".replace("%", "%%")
    if option.type is bool:
        group.add_argument(option.flag, action="store_const", const=True, dest=option.name, help=text)
        no = "--no-" + option.flag[2:]
        group.add_argument(
            no, action="store_const", const=False, dest=option.name, help=f"the opposite of {option.flag}"
        )
        return
    metavar = {int: "N", float: "X"}.get(option.type, option.name.upper())  # type: ignore[call-overload]  # by type
    group.add_argument(
        option.flag,
        type=option.type,
        dest=option.name,
        metavar="{" + ",".join(option.choices) + "}" if option.choices else metavar,
        help=text,
    )


def _defaults(option: Option) -> str:
    """``default: 4096; with --model cbow 1024: its reason``."""
    parts = [f"default: {_shown(option.default)}"]
    for override in OVERRIDES:
        if option.name in override.defaults:
            where = " ".join(f"--{name} {value}" for name, value in override.where.items())
            parts.append(f"with {where} {_shown(override.defaults[option.name])}: {override.reason}")
    return "; ".join(parts)


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
