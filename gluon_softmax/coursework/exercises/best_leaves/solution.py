"""Best first: of all nodes that were reached but not opened, open the likeliest.

A word below a node is never likelier than the node, since a path's probability only falls. So when the
likeliest node of the pool is a word, no word that is still to be found can be likelier: it is the next one.
Opened are just the inner nodes that are likelier than the last word found; no exact search can do with less.
"""


def best_leaves(turn, children, root, k):
    """Return the words in the order in which they leave the pool."""
    vocab_size = len(children) + 1
    pool, found = [(1.0, vocab_size + int(root))], []
    while len(found) < k:
        best = max(pool)
        pool.remove(best)
        probability, place = best
        if place < vocab_size:
            found.append(place)
            continue
        node = place - vocab_size
        first = float(turn(node))
        pool.append((probability * first, int(children[node][0])))
        pool.append((probability * (1 - first), int(children[node][1])))
    return found
