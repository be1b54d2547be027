"""Right answers of other kinds."""

import numpy


def cumulative_sums(num_contexts, num_noise_words, batch_size, bytes_per_id):
    sums = numpy.append(0, numpy.cumsum(num_contexts))
    ends = numpy.append(sums[::batch_size], sums[-1])
    return numpy.array([sums[-1], numpy.diff(ends).max()]) * num_noise_words * float(bytes_per_id)


def recursion(num_contexts, num_noise_words, batch_size, bytes_per_id, most=0, total=0):
    if not len(num_contexts):
        return [total, most]
    here = sum(num_contexts[:batch_size]) * num_noise_words * bytes_per_id
    rest = num_contexts[batch_size:]
    return recursion(rest, num_noise_words, batch_size, bytes_per_id, max(most, here), total + here)
