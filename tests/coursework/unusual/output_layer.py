"""Unusual right answers."""

import gluon_softmax as gs
from gluon_softmax.backend import gluon, nn, np, npx


def of_the_package(vocab_size, in_units):
    """Hand in a layer of the package, whose probabilities are not one softmax."""
    return gs.AdaptiveSoftmax(vocab_size, in_units, cutoffs=[2], div_value=1)


class ASampledLayer(gs.SampledSoftmax):
    """Hand in a class, whose loss in training is another than outside."""

    def __init__(self, vocab_size, in_units, num_sampled=4):
        super().__init__(vocab_size, in_units, num_sampled, sampler=gs.UniformSampler(vocab_size))


class WithADense(gluon.HybridBlock):
    """A child, no bias, and a loss by Gluon's own."""

    def __init__(self, vocab_size, in_units, **kwargs):
        super().__init__(**kwargs)
        self.dense = nn.Dense(vocab_size, use_bias=False, flatten=False, in_units=in_units)
        self.cross_entropy = gluon.loss.SoftmaxCrossEntropyLoss(axis=-1, batch_axis=0)
        self.num_words = vocab_size

    def forward(self, hidden, target):
        """Flatten, and give the losses their shape back."""
        flat = self.cross_entropy(self.dense(hidden).reshape(-1, self.num_words), target.reshape(-1))
        return flat.reshape(target.shape)

    def log_prob(self, hidden):
        """Take the logarithm of the softmax."""
        return np.log(npx.softmax(self.dense(hidden)))

    def predict(self, hidden):
        """Sort, and take the last."""
        return np.argsort(self.dense(hidden), axis=-1)[..., -1]
