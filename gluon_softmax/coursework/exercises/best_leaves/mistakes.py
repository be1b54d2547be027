"""What goes wrong with a search of the likeliest words."""

import heapq

from gluon_softmax.coursework.exercise import Mistake

MISTAKES = {
    "every_node": Mistake(
        "All inner nodes were asked and the words sorted, which finds the right words at the full price. A "
        "node's probability bounds that of all words below it: leave out what cannot win.",
        "Searching the Tree",
    ),
    "beam": Mistake(
        "At each level only the k likeliest nodes were kept, a beam. A node that spreads over many words "
        "can be likelier than one with a single likely word, so a beam loses words; keep all nodes that are "
        "likelier than the k-th word found.",
        "Searching the Tree",
    ),
    "first_found": Mistake(
        "The search went down the likelier branch first and stopped when k words were found. Those are the "
        "first, not the best: go on with every node that is likelier than the worst of them.",
        "Searching the Tree",
    ),
    "last_turn_only": Mistake(
        "Nodes were compared by the probability of their last turn. What counts is the product of all turns "
        "from the root.",
        "Searching the Tree",
    ),
    "turns_mirrored": Mistake(
        "turn(node) was taken for the probability of turn 1. It is that of turn 0, which leads to "
        "children[node][0].",
        "The Loss",
    ),
    "worst_first": Mistake(
        "The k words are right, but the least likely of them comes first. The likeliest is asked for first.",
        "Searching the Tree",
    ),
}


def best_leaves(turn, children, root, k, *, wrong):
    """Return the words with the mistakes in `wrong`."""
    if "every_node" in wrong:
        shares = [float(turn(node)) for node in range(len(children))]
        asked = shares.__getitem__
    else:
        asked = turn

    def below(probability, place):
        node = place - len(children) - 1
        first = float(asked(node))
        above = 1.0 if "last_turn_only" in wrong else probability
        turns = (1 - first, first) if "turns_mirrored" in wrong else (first, 1 - first)
        return [(above * share, int(child)) for share, child in zip(turns, children[node])]

    start = (1.0, len(children) + 1 + int(root))
    search = by_beam if "beam" in wrong else depth_first if "first_found" in wrong else best_first
    found = search(below, start, len(children) + 1, k)
    return found[::-1] if "worst_first" in wrong else found


def best_first(below, start, vocab_size, k):
    """Open the likeliest node until k words were taken."""
    heap, found = [(-start[0], start[1])], []
    while len(found) < k:
        negative, place = heapq.heappop(heap)
        if place < vocab_size:
            found.append(place)
        else:
            for probability, child in below(-negative, place):
                heapq.heappush(heap, (-probability, child))
    return found


def by_beam(below, start, vocab_size, k):
    """Keep k nodes or words a level."""
    beam = [start]
    while any(place >= vocab_size for _, place in beam):
        opened = []
        for probability, place in beam:
            opened += [(probability, place)] if place < vocab_size else below(probability, place)
        beam = sorted(opened, reverse=True)[:k]
    return [place for _, place in beam]


def depth_first(below, start, vocab_size, k):
    """The likelier child first; ends with k words, the likeliest of them first."""
    stack, found = [start], []
    while stack and len(found) < k:
        probability, place = stack.pop()
        if place < vocab_size:
            found.append((probability, place))
        else:
            stack += sorted(below(probability, place))
    return [place for _, place in sorted(found, reverse=True)]
