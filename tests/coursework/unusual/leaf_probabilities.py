"""Right answers of another kind."""

import numpy


def with_a_stack(hidden, weight, children, root):
    """A stack, the hyperbolic tangent in place of the sigmoid, float32."""
    stack, shares = [(root + len(weight) + 1, 1.0)], numpy.zeros(len(weight) + 1, dtype="float32")
    while stack:
        place, share = stack.pop()
        if place <= len(weight):
            shares[place] = share
            continue
        node = place - len(weight) - 1
        half = 0.5 * numpy.tanh(0.5 * numpy.dot(hidden, weight[node]))
        stack += [
            (int(children[node, 0]), share * (0.5 + half)),
            (int(children[node, 1]), share * (0.5 - half)),
        ]
    return shares


def from_the_leaves(hidden, weight, children, root, as_list=True):
    """Each leaf climbs to the root."""
    parents = {
        int(child): (node, turn) for node, pair in enumerate(children) for turn, child in enumerate(pair)
    }
    vocab_size, values = len(children) + 1, []
    for word in range(vocab_size):
        place, value = word, 1.0
        while place != vocab_size + root:
            node, turn = parents[place]
            value /= 1 + numpy.exp((2 * turn - 1) * weight[node].dot(hidden))
            place = vocab_size + node
        values.append(value)
    return values if as_list else numpy.array(values)
