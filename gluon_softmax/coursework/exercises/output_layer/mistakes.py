"""What goes wrong with an output layer."""

import math

from gluon_softmax.backend import gluon, np, npx
from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "bits": Mistake(
        "The loss is in bits: it is 1.44 times what it should be, and its exponential is no perplexity. "
        "Losses are in nats, with the natural logarithm.",
        "Perplexity against Seconds",
    ),
    "mean": Mistake(
        "The loss is one number for the whole batch. Return one loss per position: the trainer weighs and "
        "averages them itself.",
        "The Layers",
    ),
    "flat": Mistake(
        "The losses came back in one row, whatever axes the positions had. The loss has the shape of target, "
        "(T, B) in a language model.",
        "The Layers",
    ),
    "scores": Mistake(
        "log_prob gives scores, whose exponentials do not sum to one. Subtract the logarithm of that sum: "
        "perplexities can be compared only if probabilities are normalised.",
        "Perplexity against Seconds",
        "https://github.com/flowersteam/lamorel/pull/51",
    ),
    "probabilities": Mistake(
        "log_prob gives probabilities. Give their logarithms, which do not round to zero for rare words.",
        "Perplexity against Seconds",
    ),
    "not_registered": Mistake(
        "The weights are no parameters of the block, so a Trainer does not move them and they are not saved. "
        "Make them with self.params.get, each as an attribute.",
        "The Layers",
        "https://github.com/salesforce/awd-lstm-lm/issues/82",
    ),
    "no_gradient": Mistake(
        "No gradient reaches the hidden vectors, and the model below would never learn. Calculate with MXNet "
        "operators all the way from hidden to the loss, and detach nothing.",
        "The Layers",
    ),
    "no_ids": Mistake(
        "predict gives other values than the argmax of log_prob. It gives the ids of the likeliest words.",
        "The Layers",
    ),
}


class Layer(gluon.HybridBlock):
    """A full softmax with the mistakes in `wrong`."""

    def __init__(self, vocab_size, in_units, wrong):
        super().__init__()
        self.wrong, self.vocab_size = wrong, vocab_size
        if "not_registered" in wrong:
            self.table = [np.random.normal(size=(vocab_size, in_units)), np.zeros(vocab_size)]
        else:
            self.weight = self.params.get("weight", shape=(vocab_size, in_units))
            self.bias = self.params.get("bias", shape=(vocab_size,), init="zeros")

    def forward(self, hidden, target):
        """Return the loss, calculated as operators are called."""
        if "no_gradient" in self.wrong:
            hidden = hidden.detach()
        log_prob = npx.log_softmax(self._scores(hidden), axis=-1)
        loss = -(log_prob * npx.one_hot(target, self.vocab_size)).sum(axis=-1)
        loss = loss / math.log(2.0) if "bits" in self.wrong else loss
        loss = loss.reshape(-1) if "flat" in self.wrong else loss
        return loss.mean() if "mean" in self.wrong else loss

    def log_prob(self, hidden):
        """Return what should be the log-probabilities."""
        scores = self._scores(hidden)
        if "probabilities" in self.wrong:
            return npx.softmax(scores, axis=-1)
        return scores if "scores" in self.wrong else npx.log_softmax(scores, axis=-1)

    def predict(self, hidden):
        """Return what should be the likeliest words."""
        scores = self.log_prob(hidden)
        return scores.max(axis=-1) if "no_ids" in self.wrong else scores.argmax(axis=-1)

    def _scores(self, hidden):
        if "not_registered" in self.wrong:
            weight, bias = self.table
        else:
            weight, bias = self.weight.data(), self.bias.data()
        return npx.fully_connected(hidden, weight, bias, num_hidden=self.vocab_size, flatten=False)


def output_layer(vocab_size, in_units, *, wrong):
    """Make the layer with the mistakes in `wrong`."""
    return Layer(vocab_size, in_units, wrong)
