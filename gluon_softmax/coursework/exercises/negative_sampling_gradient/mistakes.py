"""What goes wrong with the gradient of negative sampling."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

_SECTION = "What word2vec.c Really Does"
MISTAKES = {
    "repeats_once": Mistake(
        "A noise word that was drawn several times moves once only: indexing with an array and += writes "
        "each row once. Each drawing is a term of the loss, so the gradients of all of them add up.",
        _SECTION,
        "https://github.com/ZacBi/CS224n-2019-solutions/issues/5",
    ),
    "slope_again": Mistake(
        "The error was multiplied by sigmoid * (1 - sigmoid) once more, so that the clearest errors teach "
        "the least. The derivative of the logarithm has cancelled that factor already.",
        _SECTION,
        "https://github.com/NLPchina/Word2VEC_java/issues/1",
    ),
    "scores_summed_first": Mistake(
        "The scores of the noise words were added up before the one ln sigmoid, so that one word can make up "
        "for another. Each noise word is a question of its own: first ln sigmoid, then the sum.",
        "The Masked Binary Cross-Entropy",
        "https://github.com/DSKSD/DeepNLP-models-Pytorch/issues/15",
    ),
    "noise_pulled_near": Mistake(
        "The noise words have the label 1 too, so all vectors are drawn together. A noise word did not "
        "occur: its term is -ln sigmoid(-score).",
        "The Masked Binary Cross-Entropy",
    ),
    "noise_averaged": Mistake(
        "The noise terms were divided by their number, so that K noise words weigh as much as one. Negative "
        "sampling adds all 1 + K terms up.",
        "Summary",
    ),
    "sign_turned": Mistake(
        "The gradients are label - sigmoid, those of the log-likelihood, which word2vec.c adds to the "
        "vectors. The gradient of the loss, which an optimizer subtracts, is sigmoid - label.",
        _SECTION,
    ),
}


def negative_sampling_gradient(v, context, noise, u, *, wrong):
    """Return the loss and its gradients with the mistakes in `wrong`."""
    ids = numpy.concatenate([[context], noise])
    label = numpy.zeros(len(ids))
    label[0] = 1.0
    if "noise_pulled_near" in wrong:
        label[:] = 1.0
    weight = numpy.ones(len(ids))
    if "noise_averaged" in wrong:
        weight[1:] /= len(noise)
    scores = u[ids] @ v
    if "scores_summed_first" in wrong:
        scores[1:] = scores[1:].sum()
        losses = numpy.logaddexp(0.0, (1 - 2 * label[:2]) * scores[:2])
        loss = losses[0] + losses[1] * (weight[1] if "noise_averaged" in wrong else 1.0)
    else:
        loss = (weight * numpy.logaddexp(0.0, (1 - 2 * label) * scores)).sum()
    p = 0.5 * (1 + numpy.tanh(scores / 2))
    error = weight * (p - label)
    if "slope_again" in wrong:
        error *= p * (1 - p)
    if "sign_turned" in wrong:
        error = -error
    by_table = numpy.zeros_like(u)
    if "repeats_once" in wrong:
        by_table[ids] += numpy.outer(error, v)
    else:
        numpy.add.at(by_table, ids, numpy.outer(error, v))
    return loss, error @ u[ids], by_table
