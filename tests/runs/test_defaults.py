"""The tables of defaults: every override is of options that exist."""

from __future__ import annotations

from gluon_softmax.runs.defaults import COMMON
from gluon_softmax.runs.defaults import OVERRIDES as RUN_OVERRIDES
from gluon_softmax.runs.layers import LAYERS
from gluon_softmax.runs.models import MODELS


def test_every_override_is_of_options_that_exist() -> None:
    tables = [COMMON, *(m.own for m in MODELS.values()), *(c.own for c in LAYERS.values())]
    names = {option.name for table in tables for option in table}
    for override in RUN_OVERRIDES:
        assert set(override.where) | set(override.defaults) <= names


def test_every_override_changes_a_default_and_says_why() -> None:
    for number, override in enumerate(RUN_OVERRIDES):
        assert override.where and override.defaults and override.reason
        assert override.where not in [other.where for other in RUN_OVERRIDES[:number]]


def test_no_option_is_there_twice_in_one_kind_of_run() -> None:
    for model in MODELS.values():
        for layer in LAYERS.values():
            names = [option.name for option in (*COMMON, *model.own, *layer.own)]
            assert len(names) == len(set(names))
