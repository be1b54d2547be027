"""A row moves where its optimizer has something to add to it.

sgd adds -lr times the gradient: rows with a gradient move, and no others. Whether the gradient is stored as a
table with zeros or as the batch's rows makes no difference.

Adam adds -lr m / (sqrt(v) + eps), with m = 0.9 m + 0.1 g. A row that had a gradient before has m != 0 and
goes on moving while its gradient is 0: with a dense gradient every row that was ever in a batch. With a
row-sparse one MXNet's Adam is lazy: it touches the rows that the batch looked up, and leaves the moments of
the others as they are. Padding is looked up too, so a padding row with moments moves.
"""

import numpy


def moved_rows(table, batches, optimizer, sparse_grad):
    """Return the rows that the last step has moved, measured."""
    import gluon_softmax as gs  # MXNet takes seconds to import, and a list of exercises loads this file
    from gluon_softmax.backend import autograd, gluon, np

    embed = gs.Embedding(*table.shape, sparse_grad=sparse_grad)
    embed.initialize()
    embed.weight.set_data(np.array(table))
    trainer = gluon.Trainer(embed.collect_params(), optimizer, {"learning_rate": 0.1})
    before = table
    for ids, weight in batches:
        before = embed.weight.data().asnumpy()
        with autograd.record():
            loss = (embed(ids) * np.array(weight, dtype="float32").reshape(-1, 1)).sum()
        loss.backward()
        trainer.step(1)
    return numpy.flatnonzero((embed.weight.data().asnumpy() != before).any(axis=1))
