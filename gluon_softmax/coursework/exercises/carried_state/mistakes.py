"""What goes wrong with batches whose state carries over."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "state_begun_again": Mistake(
        "Every batch began with the first state again, so the net never knows more than bptt words before. "
        "Give each step the state that the step before returned.",
        "The Data",
        "https://github.com/OpenNMT/OpenNMT-py/issues/1164",
    ),
    "rows_for_columns": Mistake(
        "The text was laid out along the rows, so neighbours in the text are in different columns and a "
        "state goes on with words that do not follow. Cut the text into B long parts, one a column.",
        "The Data",
        "https://github.com/keras-team/keras/issues/1820",
    ),
    "targets_are_inputs": Mistake(
        "The targets are the inputs themselves, so the net learns to copy. The target of a word is the word "
        "after it.",
        "The Data",
    ),
    "targets_turned_within": Mistake(
        "The targets were made by turning the batch's inputs round, so the last row's targets are words of "
        "its first row. Take the targets from the text, one place on, not from the batch.",
        "The Data",
    ),
    "word_lost_between": Mistake(
        "A batch was cut bptt + 1 rows long and split into inputs and targets, and the next began after it, "
        "so the word between is never an input. The next batch begins with the last target.",
        "The Data",
    ),
    "last_batch_lost": Mistake(
        "The last batch, which is shorter, was left out. Its words are read and predicted too.",
        "The Data",
    ),
    "mean_of_means": Mistake(
        "The batches' mean losses were averaged, so the words of the short last batch weigh more. Add up the "
        "losses and divide by their number.",
        "The Language Model",
    ),
}


def carried_state(step, ids, batch_size, bptt, state, *, wrong):
    """Return the mean loss with the mistakes in `wrong`."""
    length, first = (len(ids) - 1) // batch_size, state
    if "rows_for_columns" in wrong:
        places = numpy.arange(length * batch_size).reshape(length, batch_size)
        following = batch_size
    else:
        places = numpy.arange(length * batch_size).reshape(batch_size, length).T
        following = 1
    ids = numpy.concatenate([ids, ids[:batch_size]])  # rows beyond the end of a text that is laid out wrongly
    stride = bptt + 1 if "word_lost_between" in wrong else bptt
    sums, sizes = [], []
    for start in range(0, length, stride):
        rows = places[start : start + bptt]
        if "last_batch_lost" in wrong and len(rows) < bptt:
            break
        inputs = ids[rows]
        targets = ids[rows + following]
        if "targets_turned_within" in wrong:
            targets = numpy.roll(inputs, -1, axis=0)
        if "targets_are_inputs" in wrong:
            targets = inputs
        losses, after = step(inputs, targets, state)
        state = first if "state_begun_again" in wrong else after
        sums.append(losses.sum())
        sizes.append(losses.size)
    if "mean_of_means" in wrong:
        return numpy.mean(numpy.array(sums) / sizes)
    return sum(sums) / sum(sizes)
