"""The four NumPy lines of each fast step beside the step, and docs/fast_path.md beside their figures."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import numpy
import pytest
from oracles.blocks import CORPUS, B, D, V, W, pairs_of, tables
from oracles.fast_path import (
    BATCH,
    COUNTS,
    NODE_VECTORS,
    OUTPUT_VECTORS,
    RATE,
    VECTORS,
    WORDS,
    Example,
    ExampleBatches,
    example_tree,
    formula_of,
    hierarchical_example,
    negative_sampling_example,
    run_formula,
)
from oracles.reference import scatter_add

from gluon_softmax import HierarchicalSoftmax, NegativeSampling, SkipGram, SkipGramBlocks
from gluon_softmax.backend import mx, np
from gluon_softmax.fused import hierarchical_sgd
from gluon_softmax.fused.hierarchical_sgd import HierarchicalSGD
from gluon_softmax.fused.negative_sampling_sgd import NegativeSamplingSGD
from gluon_softmax.fused.node_span import NodeSpan
from gluon_softmax.fused.sgd import InPlaceSGD
from gluon_softmax.fused.tree_groups import PairGrouping
from gluon_softmax.output_layers.base import OutputLayer
from gluon_softmax.utils.types import Batch

PAGE = Path(__file__).parents[2] / "docs" / "fast_path.md"
TOLERANCE = 1e-5
SMALL_RATE = 0.05  # of a step on many pairs


def make_net(layer: OutputLayer) -> SkipGram:
    net = SkipGram(V, D, layer)
    net.initialize(mx.init.Uniform(0.8))
    return net


def make_steps(net: SkipGram, batches: SkipGramBlocks) -> InPlaceSGD:
    steps: InPlaceSGD = net.in_place_sgd(batches, mx.cpu())
    return steps


def step_on(steps: InPlaceSGD, batch: Batch, rate: float = RATE) -> None:
    list(steps.epoch([batch], lambda _: rate))
    mx.nd.waitall()


def label_and_weight(
    left: numpy.ndarray, right: numpy.ndarray, num_noise_words: int, shared_noise: int
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Of a block (b, C): 1 and 1 at the context words, 0 and pairs K / M at the noise words, 0 elsewhere."""
    label, weight = numpy.zeros((2, B, B + 2 * W + shared_noise))
    for i in range(B):
        for place in range(W + i - left[i], W + i + right[i] + 1):
            label[i, place] = weight[i, place] = place != W + i
        weight[i, B + 2 * W :] = (left[i] + right[i]) * num_noise_words / shared_noise
    return label, weight


@pytest.mark.parametrize(("num_noise_words", "shared_noise"), [(5, 5), (2, 7)])
def test_the_lines_of_negative_sampling_are_the_step(num_noise_words: int, shared_noise: int) -> None:
    batches = SkipGramBlocks(
        CORPUS, 24, W, num_noise_words, block_size=B, shared_noise=shared_noise, subsampling="none"
    )
    net = make_net(NegativeSampling(numpy.maximum(CORPUS.counts, 1), D, num_noise_words))
    centers, words = (table.astype(numpy.float64) for table in tables(net))
    batch = next(batches.epoch(0))
    expected = [centers.copy(), words.copy()]
    for ids, left, right in zip(batch.words, batch.left, batch.right):
        label, weight = label_and_weight(left, right, num_noise_words, shared_noise)
        v, u = centers[ids[W : W + B]], words[ids]
        found = run_formula(NegativeSamplingSGD, v=v, u=u, label=label, weight=weight)
        expected[0] += SMALL_RATE * scatter_add(ids[W : W + B], found["dv"], V)
        expected[1] += SMALL_RATE * scatter_add(ids, found["du"], V)
    step_on(make_steps(net, batches), batch, SMALL_RATE)
    for table, wanted, before in zip(tables(net), expected, (centers, words)):
        assert abs(wanted - before).max() > 0.005
        numpy.testing.assert_allclose(table, wanted, atol=TOLERANCE)


@pytest.mark.parametrize("max_changes", [3, 32])
def test_the_lines_of_hierarchical_softmax_are_the_step(
    max_changes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all pairs of a batch against all nodes of the tree, where the step takes groups of them."""
    monkeypatch.setattr(hierarchical_sgd, "_MAX_CHANGES", max_changes)
    batches = SkipGramBlocks(CORPUS, 400, W, 0, block_size=B, subsampling="none")
    layer = HierarchicalSoftmax(numpy.maximum(CORPUS.counts, 1), D)
    net = make_net(layer)
    hidden, nodes = (table.astype(numpy.float64) for table in tables(net))
    (batch,) = batches.epoch(0)
    centers, contexts, _ = zip(*pairs_of(batch))
    takes_turn_0, passes = numpy.zeros((2, V - 1, V))  # of the path to each word, each node
    for word, (points, codes) in enumerate(zip(layer.tree.points, layer.tree.codes)):
        passes[points, word], takes_turn_0[points, word] = 1, codes == 0
    share = passes @ batches.kept_counts / batches.kept_counts.sum()
    pairs = batches.batch_size * batches.expected_positions / batches.kept_counts.sum()
    found = run_formula(
        HierarchicalSGD,
        v=hidden[list(contexts)],
        w=nodes,
        label=takes_turn_0[:, centers],
        weight=passes[:, centers],
        damping=numpy.minimum(1, max_changes / numpy.maximum(1, pairs * share))[:, None],
    )
    step_on(make_steps(net, batches), batch, SMALL_RATE)
    for table, wanted, before in zip(
        tables(net),
        (hidden + SMALL_RATE * scatter_add(contexts, found["dv"], V), nodes + SMALL_RATE * found["dw"]),
        (hidden, nodes),
    ):
        assert abs(wanted - before).max() > 0.005
        numpy.testing.assert_allclose(table, wanted, atol=TOLERANCE)


def check_example(example: Example, steps: InPlaceSGD, device_tables: list[np.ndarray]) -> None:
    step_on(steps, BATCH)
    for table, wanted in zip(device_tables, example.tables):
        numpy.testing.assert_allclose(table.asnumpy(), wanted, atol=TOLERANCE)


def test_a_step_of_negative_sampling_on_five_words_is_the_drawn_one() -> None:
    device_tables = [np.array(table, dtype="float32") for table in (VECTORS, OUTPUT_VECTORS)]
    batches = ExampleBatches(num_noise_words=1, shared_noise=1)
    steps = NegativeSamplingSGD(device_tables[0], device_tables[1], batches)
    check_example(negative_sampling_example(), steps, device_tables)


def test_a_step_of_hierarchical_softmax_on_five_words_is_the_drawn_one() -> None:
    device_tables = [np.array(table, dtype="float32") for table in (VECTORS, NODE_VECTORS)]
    batches = ExampleBatches(num_noise_words=0, shared_noise=0)
    steps = HierarchicalSGD(device_tables[0], device_tables[1], example_tree(), batches)
    check_example(hierarchical_example(), steps, device_tables)


def test_the_drawn_tree_and_group_are_those_of_the_five_words() -> None:
    tree = example_tree()
    paths = {
        word: "".join(f"({node}){turn}" for node, turn in zip(points.tolist(), codes.tolist()))
        for word, points, codes in zip(WORDS, tree.points, tree.codes)
    }
    assert paths == {
        "the": "(3)0",
        "cat": "(3)1(2)1(1)1",
        "sat": "(3)1(2)1(1)0",
        "on": "(3)1(2)0(0)1",
        "mat": "(3)1(2)0(0)0",
    }
    found = PairGrouping(tree, 4, 1).arrange(BATCH.words[:, :4], BATCH.left, BATCH.right)
    assert found is not None
    (group,) = found[1]
    assert [WORDS[word] for word in group.contexts] == ["on", "cat", "the", "sat"]
    spans = zip(group.nodes.tolist(), *NodeSpan.unpack(group.weight_row, group.label_row, 4))
    assert {node: edges for node, *edges in spans if edges[-1]} == {3: [0, 2, 4], 2: [2, 2, 4], 1: [2, 2, 4]}
    assert sum(COUNTS) == 39


@pytest.mark.parametrize("step", [NegativeSamplingSGD, HierarchicalSGD])
def test_the_page_says_the_lines_of_the_docstring(step: type) -> None:
    lines = formula_of(step)
    assert [line.split(" = ")[0] for line in lines[:3]] == ["score", "slope", "dv"] and len(lines) == 4
    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("make", [negative_sampling_example, hierarchical_example])
def test_the_page_shows_the_figures_of_the_example(make: Callable[[], Example]) -> None:
    """Where it does not, ``PYTHONPATH=.:tests python -m oracles.fast_path`` prints them."""
    text = make().text
    print(text)
    assert f"```\n{text}\n```" in PAGE.read_text(encoding="utf-8")
