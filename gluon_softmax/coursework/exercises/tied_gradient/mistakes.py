"""What goes wrong with tied weights."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "output_alone": Mistake(
        "Only the table's use as the output layer was differentiated, and the input row was taken for a "
        "constant. The table is used twice: add both gradients.",
        "The Language Model",
        "https://github.com/torch/DEPRECEATED-torch7-distro/issues/156",
    ),
    "input_alone": Mistake(
        "Only the gradient of the input rows is there, as if it had replaced that of the output layer. Add "
        "to the shared gradient and do not assign to it.",
        "The Language Model",
        "https://github.com/NVIDIA/TransformerEngine/issues/3437",
    ),
    "repeats_overwritten": Mistake(
        "Where an input comes several times, only the last position's gradient is in its row. Each position "
        "adds to the row: indexing with repeated ids does not.",
        "The Language Model",
        "https://github.com/pytorch/pytorch/issues/1631",
    ),
    "mean_of_uses": Mistake(
        "The mean of the two gradients was taken. The chain rule adds them, since a change of the table "
        "changes both uses in full.",
        "The Language Model",
    ),
    "mean_of_positions": Mistake(
        "The gradient is that of the mean loss. Asked for is the gradient of the sum over positions; the "
        "trainer divides by their number.",
        "The Language Model",
    ),
}


def tied_gradient(weight, inputs, target, *, wrong):
    """Return the gradient with the mistakes in `wrong`."""
    hidden = weight[inputs]
    scores = hidden @ weight.T
    residual = numpy.exp(scores - numpy.logaddexp.reduce(scores, axis=1)[:, None])
    residual[numpy.arange(len(inputs)), target] -= 1
    as_input = numpy.zeros_like(weight)
    if "repeats_overwritten" in wrong:
        as_input[inputs] = residual @ weight
    else:
        numpy.add.at(as_input, inputs, residual @ weight)
    gradient = as_input * ("output_alone" not in wrong)
    gradient = gradient + (residual.T @ hidden) * ("input_alone" not in wrong)
    gradient /= 2 if "mean_of_uses" in wrong else 1
    return gradient / (len(inputs) if "mean_of_positions" in wrong else 1)
