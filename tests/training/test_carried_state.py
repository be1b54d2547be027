"""The state that is carried from batch to batch: what cannot be carried is named."""

from __future__ import annotations

import pytest

import gluon_softmax as gs
from gluon_softmax.backend import np
from gluon_softmax.training.carried_state import CarriedState

V = 9


def test_a_state_does_not_grow() -> None:
    net = gs.LanguageModel(V, 4, 3, gs.FullSoftmax(V, 3), cell="gru")
    net.initialize()
    carried = CarriedState(net)
    narrow, wide = np.ones((2, 2), dtype="int32"), np.ones((2, 3), dtype="int32")
    carried([(narrow, narrow)])
    with pytest.raises(ValueError, match=r"^batches takes at most the 2 columns it began with; got 3"):
        carried([(wide, wide)])
