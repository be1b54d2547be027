"""A centre with n contexts has n K noise words. Kept for an epoch they take K bytes sum(n) over all centres.

For the batch at hand they take K bytes sum(n) over its centres, and memory has to do for the largest batch.
The first grows with the text, the second does not. An epoch of the Penn Treebank as the chapter reads it has
1.5 million contexts, and no batch of 512 centres more than 2,400 of them: with K = 5 and int32 that is 30 MB
against 48 kB.
"""


def epoch_memory(num_contexts, num_noise_words, batch_size, bytes_per_id):
    """Return both numbers of bytes."""
    fixed, drawn = 0, 0
    for begin in range(0, len(num_contexts), batch_size):
        contexts = 0
        for n in num_contexts[begin : begin + batch_size]:
            contexts += int(n)
        batch = contexts * num_noise_words * bytes_per_id
        fixed += batch
        drawn = max(drawn, batch)
    return fixed, drawn
