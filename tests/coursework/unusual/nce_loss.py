"""Unusual right answers."""

import numpy


def by_posterior(scores, target, candidates, noise, log_partition):
    """Take the logarithms of numerator and denominator apart."""
    log_p = scores - log_partition
    log_noise = numpy.log(noise) + numpy.log(len(candidates))
    log_both = numpy.logaddexp(log_p, log_noise)
    rows = numpy.arange(len(target))
    data = (log_p - log_both)[rows, target]
    return [-float(d) - float(n[candidates].sum()) for d, n in zip(data, log_noise - log_both)]


def with_counts(scores, target, candidates, noise, log_partition=0.0):
    """Weigh each word's term by how often it is noise, in float32."""
    times = numpy.bincount(candidates, minlength=len(noise)).astype("float32")
    x = (scores - log_partition - numpy.log(candidates.size * noise)).astype("float32")
    wrong = (numpy.maximum(x, 0) + numpy.log1p(numpy.exp(-abs(x)))) @ times
    right = numpy.take_along_axis(x, target[:, None], axis=1)[:, 0]
    return numpy.maximum(-right, 0) + numpy.log1p(numpy.exp(-abs(right))) + wrong
