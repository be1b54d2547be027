"""What equals what is expected, and what is said of the first difference."""

from __future__ import annotations

import numpy

from gluon_softmax.coursework.compare import difference


def test_only_infinity_equals_infinity() -> None:
    want = numpy.array([1.0, -numpy.inf])
    assert difference(numpy.array([1.0, -numpy.inf]), want, 1e-4, 1e-6) is None
    for got in (-1e30, 0.0, numpy.inf, numpy.nan):
        assert difference(numpy.array([1.0, got]), want, 1e-4, 1e-6)
    assert difference(numpy.array([numpy.inf]), numpy.array([1.0]), 1e-4, 1e-6)
