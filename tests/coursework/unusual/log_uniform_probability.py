"""Unusual right answers."""

import numpy


def by_search(uniforms, range_max):
    """Look each uniform up in the cumulative sums."""
    k = numpy.arange(range_max)
    p = (numpy.log(k + 2) - numpy.log(k + 1)) / numpy.log(range_max + 1)
    ids = numpy.searchsorted(numpy.cumsum(p), uniforms, side="right")
    return [ids.tolist(), p[ids].tolist()]


def in_float32(uniforms, range_max, dtype="float32"):
    """Give both as float32."""
    ids = (numpy.exp(uniforms * numpy.log1p(range_max)) - 1).astype("int32")
    return ids.astype(dtype), (numpy.log1p(1 / (1 + ids)) / numpy.log1p(range_max)).astype(dtype)
