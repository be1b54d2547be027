"""The arguments of ``train``, from the tables of runs, models and layers; a short help and a long one."""

from __future__ import annotations

import argparse
from typing import Any, Sequence

from .defaults import COMMON, OVERRIDES
from .layers import LAYERS
from .models import MODELS
from .options import Option

_SHORT_WIDTH = 1000  # a line each, whatever the terminal
_OUT = "the folder to write (default: runs/CORPUS-MODEL-SOFTMAX)"
_HELP_ALL = "every option, those of each model and layer too, with the reasons of their defaults"


class _ShortHelp(argparse.Action):
    """Print the options that most runs need, a line each."""

    def __init__(self, option_strings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(option_strings, **{**kwargs, "nargs": 0, "default": argparse.SUPPRESS})

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(short_help(parser), end="")
        parser.exit()


def short_help(parser: argparse.ArgumentParser) -> str:
    """The help of ``train`` on one screen, with the description and the examples of `parser`."""
    short = argparse.ArgumentParser(
        prog=parser.prog,
        usage=parser.usage,
        description=parser.description,
        epilog=parser.epilog,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(
            prog, max_help_position=24, width=_SHORT_WIDTH
        ),
        add_help=False,
    )
    where = short.add_argument_group("the run")
    where.add_argument("--out", metavar="RUN", help=_OUT)
    where.add_argument("--resume", action="store_true", help="go on from the checkpoint of the run there")
    where.add_argument("--overwrite", action="store_true", help="replace the run there")
    where.add_argument("--quiet", action="store_true", help="print nothing but errors")
    where.add_argument("--json", action="store_true", help="print the result as one JSON object")
    options = short.add_argument_group("options that most runs need")
    for option in COMMON:
        if option.brief:
            options.add_argument(option.flag, metavar=_name(option), help=_brief(option))
    short.add_argument_group("more").add_argument("--help-all", action="store_true", help=_HELP_ALL)
    return short.format_help()


def _brief(option: Option) -> str:
    """One line: the choices or what it is, and the default."""
    what = ", ".join(option.choices) or option.brief
    depends = any(option.name in override.defaults for override in OVERRIDES)
    return f"{what} (default: by model and corpus)" if depends else f"{what} ({_default(option)})"


def add_train_arguments(parser: argparse.ArgumentParser) -> None:
    """Add every argument of ``train``."""
    parser.usage = f"{parser.prog} [options]"
    parser.add_argument("-h", "--help", action=_ShortHelp, help="the options that most runs need")
    parser.add_argument("--help-all", action="help", help=_HELP_ALL)
    where = parser.add_argument_group("the run")
    where.add_argument("--out", metavar="RUN", help=_OUT)
    what = where.add_mutually_exclusive_group()
    what.add_argument(
        "--resume",
        action="store_true",
        help="go on from the run's checkpoint; options left out are the run's, only --num-epochs may grow: "
        "that stretches the schedule, so the epochs done had the rates of a shorter plan",
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
    """The name of every option of ``train``."""
    return list({option.name: None for _, options in _option_groups() for option in options})


def _add_option(group: argparse._ArgumentGroup, option: Option) -> None:
    """Options that are not given stay None: the run's kind decides what they are then."""
    text = f"{option.help} ({_defaults(option)})".replace("%", "%%")
    if option.type is bool:
        group.add_argument(option.flag, action="store_const", const=True, dest=option.name, help=text)
        no = "--no-" + option.flag[2:]
        group.add_argument(
            no, action="store_const", const=False, dest=option.name, help=f"the opposite of {option.flag}"
        )
        return
    group.add_argument(option.flag, type=option.type, dest=option.name, metavar=_metavar(option), help=text)


def _metavar(option: Option) -> str:
    if option.choices:
        return "{" + ",".join(option.choices) + "}"
    return _name(option)


def _name(option: Option) -> str:
    return "N" if option.type is int else "X" if option.type is float else option.name.upper()


def _defaults(option: Option) -> str:
    """``default: 4096; with --model cbow 1024: its reason``."""
    parts = [_default(option)]
    for override in OVERRIDES:
        if option.name in override.defaults:
            where = " ".join(f"--{name} {value}" for name, value in override.where.items())
            parts.append(f"with {where} {_shown(override.defaults[option.name])}: {override.reason}")
    return "; ".join(parts)


def _default(option: Option) -> str:
    return f"default: {_shown(option.default)}"


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def choices_of_options() -> dict[str, list[str]]:
    """The values of each option that has some, by its name."""
    return {o.name: list(o.choices) for _, options in _option_groups() for o in options if o.choices}
