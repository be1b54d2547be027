"""The text of a drawn tree, read back into the tree that it draws."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy
import pytest

from gluon_softmax.vocabulary.binary_tree import BinaryTree
from gluon_softmax.vocabulary.huffman import build_huffman
from gluon_softmax.vocabulary.tree_drawing import draw_tree, tree_to_dot

TOKENS = ["the", "a", 'say "so"', "back\\slash", "<unk>"]
TREE = build_huffman([8, 6, 5, 4, 3])


def test_the_text_has_every_branch_and_every_word() -> None:
    text = tree_to_dot(TREE, TOKENS)
    children = numpy.full((4, 2), -1)
    for parent, kind, child, turn in re.findall(r'node(\d+) -> (word|node)(\d+) \[label="([01])"\]', text):
        children[int(parent), int(turn)] = int(child) + (5 if kind == "node" else 0)
    numpy.testing.assert_array_equal(children, TREE.children)
    labels = dict(re.findall(r'  word(\d) \[label="(.*)"\]', text))
    assert [re.sub(r"\\(.)", r"\1", labels[str(i)]) for i in range(5)] == TOKENS
    assert "->" not in tree_to_dot(BinaryTree([[]], [[]]), ["alone"])


def test_text_always_and_a_picture_where_dot_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = tmp_path / "tree.png"
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert draw_tree(TREE, TOKENS, picture) == [tmp_path / "tree.dot"]
    assert (tmp_path / "tree.dot").read_text(encoding="utf-8") == tree_to_dot(TREE, TOKENS)
    dot = tmp_path / "dot"  # stands in for graphviz's: copies what it is given
    dot.write_text('#!/bin/sh\n[ "$1" = -Tpng ] && cp "$2" "$4"\n')
    dot.chmod(0o755)
    monkeypatch.undo()
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert draw_tree(TREE, TOKENS, picture) == [tmp_path / "tree.dot", picture]
    assert picture.read_text(encoding="utf-8") == tree_to_dot(TREE, TOKENS)
    dot.write_text("#!/bin/sh\necho no such font >&2; exit 3\n")
    with pytest.raises(RuntimeError, match="no such font"):
        draw_tree(TREE, TOKENS, picture)


def test_tokens_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match=r"^tokens takes one for each of the tree's 5 words; got 4"):
        tree_to_dot(TREE, TOKENS[:4])
