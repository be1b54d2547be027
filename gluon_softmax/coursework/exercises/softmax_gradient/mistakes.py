"""What goes wrong with the gradient of the softmax."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "only_the_context": Mistake(
        "Only the context's row of u has a gradient, as if the other words took no part. Each word is in the "
        "softmax's sum, so each row moves away from v by its probability.",
        "Minibatch Multiplication",
    ),
    "one_hot_forgotten": Mistake(
        "The probabilities alone were taken for the derivative by the scores, so the context is pushed away "
        "like all the others. For the context it is its probability minus 1.",
        "Minibatch Multiplication",
    ),
    "sign_turned": Mistake(
        "The gradients are those of the log-likelihood: a step against them makes the loss larger. The loss "
        "is minus the log-likelihood, so its derivative by the scores is p - y and not y - p.",
        "What word2vec.c Really Does",
    ),
    "overflow": Mistake(
        "exp of a large score is inf, and inf / inf is NaN. Subtract the largest score from all of them "
        "first: the probabilities do not change.",
        "Minibatch Multiplication",
        "https://github.com/numenta/nupic-legacy/issues/3174",
    ),
    "mean_forgotten": Mistake(
        "The gradient by v is minus the context's vector alone, as if the softmax's sum did not depend on v. "
        "The mean of all context vectors under the probabilities belongs to it.",
        "Minibatch Multiplication",
    ),
    "each_word_alone": Mistake(
        "Each score went through a sigmoid of its own, which is a question with two answers for each word. A "
        "softmax is one question with V answers, whose probabilities add up to 1.",
        "Summary",
    ),
}


def softmax_gradient(v, context, u, *, wrong):
    """Return the loss and its gradients with the mistakes in `wrong`."""
    scores = u @ v
    target = numpy.zeros(len(u))
    target[context] = 1.0
    with numpy.errstate(all="ignore"):
        if "overflow" not in wrong and "each_word_alone" not in wrong:
            scores = scores - scores.max()
        exponentials = numpy.exp(scores)
        if "each_word_alone" in wrong:
            p = exponentials / (1 + exponentials) if "overflow" in wrong else 1 / (1 + numpy.exp(-scores))
        else:
            p = exponentials / exponentials.sum()
        loss = -numpy.log(p[context])
    error = p if "one_hot_forgotten" in wrong else p - target
    if "sign_turned" in wrong:
        error = -error
    by_v = u.T @ error
    if "mean_forgotten" in wrong:
        by_v = u[context] if "sign_turned" in wrong else -u[context]
    if "only_the_context" in wrong:
        error = error * target
    return loss, by_v, numpy.outer(error, v)
