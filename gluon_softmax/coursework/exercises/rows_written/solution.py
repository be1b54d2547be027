"""Let there be n positions, U different words and s states.

    stage       dense: read, written        sparse: read, written
    copy                                    U              U
    lookup      n              n            n              n
    gradient    n              V            n              U
    update      (2 + s) V      (1 + s) V    (2 + s) U      (1 + s) U

    written     dense n + (2 + s) V,  sparse n + (3 + s) U

The sparse step writes less if (2 + s) V > (3 + s) U, so from V = floor((3 + s) U / (2 + s)) + 1 on. These are
rows, not seconds: rows that lie scattered, and finding the different words, cost more than rows one after
another, so that the time turns in favour of the sparse step at a much larger V. Measure it.
"""


def rows_written(ids, vocab_size, num_states):
    """Return the rows read and written, and from which size on sparse writes less."""
    n, u = len(ids), len({int(word) for word in ids})
    counts = {}
    for name, rows, copied in (("dense", vocab_size, 0), ("sparse", u, u)):
        read = copied + n + n + rows + rows + num_states * rows
        written = copied + n + rows + rows + num_states * rows
        counts[name] = (read, written)
    return {**counts, "from_size": (3 + num_states) * u // (2 + num_states) + 1}
