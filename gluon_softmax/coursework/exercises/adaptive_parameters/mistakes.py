"""What goes wrong with the counts of adaptive softmax."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "embed_size_for_hidden": Mistake(
        "The output layer was given the width of the input table. It takes the hidden vectors of the "
        "network, which have num_hiddens numbers.",
        "Two Softmaxes",
        "https://github.com/facebookresearch/fairseq/issues/814",
    ),
    "no_slots": Mistake(
        "The head has no rows for the tails' slots. It scores its words and one slot for each tail.",
        "Two Softmaxes",
    ),
    "same_width": Mistake(
        "All tails are equally wide. Each is div_value times narrower than the one before it.",
        "Two Softmaxes",
    ),
    "first_tail_as_wide": Mistake(
        "The powers of div_value begin with 0, so the first tail is as wide as the head. Tail i is narrower "
        "by div_value to the power i + 1.",
        "Two Softmaxes",
    ),
    "rounded_up": Mistake(
        "Widths were rounded up. The width is the whole part of the quotient.",
        "Two Softmaxes",
    ),
    "projections_not_counted": Mistake(
        "The projections are not in the total. They are parameters like the tables: each tail has one.",
        "Two Softmaxes",
    ),
    "last_tail_missing": Mistake(
        "The words from the last cutoff on are in no tail. With J cutoffs there are J tails, and the last "
        "one ends with the vocabulary.",
        "Two Softmaxes",
    ),
}


def adaptive_parameters(vocab_size, embed_size, num_hiddens, cutoffs, div_value, *, wrong):
    """Return counts with the mistakes in `wrong`."""
    width = embed_size if "embed_size_for_hidden" in wrong else num_hiddens
    power = numpy.arange(len(cutoffs)) + ("first_tail_as_wide" not in wrong)
    if "same_width" in wrong:
        power[:] = power[0]
    rounded = numpy.ceil if "rounded_up" in wrong else numpy.floor
    widths = rounded(width / div_value**power).astype(int)
    sizes = numpy.diff([*cutoffs, vocab_size])
    if "last_tail_missing" in wrong:
        sizes, widths = sizes[:-1], widths[:-1]
    slots = 0 if "no_slots" in wrong else len(cutoffs)
    counts = {
        "embedding": vocab_size * embed_size,
        "head": (cutoffs[0] + slots) * width,
        "projections": widths * width,
        "tails": widths * sizes,
    }
    counted = [
        v for key, v in counts.items() if (key, "projections_not_counted" in wrong) != ("projections", True)
    ]
    return {**counts, "total": sum(int(numpy.sum(value)) for value in counted)}
