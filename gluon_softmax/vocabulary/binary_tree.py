"""Binary trees with a word at each leaf, as codes and paths: what hierarchical softmax walks.

A tree over V words has V − 1 inner nodes. The code of a word is the list of turns (0 or 1) from the root
down to it, its points are the inner nodes where the turns are taken. The label of a step in the loss is
1 − code, as in word2vec.c: turn 0 has probability σ(node · hidden).
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Sequence, Union, overload

import numpy

from ..utils.checks import check_positive_int, integers_on_host, shown
from ..utils.object_checks import check_kind

NestedPairs = Union[int, Sequence["NestedPairs"]]  # a word id, or two branches


class PathRows(Sequence[numpy.ndarray]):
    """A ragged table over one flat array: row w is the view ``flat[offsets[w]:offsets[w + 1]]``."""

    def __init__(self, flat: numpy.ndarray, offsets: numpy.ndarray) -> None:
        self.flat, self.offsets = flat, offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, word: int) -> numpy.ndarray: ...

    @overload
    def __getitem__(self, word: slice) -> list[numpy.ndarray]: ...

    def __getitem__(self, word: int | slice) -> numpy.ndarray | list[numpy.ndarray]:
        if isinstance(word, slice):
            return [self[i] for i in range(*word.indices(len(self)))]
        row = word + len(self) if word < 0 else word
        if not 0 <= row < len(self):
            raise IndexError(f"word {word} of a tree of {len(self)} words")
        path: numpy.ndarray = self.flat[self.offsets[row] : self.offsets[row + 1]]
        return path

    def __repr__(self) -> str:
        return f"PathRows({len(self)} words, {len(self.flat)} steps)"


class BinaryTree:
    """Any binary tree with one word at each leaf, given as one code and one path per word.

    Parameters
    ----------
    codes : V sequences of turns 0 or 1, from the root; a tree of one word has the empty code.
    points : V sequences of inner nodes in [0, V − 1), as long as the codes; turn ``codes[w][i]`` is taken
        at node ``points[w][i]``.

    Attributes
    ----------
    codes, points : sequences of V arrays (length of the code,), int8 and int32, read-only views of
        `flat_codes` and `flat_points`.
    flat_codes, flat_points : the codes and the points of all words, concatenated; those of word w are at
        ``offsets[w]`` to ``offsets[w + 1]``.
    offsets, lengths : int64 (V + 1,) and (V,).
    children : int64 (V − 1, 2), where turn 0 and turn 1 lead at each inner node: word w is w, inner node j
        is V + j.
    root : the inner node where every path begins; −1 in a tree of one word, which has none.

    Raises ValueError where the codes are not a tree (an empty tree, a turn that leads to two places, as where
    one code is a prefix of another, ids out of range), and TypeError for what is not a sequence of integers.
    """

    def __init__(self, codes: Sequence[Any], points: Sequence[Any]) -> None:
        flat_codes, lengths = _flatten("codes", codes)
        flat_points, point_lengths = _flatten("points", points)
        if not lengths.size:
            raise ValueError("codes takes one code per word; got an empty tree")
        if lengths.size != point_lengths.size:
            raise ValueError(
                f"points takes one path for each of {lengths.size} codes; got {point_lengths.size}"
            )
        for word in numpy.flatnonzero(lengths != point_lengths)[:1]:
            raise ValueError(
                f"points[{word}] takes as many nodes as codes[{word}] has turns, {lengths[word]}; "
                f"got {point_lengths[word]}"
            )
        root, children = _children_of(flat_codes, flat_points, lengths)
        self._set_arrays(flat_codes, flat_points, lengths, children, root)

    def _set_arrays(
        self,
        flat_codes: numpy.ndarray,
        flat_points: numpy.ndarray,
        lengths: numpy.ndarray,
        children: numpy.ndarray,
        root: int,
    ) -> None:
        self.root = root
        self.children = children
        self.lengths = lengths
        self.offsets = numpy.concatenate([[0], numpy.cumsum(lengths)]).astype(numpy.int64)
        self.flat_codes = flat_codes.astype(numpy.int8)
        self.flat_points = flat_points.astype(numpy.int32)
        for array in (self.children, self.lengths, self.offsets, self.flat_codes, self.flat_points):
            array.setflags(write=False)
        self.codes = PathRows(self.flat_codes, self.offsets)
        self.points = PathRows(self.flat_points, self.offsets)

    @classmethod
    def from_children(cls, children: numpy.ndarray, root: int) -> BinaryTree:
        """The tree of a table `children` (V − 1, 2), in the form of the attribute of that name.

        Raises TypeError or ValueError for a table that is none of a tree.
        """
        root = _check_children(children, root)
        vocab_size = len(children) + 1
        # of the words, then of the inner nodes; −1 for the root
        parents = numpy.full(2 * vocab_size - 1, -1, dtype=numpy.int32)
        turns = numpy.zeros(2 * vocab_size - 1, dtype=numpy.int8)
        parents[children] = numpy.arange(vocab_size - 1)[:, None]
        turns[children] = numpy.array([0, 1], dtype=numpy.int8)
        lengths = numpy.zeros(vocab_size, dtype=numpy.int64)
        for words, _ in _climb(parents, vocab_size):
            lengths[words] += 1
        ends = numpy.cumsum(lengths)
        flat_codes = numpy.empty(ends[-1], dtype=numpy.int8)
        flat_points = numpy.empty(ends[-1], dtype=numpy.int32)
        for step, (words, nodes) in enumerate(_climb(parents, vocab_size), start=1):
            flat_codes[ends[words] - step] = turns[nodes]
            flat_points[ends[words] - step] = parents[nodes]
        tree = cls.__new__(cls)
        tree._set_arrays(flat_codes, flat_points, lengths, children, root)
        return tree

    @classmethod
    def from_nested(cls, nested: NestedPairs) -> BinaryTree:
        """The tree of nested pairs of word ids such as ``((0, 1), ((2, 3), 4))``.

        It is the form of Chainer's ``BinaryHierarchicalSoftmax``. Inner nodes are numbered as there, the root
        0 and the left branch before the right one. Chainer's codes are +1 (left) and −1 (right), with
        probability σ(code · node · hidden); these are 0 and 1, so code = (1 − Chainer's code) / 2.

        Raises ValueError for an empty tree, for a branch that is not a pair, and for word ids that are not
        each of 0 … V − 1 once.
        """
        words: list[int] = []
        # (inner node, turn, whether it leads to a word, to which word or inner node)
        edges: list[tuple[int, int, bool, int]] = []
        num_inner = 0
        pending: list[tuple[NestedPairs, int, int]] = [(nested, -1, 0)]  # (branch, parent, turn)
        while pending:
            branch, parent, turn = pending.pop()
            if isinstance(branch, (int, numpy.integer)) and not isinstance(branch, bool):
                is_word, reached = True, int(branch)
                words.append(reached)
            elif isinstance(branch, (tuple, list)) and len(branch) == 2:
                is_word, reached, num_inner = False, num_inner, num_inner + 1
                pending += [(branch[1], reached, 1), (branch[0], reached, 0)]
            elif isinstance(branch, (tuple, list)) and not branch:
                raise ValueError("nested takes pairs of branches or word ids; got an empty tree")
            else:
                raise ValueError(f"nested takes pairs of branches or word ids; got {shown(branch)}")
            if parent >= 0:
                edges.append((parent, turn, is_word, reached))
        if sorted(words) != list(range(len(words))):
            raise ValueError(
                f"nested takes each word id from 0 to {len(words) - 1} once; got {shown(sorted(words))}"
            )
        children = numpy.empty((num_inner, 2), dtype=numpy.int64)
        for parent, turn, is_word, reached in edges:
            children[parent, turn] = reached if is_word else len(words) + reached
        return cls.from_children(children, root=0 if num_inner else -1)

    def padded(self) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        """(codes int8, points int32, mask bool), each (V, L), where L is the length of the longest code.

        Beyond the end of a code all three are 0.
        """
        mask = numpy.arange(self.lengths.max()) < self.lengths[:, None]  # (V, L)
        codes = numpy.zeros(mask.shape, dtype=self.flat_codes.dtype)
        points = numpy.zeros(mask.shape, dtype=self.flat_points.dtype)
        codes[mask], points[mask] = self.flat_codes, self.flat_points  # row-major, as the flat arrays are
        return codes, points, mask

    def __len__(self) -> int:
        return len(self.lengths)

    def __repr__(self) -> str:
        return f"BinaryTree({len(self)} words, codes of {self.lengths.min()} to {self.lengths.max()} turns)"


def balanced_tree(vocab_size: int) -> BinaryTree:
    """A tree whose codes have ⌊log₂ V⌋ or ⌈log₂ V⌉ turns, the shorter ones for the lower ids.

    Where ids are in order of falling count, the lower ids are the more frequent words.
    """
    vocab_size = check_positive_int("vocab_size", vocab_size)
    # A binary heap: the children of position i are 2i + 1 and 2i + 2, and the first V − 1 positions are inner
    # nodes; they are numbered backwards, so that the root is V − 2 as in Huffman's tree.
    positions = numpy.arange(2 * vocab_size - 1, dtype=numpy.int64)
    num_inner = vocab_size - 1
    names = numpy.where(positions < num_inner, vocab_size + num_inner - 1 - positions, positions - num_inner)
    children = numpy.empty((num_inner, 2), dtype=numpy.int64)
    children[num_inner - 1 - positions[:num_inner]] = names[1:].reshape(num_inner, 2)
    return BinaryTree.from_children(children, root=num_inner - 1)


def _check_children(children: numpy.ndarray, root: int) -> int:
    """The root, or an error where a table of children is none, has a node twice, or has another root."""
    check_kind("children", children, numpy.ndarray, "a NumPy array of integers, (V - 1, 2)")
    if children.ndim != 2 or children.shape[1] != 2 or children.dtype.kind not in "iu":
        raise ValueError(f"children takes integers, (V - 1, 2); got {children.dtype}, {children.shape}")
    num_inner = len(children)
    root = check_positive_int("root", root, -1 if not num_inner else 0, num_inner - 1)
    expected = numpy.arange(2 * num_inner + 1)
    if num_inner and not numpy.array_equal(
        numpy.sort(children, axis=None), expected[expected != num_inner + 1 + root]
    ):
        raise ValueError(
            f"children takes each word and each inner node but the root, {root}, once; "
            f"got {shown(children.tolist())}"
        )
    return root


def _climb(parents: numpy.ndarray, vocab_size: int) -> Iterator[tuple[numpy.ndarray, numpy.ndarray]]:
    """Climb from all words to the root, a level at a time: (words still below the root, nodes reached)."""
    words = nodes = numpy.arange(vocab_size, dtype=numpy.int32)
    while True:
        below = parents[nodes] >= 0
        if not below.all():
            words, nodes = words[below], nodes[below]
        if not words.size:
            return
        yield words, nodes
        nodes = parents[nodes] + numpy.int32(vocab_size)


def _flatten(name: str, rows: Sequence[Any]) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Rows of integers as one int64 array, and the length of each row."""
    check_kind(name, rows, Iterable, "one sequence of integers per word")
    arrays = [integers_on_host(row, f"{name}[{word}]") for word, row in enumerate(rows)]
    for word, array in enumerate(arrays):
        if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
            raise TypeError(f"{name}[{word}] takes a sequence of integers; got {shown(rows[word])}")
    lengths = numpy.array([array.size for array in arrays], dtype=numpy.int64)
    flat = numpy.concatenate([numpy.empty(0, numpy.int64), *(array.astype(numpy.int64) for array in arrays)])
    return flat, lengths


def _children_of(
    flat_codes: numpy.ndarray, flat_points: numpy.ndarray, lengths: numpy.ndarray
) -> tuple[int, numpy.ndarray]:
    """(root, children) of codes and points, or a ValueError that says why they are not a tree.

    It is enough to check that every turn always leads to the same child. For then the paths reach V words and
    k − 1 inner nodes below the root by at most 2k turns, so k is at least V − 1, which is the number of inner
    nodes: each turn has one child, each child has one parent, and the root has none.
    """
    vocab_size = lengths.size
    if vocab_size == 1:
        if lengths[0]:
            raise ValueError(f"codes takes the empty code for a tree of one word; got {flat_codes.tolist()}")
        return -1, numpy.empty((0, 2), dtype=numpy.int64)
    words = numpy.repeat(numpy.arange(vocab_size), lengths)

    def refuse(name: str, wrong: numpy.ndarray, takes: str, values: numpy.ndarray) -> None:
        for step in numpy.flatnonzero(wrong)[:1]:
            raise ValueError(f"{name} takes {takes}; got {values[step]} for word {words[step]}")

    for word in numpy.flatnonzero(lengths == 0)[:1]:
        raise ValueError(
            f"codes takes at least one turn for each of {vocab_size} words; got none for word {word}"
        )
    refuse("codes", (flat_codes != 0) & (flat_codes != 1), "turns 0 and 1", flat_codes)
    outside = (flat_points < 0) | (flat_points >= vocab_size - 1)
    refuse("points", outside, f"inner nodes in [0, {vocab_size - 1}) for {vocab_size} words", flat_points)
    ends = numpy.cumsum(lengths)
    first = numpy.zeros(words.size, dtype=bool)
    first[ends - lengths] = True
    root = int(flat_points[0])
    refuse("points", first & (flat_points != root), f"paths from one root, {root} as for word 0", flat_points)

    reached = numpy.empty(words.size, dtype=numpy.int64)
    reached[:-1] = vocab_size + flat_points[1:]
    reached[ends - 1] = numpy.arange(vocab_size)
    turns = 2 * flat_points + flat_codes
    children = numpy.full(2 * (vocab_size - 1), -1, dtype=numpy.int64)
    children[turns] = reached
    refuse(
        "codes",
        children[turns] != reached,
        "turns that always lead to one child, no code beginning another",
        flat_points,
    )
    return root, children.reshape(vocab_size - 1, 2)
