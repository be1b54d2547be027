"""A binary tree of words as graphviz's text, and as a picture where graphviz's ``dot`` is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Sequence

from .binary_tree import BinaryTree


def tree_to_dot(tree: BinaryTree, tokens: Sequence[str]) -> str:
    """The tree in graphviz's language.

    Words are boxes, inner nodes are circles with the number of their row in a layer's `weight`, branches have
    the number of their turn.

    Parameters
    ----------
    tree : of V words.
    tokens : the V words, by id.

    Raises ValueError for another number of tokens than words.
    """
    if len(tokens) != len(tree):
        raise ValueError(f"tokens takes one for each of the tree's {len(tree)} words; got {len(tokens)}")
    lines = ["digraph tree {", "  node [shape=box];"]
    lines += [f'  word{i} [label="{_escaped(token)}"];' for i, token in enumerate(tokens)]
    lines += [f'  node{j} [label="{j}", shape=circle];' for j in range(len(tree) - 1)]
    for j, children in enumerate(tree.children.tolist()):
        for turn, child in enumerate(children):
            name = f"word{child}" if child < len(tree) else f"node{child - len(tree)}"
            lines.append(f'  node{j} -> {name} [label="{turn}"];')
    return "\n".join([*lines, "}"]) + "\n"


def draw_tree(tree: BinaryTree, tokens: Sequence[str], path: str | Path) -> list[Path]:
    """Write the tree's text beside `path`, and the picture to `path` if ``dot`` is installed.

    Parameters
    ----------
    tree, tokens : as of `tree_to_dot`.
    path : a picture file, whose suffix is the format; the text has the suffix ``.dot``.

    Returns the files that were written. Raises RuntimeError with the message of ``dot`` if it fails.
    """
    picture = Path(path)
    text = picture.with_suffix(".dot")
    text.write_text(tree_to_dot(tree, tokens), encoding="utf-8")
    if shutil.which("dot") is None:
        return [text]
    command = ["dot", f"-T{picture.suffix[1:]}", str(text), "-o", str(picture)]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(f"dot could not draw {text}: {ran.stderr.strip()}")
    return [text, picture]


def _escaped(token: str) -> str:
    return token.replace("\\", "\\\\").replace('"', '\\"')
