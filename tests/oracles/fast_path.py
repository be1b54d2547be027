"""The four NumPy lines of a fast step's docstring, run as they are, and a step on five words in figures.

``PYTHONPATH=.:tests python -m oracles.fast_path`` prints the figures that docs/fast_path.md shows.
"""

from __future__ import annotations

import dataclasses
import inspect
from typing import Dict, Iterator, NamedTuple, Sequence

import numpy

from gluon_softmax import BinaryTree, build_huffman
from gluon_softmax.data.skip_gram_blocks import SkipGramBlockBatch
from gluon_softmax.fused.hierarchical_sgd import HierarchicalSGD
from gluon_softmax.fused.negative_sampling_sgd import NegativeSamplingSGD
from oracles.reference import sigmoid

Arrays = Dict[str, numpy.ndarray]


def formula_of(step: type) -> list[str]:
    """The lines of NumPy in a docstring: the indented ones after "in NumPy::"."""
    doc = inspect.getdoc(step) or ""
    before, mark, after = doc.partition("NumPy::\n\n")
    assert mark and before.endswith(("in ", "in\n")), f"{step.__name__} says its gradient in NumPy::"
    block = after.split("\n\n")[0]
    return [line.strip() for line in block.splitlines()]


def run_formula(step: type, **arrays: numpy.ndarray) -> Arrays:
    """Every array that the lines make of `arrays`, by name."""
    names: Arrays = dict(arrays)
    exec("\n".join(formula_of(step)), {"sigmoid": sigmoid}, names)
    return names


WORDS = ("the", "cat", "sat", "on", "mat")  # ids 0 to 4
COUNTS = (15, 7, 6, 6, 5)
RATE = 0.5
VECTORS = numpy.array([[0.5, 0.2], [0.3, -0.4], [-0.2, 0.6], [0.1, 0.4], [-0.5, 0.3]])
OUTPUT_VECTORS = numpy.array([[0.1, -0.3], [0.4, 0.2], [-0.3, 0.5], [0.2, 0.1], [0.6, -0.2]])
NODE_VECTORS = numpy.array([[0.3, 0.3], [-0.4, 0.1], [0.2, -0.5], [0.5, 0.4]])

# "on the cat sat": the centres are `the` and `cat`, each with one context word to each side.
WINDOW = (3, 0, 1, 2)
NOISE = (4,)
BATCH = SkipGramBlockBatch(
    numpy.array([[*WINDOW, *NOISE]], dtype=numpy.int32),
    numpy.ones((1, 2), dtype=numpy.int32),
    numpy.ones((1, 2), dtype=numpy.int32),
)


@dataclasses.dataclass
class ExampleBatches:
    """What a fast step asks of its batches, for `BATCH`."""

    num_noise_words: int
    shared_noise: int
    batch_size: int = 2
    block_size: int = 2
    max_window_size: int = 1
    expected_positions: float = 78.0  # pairs of an epoch: two for each centre
    produced: dict[str, int] = dataclasses.field(default_factory=dict)

    @property
    def kept_counts(self) -> numpy.ndarray:
        return numpy.array(COUNTS, dtype=numpy.float64)

    @property
    def noise_prob(self) -> numpy.ndarray:
        return numpy.eye(5)[4] * self.num_noise_words

    def epoch(self, epoch: int) -> Iterator[SkipGramBlockBatch]:
        assert epoch == 0
        yield BATCH


class Example(NamedTuple):
    """A step on five words: the formula's arrays, both tables after it, and all of it as text."""

    arrays: Arrays
    tables: list[numpy.ndarray]
    text: str


def negative_sampling_example() -> Example:
    """One noise word per pair, K = M = 1."""
    centers, words = WINDOW[1:3], (*WINDOW, *NOISE)
    label = numpy.array([[1, 0, 1, 0, 0], [0, 1, 0, 1, 0]])
    weight = numpy.array([[1, 0, 1, 0, 2], [0, 1, 0, 1, 2]])  # two pairs of each centre have the noise word
    v, u = VECTORS[list(centers)], OUTPUT_VECTORS[list(words)]
    found = run_formula(NegativeSamplingSGD, v=v, u=u, label=label, weight=weight)
    tables = [VECTORS.copy(), OUTPUT_VECTORS.copy()]
    numpy.add.at(tables[0], list(centers), RATE * found["dv"])
    numpy.add.at(tables[1], list(words), RATE * found["du"])
    of_centers, of_words = [[WORDS[i] for i in ids] for ids in (centers, words)]
    shown = [
        show("v = center_table[centers]", v, of_centers),
        show("u = word_table[words]", u, of_words),
        show("label", label, of_centers, of_words),
        show("weight", weight, of_centers, of_words),
        *_formula(
            NegativeSamplingSGD, found, [(of_centers, of_words)] * 2 + [(of_centers, ()), (of_words, ())]
        ),
        show(f"center_table[centers] += {RATE} * dv", tables[0][list(centers)], of_centers),
        show(f"word_table[words] += {RATE} * du", tables[1][list(words)], of_words),
    ]
    return Example(found, tables, "\n\n".join(shown))


def example_tree() -> BinaryTree:
    return build_huffman(numpy.array(COUNTS))


def hierarchical_example() -> Example:
    """The pairs sorted by the leaf of their centre: `the` comes before `cat`."""
    centers, contexts, nodes = [0, 0, 1, 1], [3, 1, 0, 2], [3, 2, 1]
    tree = example_tree()
    paths = [dict(zip(tree.points[c].tolist(), tree.codes[c].tolist())) for c in centers]
    weight = numpy.array([[int(node in path) for path in paths] for node in nodes])
    label = numpy.array([[int(path.get(node) == 0) for path in paths] for node in nodes])
    v, w, damping = VECTORS[contexts], NODE_VECTORS[nodes], numpy.ones((3, 1))
    found = run_formula(HierarchicalSGD, v=v, w=w, label=label, weight=weight, damping=damping)
    tables = [VECTORS.copy(), NODE_VECTORS.copy()]
    numpy.add.at(tables[0], contexts, RATE * found["dv"])
    numpy.add.at(tables[1], nodes, RATE * found["dw"])
    of_pairs, of_nodes = [WORDS[i] for i in contexts], [f"({node})" for node in nodes]
    shown = [
        show("v = hidden_table[contexts]", v, of_pairs),
        show("w = node_table[nodes]", w, of_nodes),
        show("label", label, of_nodes, of_pairs),
        show("weight", weight, of_nodes, of_pairs),
        *_formula(HierarchicalSGD, found, [(of_nodes, of_pairs)] * 2 + [(of_pairs, ()), (of_nodes, ())]),
        show(f"hidden_table[contexts] += {RATE} * dv", tables[0][contexts], of_pairs),
        show(f"node_table[nodes] += {RATE} * dw", tables[1][nodes], of_nodes),
    ]
    return Example(found, tables, "\n\n".join(shown))


def _formula(
    step: type, arrays: Arrays, axes: Sequence[tuple[Sequence[str], Sequence[str]]]
) -> Iterator[str]:
    for line, (rows, columns) in zip(formula_of(step), axes):
        yield show(line, arrays[line.split(" = ")[0]], rows, columns)


def show(title: str, matrix: numpy.ndarray, rows: Sequence[str], columns: Sequence[str] = ()) -> str:
    """A matrix with a name before each row and perhaps above each column, to three decimals."""
    whole = matrix.dtype.kind == "i"
    lines = [title]
    if columns:
        lines.append(" " * 8 + "".join(f"{name:>8}" for name in columns))
    for name, row in zip(rows, matrix):
        cells = (f"{number:>8d}" if whole else f"{round(number, 3) + 0.0:>8.3f}" for number in row)
        lines.append(f"    {name:<4}" + "".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    print(negative_sampling_example().text, hierarchical_example().text, sep="\n\n\n")
