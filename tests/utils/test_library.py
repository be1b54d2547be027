"""A library that is missing is named with what to install."""

from __future__ import annotations

import pytest

from gluon_softmax.utils.library import import_library


def test_a_module_that_is_there() -> None:
    import json

    assert import_library("json", "this") is json


def test_a_library_that_is_missing() -> None:
    message = (
        "^format x takes the library no_such_thing, which `pip install no_such_thing` brings; got No module"
    )
    with pytest.raises(ImportError, match=message):
        import_library("no_such_thing.part", "format x")
    with pytest.raises(
        ImportError, match="takes the library no-such-thing, which `pip install no-such-thing`"
    ):
        import_library("no_such_thing", "format x", "no-such-thing")
