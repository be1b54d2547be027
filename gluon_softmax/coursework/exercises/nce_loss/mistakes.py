"""What goes wrong with noise-contrastive estimation."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "one_noise_word": Mistake(
        "ln q was subtracted in place of ln(S q), as if there were one noise word for each word of the data. "
        "Noise is S times as likely, and the model would learn p S.",
        "Noise-Contrastive Estimation",
    ),
    "no_log_q": Mistake(
        "The noise's probability was left out, which makes it negative sampling: scores become ln p - ln q "
        "and are no log-probabilities. Subtract ln(S q) from each.",
        "Noise-Contrastive Estimation",
    ),
    "partition_added": Mistake(
        "log_partition was added to the scores. ln p is the score minus ln Z, since p is exp(score) divided "
        "by Z.",
        "Noise-Contrastive Estimation",
    ),
    "partition_left_out": Mistake(
        "log_partition has no effect, so Z is 1 and the biases must learn what is missing. Subtract it from "
        "every score.",
        "Noise-Contrastive Estimation",
    ),
    "hits_removed": Mistake(
        "Candidates that are the target were left out, as in sampled softmax. In NCE the noise is the "
        "noise's own distribution, targets included: without them it is another loss.",
        "Noise-Contrastive Estimation",
        "https://github.com/rwth-i6/returnn/pull/186",
    ),
    "mean_over_noise": Mistake(
        "The terms of the noise words were averaged, while the correction says that there are S of them. Add "
        "them up.",
        "Noise-Contrastive Estimation",
    ),
}


def nce_loss(scores, target, candidates, noise, log_partition, *, wrong):
    """Return losses with the mistakes in `wrong`."""
    times = 1 if "one_noise_word" in wrong else len(candidates)
    shift = 0.0 if "no_log_q" in wrong else -numpy.log(times * noise)
    if "partition_left_out" not in wrong:
        shift = shift + (log_partition if "partition_added" in wrong else -log_partition)
    logits = scores + shift
    terms = numpy.logaddexp(0.0, logits[:, candidates])
    if "hits_removed" in wrong:
        terms = terms * (target[:, None] != candidates)
    total = terms.mean(axis=1) if "mean_over_noise" in wrong else terms.sum(axis=1)
    return numpy.logaddexp(0.0, -logits[numpy.arange(len(target)), target]) + total
