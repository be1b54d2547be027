"""There are (V - 1 choose J) ways to cut; for a small vocabulary all of them can be tried.

For a large one: let best[i][m] be the least cost of the first m words in a head and i tails. The last tail
begins at some n, and what is before it must be cut as well as can be: best[i][m] is the minimum over n of
best[i - 1][n] + tail_cost p(n, m) (m - n), and best[0][n] = n. That takes J V^2 steps.
"""


def best_cutoffs(counts, num_tails, tail_cost):
    """Return the cheapest cutoffs."""
    vocab_size, total = len(counts), sum(counts)
    share = [0.0]
    for count in counts:
        share.append(share[-1] + count / total)
    best = {(0, m): (m + num_tails, ()) for m in range(1, vocab_size)}
    for i in range(1, num_tails + 1):
        for m in range(i + 1, vocab_size + 1):
            best[i, m] = min(
                (cost + tail_cost * (share[m] - share[n]) * (m - n), (*cuts, n))
                for n in range(i, m)
                for cost, cuts in [best[i - 1, n]]
            )
    return best[num_tails, vocab_size][1]
