"""What an option is: a name, a type, a default and a reason.

The command line, the configuration file and the builders share tables of them.
"""

from __future__ import annotations

from typing import Any, Callable, Collection, Mapping, NamedTuple, Sequence, Union

from ..utils.checks import check_choice


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

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return "--" + self.name.replace("_", "-")


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
    in the table, or a value that is not among its choices.
    """
    chosen = without_none(given)
    names = {option.name for option in table}
    for name in chosen:
        if name not in names:
            raise ValueError(
                f"{name} is no option of this kind of run, which takes {', '.join(sorted(names))}"
            )
    for option in table:
        if option.choices and option.name in chosen:
            check_choice(option.name, chosen[option.name], tuple(option.choices))
    options = {option.name: option.default for option in table}
    kind = {**options, **chosen}
    for override in overrides:
        if override.holds(kind):
            options.update({name: value for name, value in override.defaults.items() if name in names})
    return {**options, **chosen}
