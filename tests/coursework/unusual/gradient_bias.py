"""Unusual right answers."""

import numpy


def by_differences(scores, target, draws, expected):
    """Differentiate each loss numerically."""

    def loss(s, candidates, counts):
        corrected = s - numpy.log(counts)
        inside = numpy.append(corrected[target], corrected[candidates[candidates != target]])
        return numpy.logaddexp.reduce(inside) - corrected[target]

    def gradient(candidates, counts):
        steps = 1e-5 * numpy.eye(len(scores))
        return numpy.array(
            [
                (loss(scores + h, candidates, counts) - loss(scores - h, candidates, counts)) / 2e-5
                for h in steps
            ]
        )

    full = gradient(numpy.arange(len(scores)), numpy.ones(len(scores)))
    each = [gradient(draw, expected) for draw in draws]
    means = [full, sum(each) / len(each), each[0]]
    return means, [numpy.linalg.norm(m - full) / numpy.linalg.norm(full) for m in means[1:]]


def with_many_at_once(scores, target, draws, expected, steps=None):
    """Scatter all draws with numpy.add.at."""
    steps = steps or len(draws)
    words = numpy.concatenate([numpy.full((steps, 1), target), draws], axis=1)
    terms = numpy.exp(scores[words]) / expected[words]
    terms[:, 1:][draws == target] = 0
    each = numpy.zeros((steps, len(scores)))
    numpy.add.at(each, (numpy.arange(steps)[:, None], words), terms / terms.sum(1, keepdims=True))
    each[:, target] -= 1
    full = numpy.exp(scores) / numpy.exp(scores).sum()
    full[target] -= 1
    gradients = numpy.array([full, each.mean(0), each[0]])
    return gradients, numpy.sqrt(((gradients[1:] - full) ** 2).sum(1) / (full**2).sum())
