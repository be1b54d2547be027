"""Before: "The Layers" in the chapter on choosing a softmax."""

from gluon_softmax.backend import gluon, np, npx


class Layer(gluon.HybridBlock):
    """An output layer. It may be any softmax: full, sampled, hierarchical, adaptive, or a new one.

    Each parameter is registered, so that collect_params, a Trainer and save_parameters find it. Whatever the
    loss is in training, outside of it it is minus the target's log_prob.
    """

    def __init__(self, vocab_size, in_units):
        super().__init__()
        raise NotImplementedError

    def hybrid_forward(self, F, hidden, target, **parameters):
        """Return the loss (...) in nats, one a position: hidden (..., in_units) float32, target (...) ids."""
        raise NotImplementedError

    def log_prob(self, hidden):
        """Return ln p of every word, where all p sum to one: (..., in_units) -> (..., vocab_size)."""
        raise NotImplementedError

    def predict(self, hidden):
        """Return the ids of the likeliest words, the argmax of log_prob: (..., in_units) -> (...)."""
        raise NotImplementedError


def output_layer(vocab_size, in_units):
    """Make an output layer, not initialized.

    Parameters
    ----------
    vocab_size : int, the number of words.
    in_units : int, the length of the hidden vectors.

    Returns
    -------
    A gluon.HybridBlock: layer(hidden, target), layer.log_prob(hidden) and layer.predict(hidden) as above.

    >>> layer = output_layer(5, 2)
    >>> layer.initialize()
    >>> layer(np.zeros((2, 3, 2)), np.zeros((2, 3), dtype="int32")).shape
    (2, 3)
    """
    return Layer(vocab_size, in_units)
