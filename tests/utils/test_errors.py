"""What the errors carry, and that a message is made when it is read."""

from __future__ import annotations

import pickle
import signal

import pytest

from gluon_softmax.utils.errors import TrainingInterrupted, UnknownTokenError


def test_an_unknown_word_names_the_nearest_spellings() -> None:
    assert str(UnknownTokenError("chop", ["chip", "bank"])) == (
        "'chop' is none of the 2 words; nearest spellings: chip"
    )
    assert (
        str(UnknownTokenError("xyzzy", ["chip"]))
        == "'xyzzy' is none of the 1 words; no word is spelt like it"
    )


def test_to_raise_and_catch_it_does_not_compare_spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    import difflib

    monkeypatch.setattr(difflib, "get_close_matches", lambda *_: pytest.fail("spellings were compared"))
    with pytest.raises(KeyError):
        raise UnknownTokenError("Washington", ["word"] * 400_000)


def test_it_is_pickled_as_its_message() -> None:
    error = pickle.loads(pickle.dumps(UnknownTokenError("chop", ["chip"])))
    assert isinstance(error, KeyError) and error.args == (
        "'chop' is none of the 1 words; nearest spellings: chip",
    )


def test_an_interruption_is_a_ctrl_c_with_its_signal() -> None:
    error = TrainingInterrupted(signal.SIGTERM)
    assert isinstance(error, KeyboardInterrupt) and error.signum == 15 and "signal 15" in str(error)
