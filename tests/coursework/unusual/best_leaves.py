"""Right answers of another kind."""

import bisect
import math

import numpy


def depth_first_with_a_bound(turn, children, root, k):
    """By recursion, in logarithms; a node below the k-th word so far is left out."""
    found, vocab_size = [], len(children) + 1

    def descend(place, log_prob):
        if len(found) >= k and log_prob < found[k - 1][0]:
            return
        if place < vocab_size:
            found.append((log_prob, place))
            found.sort(reverse=True)
            return
        first = turn(place - vocab_size)
        pair = sorted(zip((math.log(first), math.log1p(-first)), children[place - vocab_size]), reverse=True)
        for step, child in pair:
            descend(child, log_prob + step)

    descend(vocab_size + root, 0.0)
    return numpy.array([word for _, word in found[:k]])


def sorted_line(turn, children, root, k, start=1.0):
    """Best first, by a line that stays sorted."""
    vocab_size = len(children) + 1
    line, found = [(-start, root + vocab_size)], ()
    while len(found) < k:
        negative, place = line.pop(0)
        if place < vocab_size:
            found = (*found, place)
            continue
        p = turn(place - vocab_size)
        for child, share in zip(children[place - vocab_size].tolist(), (p, 1 - p)):
            bisect.insort(line, (negative * share, child))
    return found


def from_the_left(turn, children, root, k):
    """Turn 0 always first, as fastText does, with the worst of k words as the bound."""
    best = [(0.0, -1)] * k

    def visit(place, probability):
        if probability <= min(best)[0]:
            return
        if place <= len(children):
            best[best.index(min(best))] = (probability, int(place))
            return
        share = turn(place - len(children) - 1)
        visit(children[place - len(children) - 1][0], probability * share)
        visit(children[place - len(children) - 1][1], probability * (1 - share))

    visit(root + len(children) + 1, 1.0)
    return tuple(word for _, word in sorted(best)[::-1])
