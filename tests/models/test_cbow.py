"""CBOW's hidden vectors beside NumPy: the mean of the rows that the mask keeps."""

from __future__ import annotations

import numpy
import pytest

from gluon_softmax import CBOW, FullSoftmax
from gluon_softmax.backend import init, np
from gluon_softmax.utils.types import Context, Contexts

V, D = 12, 4
RNG = numpy.random.default_rng(2)
CONTEXTS = RNG.integers(0, V, (5, 6)).astype(numpy.int32)
MASK = (numpy.arange(6) < numpy.array([6, 2, 0, 1, 4])[:, None]).astype(numpy.float32)  # row 2 keeps nothing
CENTER = numpy.array([3, 1, 0, 11, 5], dtype=numpy.int32)


def make(contexts: Contexts = None) -> CBOW:
    net = CBOW(V, D, FullSoftmax(V, D))
    net.initialize(init.Normal(1.0), ctx=contexts)
    return net


@pytest.mark.parametrize("hybridize", [False, True])
def test_hidden_vectors_are_masked_means(hybridize: bool, contexts: list[Context]) -> None:
    net = make(contexts)
    net.hybridize(hybridize)
    for ctx in contexts:
        embed = net.embed.weight.data(ctx).asnumpy()
        ids, mask, center = (
            np.array(array, dtype=array.dtype, ctx=ctx) for array in (CONTEXTS, MASK, CENTER)
        )
        hidden = net.hidden(ids, mask)
        for row, words, keep in zip(hidden.asnumpy(), CONTEXTS, MASK):
            wanted = embed[words[keep == 1]].mean(axis=0) if keep.any() else numpy.zeros(D)
            numpy.testing.assert_allclose(row, wanted, rtol=1e-5, atol=1e-6)
        (traced,) = net.hidden_graph(ids, mask)
        numpy.testing.assert_array_equal(traced.asnumpy(), hidden.asnumpy())
        log_prob = net.output_layer.log_prob(hidden).asnumpy()
        loss = net(ids, mask, center).asnumpy()
        numpy.testing.assert_allclose(loss, -log_prob[numpy.arange(5), CENTER], rtol=1e-5)
    assert net.input_names() == ["contexts", "mask"]


def test_a_mask_may_be_integers() -> None:
    net = make()
    ids, mask = np.array(CONTEXTS, dtype="int32"), np.array(MASK)
    wanted = net.hidden(ids, mask).asnumpy()
    numpy.testing.assert_array_equal(net.hidden(ids, mask.astype("int32")).asnumpy(), wanted)


def test_a_mask_of_other_sizes_is_named() -> None:
    with pytest.raises(ValueError, match=r"^mask takes the sizes of contexts, \(5, 6\); got \(5, 5\)"):
        make().hidden(np.array(CONTEXTS, dtype="int32"), np.array(MASK[:, :5]))
