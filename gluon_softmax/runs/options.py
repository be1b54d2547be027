"""What a run can be told: an option has a name, a type, a default and a reason, in one table that the command
line, the configuration file and the builders share.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Sequence, Union

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
    choices: Sequence[str] = ()

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")


class Override(NamedTuple):
    """Other defaults for a kind of run: where every option of `where` has that value, `defaults` hold."""

    where: Mapping[str, Any]
    defaults: Mapping[str, Any]
    reason: str

    def holds(self, options: Mapping[str, Any]) -> bool:
        return all(options.get(name) == value for name, value in self.where.items())


Given = Mapping[str, Union[str, int, float, bool, None]]


def fill_in(given: Given, table: Sequence[Option], overrides: Sequence[Override]) -> dict[str, Any]:
    """The value of every option of `table`: the one given, else that of the last override that holds, else
    its default. None counts as not given. Raises ValueError for an option that is not in the table, or a
    value that is not among its choices.
    """
    told = {name: value for name, value in given.items() if value is not None}
    names = {option.name for option in table}
    for name in told:
        if name not in names:
            raise ValueError(
                f"{name} is no option of this kind of run, which takes {', '.join(sorted(names))}"
            )
    for option in table:
        if option.choices and option.name in told:
            check_choice(option.name, told[option.name], option.choices)
    options = {option.name: option.default for option in table}
    kind = {**options, **told}
    for override in overrides:
        if override.holds(kind):
            options.update({name: value for name, value in override.defaults.items() if name in names})
    return {**options, **told}
