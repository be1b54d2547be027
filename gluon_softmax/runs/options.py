"""What an option is: a name, a type, a default and a reason.

The command line, the configuration file and the builders share tables of them.
"""

from __future__ import annotations

import difflib
import numbers
from typing import Any, Callable, Collection, Mapping, NamedTuple, Sequence, Union

from ..utils.checks import MAX_INT, check_choice, shown


class Option(NamedTuple):
    """``Option("num_noise_words", int, 5, "...")`` is ``--num-noise-words 5`` and ``"num_noise_words": 5``.

    A `bool` is given as ``--name`` or ``--no-name``. `help` says what it means and, where it is not obvious,
    why the default is what it is.
    """

    name: str
    type: Callable[[str], Any]
    default: Any
    help: str
    choices: Collection[str] = ()  # a table's keys follow the table
    brief: str = ""  # for the short help, which shows the options that have one

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return "--" + self.name.replace("_", "-")

    def checked(self, value: object) -> Any:
        """`value` as this option's type; TypeError or ValueError, by the option's name, if it is none."""
        if self.type is bool:
            if not isinstance(value, bool):
                raise TypeError(f"{self.name} takes True or False; got {shown(value)}")
            return value
        if self.type is int:
            if isinstance(value, bool) or not isinstance(value, numbers.Integral):
                raise TypeError(f"{self.name} takes an integer; got {shown(value)}")
            if abs(int(value)) > MAX_INT:
                raise ValueError(f"{self.name} takes an integer of at most {MAX_INT}; got {shown(value)}")
            return int(value)
        if self.type is float:
            if isinstance(value, bool) or not isinstance(value, numbers.Real):
                raise TypeError(f"{self.name} takes a number; got {shown(value)}")
            return value if isinstance(value, int) else float(value)  # an integer may be beyond a float
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes a string; got {shown(value)}")
        return check_choice(self.name, value, tuple(self.choices)) if self.choices else value


class Override(NamedTuple):
    """Other defaults for a kind of run: where every option of `where` has that value, `defaults` hold."""

    where: Mapping[str, Any]
    defaults: Mapping[str, Any]
    reason: str

    def holds(self, options: Mapping[str, Any]) -> bool:
        """Whether a run with these options is of this kind."""
        return all(options.get(name) == value for name, value in self.where.items())


Given = Mapping[str, Union[str, int, float, bool, None]]  # None: not given
Options = Mapping[str, Any]  # a value for every option of a run


def without_none(given: Given) -> dict[str, Any]:
    """What was really given."""
    return {name: value for name, value in given.items() if value is not None}


def fill_in(given: Given, table: Sequence[Option], overrides: Sequence[Override]) -> dict[str, Any]:
    """Give the value of every option of `table`: the one given, else the last override's, else its default.

    An override counts where it holds; None counts as not given. Raises ValueError for an option that is not
    in the table, with the nearest name that is, and for a value that is not among its choices; TypeError for
    a value of another type.
    """
    chosen = without_none(given)
    by_name = {option.name: option for option in table}
    for name in chosen:
        if name not in by_name:
            raise ValueError(f"{name} is no option of this kind of run{nearest(name, list(by_name))}")
    chosen = {name: by_name[name].checked(value) for name, value in chosen.items()}
    options = {option.name: option.default for option in table}
    kind = {**options, **chosen}
    for override in overrides:
        if override.holds(kind):
            options.update({name: value for name, value in override.defaults.items() if name in by_name})
    return {**options, **chosen}


def nearest(name: str, names: Sequence[str]) -> str:
    """``; did you mean num_epochs?`` where one of `names` is spelt like `name`, else nothing."""
    near = difflib.get_close_matches(name, names, 1)
    return f"; did you mean {near[0]}?" if near else ""
