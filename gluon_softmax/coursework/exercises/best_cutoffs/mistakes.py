"""What goes wrong with cutoffs."""

import itertools

import numpy

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "last_place_missed": Mistake(
        "The last place for a cut was never tried, so a tail of one word cannot be. Cutoffs go up to V - 1.",
        "Where to Cut",
    ),
    "share_to_the_end": Mistake(
        "A tail's share was taken from its first word to the end of the vocabulary, later tails included. "
        "Only the positions of its own words are scored against it.",
        "Where to Cut",
    ),
    "shares_left_out": Mistake(
        "Tails were counted as if every position were scored against all of their words. Only the share p_i "
        "of the positions is.",
        "Where to Cut",
    ),
    "tail_cost_left_out": Mistake(
        "A score of a tail was counted like one of the head. It costs tail_cost as much, since tails are "
        "narrower.",
        "Where to Cut",
    ),
    "one_cut_at_a_time": Mistake(
        "The best first cut was kept while the next was sought, but with more tails a smaller head may pay. "
        "The cuts have to be chosen together.",
        "Where to Cut",
    ),
    "even_shares": Mistake(
        "The text was cut into parts of equal shares. The cost is the product of a share and a number of "
        "words, which is least elsewhere.",
        "Where to Cut",
    ),
    "last_of_the_part": Mistake(
        "What was returned are the last words before the cuts. A cutoff is the first word of its tail.",
        "Where to Cut",
    ),
}


def best_cutoffs(counts, num_tails, tail_cost, *, wrong):
    """Return cutoffs with the mistakes in `wrong`."""
    share = numpy.append(0.0, numpy.cumsum(counts) / numpy.sum(counts))
    vocab_size = len(counts)
    weight = 1.0 if "tail_cost_left_out" in wrong else tail_cost

    def cost(cuts):
        ends = numpy.append(cuts[1:], vocab_size).astype(int)
        until = vocab_size if "share_to_the_end" in wrong else ends
        shares = 1.0 if "shares_left_out" in wrong else share[until] - share[list(cuts)]
        return cuts[0] + weight * numpy.sum(shares * (ends - cuts))

    places = range(1, vocab_size - ("last_place_missed" in wrong))
    if "even_shares" in wrong:
        levels = numpy.arange(1, num_tails + 1) / (num_tails + 1)
        cuts = tuple(int(cut) for cut in numpy.searchsorted(share, levels - 1e-9))
    elif "one_cut_at_a_time" in wrong:
        cuts = ()
        while len(cuts) < num_tails:
            rest = [place for place in places if place not in cuts]
            cuts = min((tuple(sorted((*cuts, place))) for place in rest), key=cost)
    else:
        cuts = min(itertools.combinations(places, num_tails), key=cost, default=())
    return tuple(cut - 1 for cut in cuts) if "last_of_the_part" in wrong else cuts
