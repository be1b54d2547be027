"""The first signal asks, the second Ctrl-C does not."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from gluon_softmax.training.stop import StopSignals


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_noted(signum: int) -> None:
    stop = StopSignals()
    with stop.handled():
        assert stop.signum is None
        os.kill(os.getpid(), signum)
        assert stop.signum == signum


def test_a_second_ctrl_c_stops_at_once() -> None:
    stop = StopSignals()
    with pytest.raises(KeyboardInterrupt), stop.handled():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)  # a second TERM does not
        os.kill(os.getpid(), signal.SIGINT)


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(RuntimeError), StopSignals().handled():
        raise RuntimeError
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_signals_are_left_alone() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []

    def work() -> None:
        with StopSignals().handled():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
