"""The full softmax: p(w) = exp(s(w)) / sum_v exp(s(v)) with s(w) = weight[w] . hidden + bias[w].

log_prob is s(w) - logsumexp(s); the largest score is taken out first, so that no exponential overflows. The
loss of a position is minus its target's entry, in nats since the logarithm is natural.
"""

from gluon_softmax.backend import gluon, np


class Layer(gluon.HybridBlock):
    """A full softmax by hand."""

    def __init__(self, vocab_size, in_units):
        super().__init__()
        self.weight = self.params.get("weight", shape=(vocab_size, in_units))
        self.bias = self.params.get("bias", shape=(vocab_size,), init="zeros")

    def hybrid_forward(self, F, hidden, target, weight, bias):
        """Return the loss of each position."""
        return -F.npx.pick(_log_prob(F.np, hidden, weight, bias), target, axis=-1)

    def log_prob(self, hidden):
        """Return the log-probabilities of all words."""
        return _log_prob(np, hidden, self.weight.data(hidden.ctx), self.bias.data(hidden.ctx))

    def predict(self, hidden):
        """Return the likeliest words."""
        return self.log_prob(hidden).argmax(axis=-1)


def _log_prob(numpy, hidden, weight, bias):
    scores = numpy.dot(hidden, numpy.transpose(weight)) + bias
    shifted = scores - numpy.max(scores, axis=-1, keepdims=True)
    return shifted - numpy.log(numpy.sum(numpy.exp(shifted), axis=-1, keepdims=True))


def output_layer(vocab_size, in_units):
    """Make the layer."""
    return Layer(vocab_size, in_units)
