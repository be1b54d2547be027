"""The map of the words: one page that holds the vectors and needs neither a server nor a network.

The page computes neighbours itself, from the vectors that it carries. These are float32 as long as they take
no more than 16 MiB, and then the cosines are those of `WordVectors.most_similar`, but for the last bit or two
of float32. Longer ones are float16: a cosine may be off by 0.0005, and two words whose cosines are nearer to
each other than that may change places.
"""

from __future__ import annotations

import base64
import html
import json
import os
from pathlib import Path
from typing import Callable, Mapping, NamedTuple, Sequence

import numpy

from ..models.vectors import WordVectors
from ..utils.checks import check_positive_int
from ..utils.files import write_whole
from ..vocabulary.tokens import UNK
from .plane import Plane, choose_method, lay_out

MAX_WORDS = 100_000
MAX_NEIGHBOURS = 100  # that the page shows at once
_MAX_FLOAT32_BYTES = 16 << 20
_LEVELS = 65535  # of a coordinate: a fraction of a pixel at any zoom
_METHOD_NAMES = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}
_PAGE = Path(__file__).resolve().parent / "page"


class WordMap(NamedTuple):
    """What a page shows, and how."""

    num_words: int
    method: str  # umap, tsne or pca
    precision: str  # of the vectors in the page: float32 or float16
    num_bytes: int


def write_map(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    *,
    title: str = "Word vectors",
    method: str = "auto",
    groups: Mapping[str, Sequence[str]] | None = None,
    k: int = 10,
    max_words: int = MAX_WORDS,
    seed: int = 0,
    say: Callable[[str], None] | None = None,
) -> WordMap:
    """Write a page that shows the words in the plane and, for each, its nearest ones.

    Parameters
    ----------
    vectors : words in order of falling frequency; ``<unk>`` is drawn, but is no neighbour, as in
        `WordVectors.most_similar`.
    path : the HTML file, in a folder that is there; it appears whole or not at all.
    title : of the page.
    method : of `lay_out`: auto, umap, tsne or pca.
    groups : names and words of groups to colour by; words that are not there are left out.
    k : neighbours to begin with, at most 100; whoever looks at the page may ask for others.
    max_words : the first so many words are in the page, and no others are neighbours.
    seed : decides the draws of UMAP and t-SNE.
    say : gets a line before a method that takes long.

    Raises, before anything is written or computed, TypeError or ValueError for a number out of range, an
    unknown method or a folder that is not there, ImportError where the method's library is missing.
    """
    path = Path(path)
    check_positive_int("k", k)
    if k > MAX_NEIGHBOURS:
        raise ValueError(f"k takes an integer of at most {MAX_NEIGHBOURS}, got {k}")
    num_words = min(len(vectors), check_positive_int("max_words", max_words))
    method = choose_method(method, num_words)
    check_out(path)
    tokens = vectors.tokens[:num_words]
    if say is not None and method != "pca":
        say(f"putting {num_words:,} words into the plane by {_METHOD_NAMES[method]}: a minute or a few")
    unit = _unit(vectors.matrix[:num_words])  # (V, d)
    plane = lay_out(unit, method, seed)
    precision = "float32" if unit.nbytes <= _MAX_FLOAT32_BYTES else "float16"
    parts = {
        "title": html.escape(title),
        "note": html.escape(_note(len(vectors), num_words, plane.method, precision)),
        "data": _json_for_html(
            {
                "words": tokens,
                "size": unit.shape[1],
                "precision": precision,
                "unk": tokens.index(UNK) if UNK in tokens else -1,
                "groups": _known(groups or {}, tokens) or None,
                "k": k,
            }
        ),
        "places": _base64(_levels(plane)),
        "vectors": _base64(unit.astype("<f4" if precision == "float32" else "<f2")),
        "style": (_PAGE / "map.css").read_text(encoding="utf-8"),
        "script": (_PAGE / "map.js").read_text(encoding="utf-8"),
    }
    content = _fill((_PAGE / "map.html").read_text(encoding="utf-8"), parts).encode()
    write_whole(path, content)
    return WordMap(num_words, plane.method, precision, len(content))


def check_out(path: Path) -> None:
    """Raise ValueError unless a file can be made at `path`: its folder is there, and it is no folder."""
    if path.is_dir():
        raise ValueError(f"out takes a file; got {path}, which is a folder")
    if not path.parent.is_dir():
        raise ValueError(f"out takes a file in a folder that is there; got {path}, and {path.parent} is none")
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"out takes a file in a folder that can be written to; got {path}")


def _unit(matrix: numpy.ndarray) -> numpy.ndarray:
    """The rows (V, d), each scaled to length 1 as `WordVectors` does it; rows of zeros stay."""
    norms = numpy.sqrt(numpy.einsum("vd,vd->v", matrix, matrix, dtype=numpy.float64))  # (V,)
    unit: numpy.ndarray = (matrix / numpy.where(norms == 0, 1.0, norms)[:, None]).astype(numpy.float32)
    return unit


def _levels(plane: Plane) -> numpy.ndarray:
    """The points (V, 2) as whole numbers of 16 bits."""
    levels: numpy.ndarray = numpy.rint(plane.points.astype(numpy.float64) * _LEVELS).astype("<u2")
    return levels


def _known(groups: Mapping[str, Sequence[str]], tokens: Sequence[str]) -> dict[str, list[int]]:
    """The ids of each group's words, without the words and the groups that `tokens` lacks."""
    ids = {token: i for i, token in enumerate(tokens)}
    found = {name: sorted(ids[word] for word in words if word in ids) for name, words in groups.items()}
    return {name: members for name, members in found.items() if members}


def _note(all_words: int, num_words: int, method: str, precision: str) -> str:
    """What the page says about itself."""
    which = f"{num_words:,} words"
    if num_words < all_words:
        which = f"the {num_words:,} most frequent of {all_words:,} words"
    exact = {
        "float32": "Cosines are those of the run's float32 vectors.",
        "float16": "Cosines are of float16 vectors: right to 0.0005.",
    }[precision]
    plane = {
        "pca": "PCA: the two directions in which vectors differ most; much of a distance lies in others.",
        "umap": "UMAP: near points have similar vectors; how far apart two groups lie means little.",
        "tsne": "t-SNE: near points have similar vectors; how far apart two groups lie means little.",
    }[method]
    return f"{which[0].upper()}{which[1:]}. {plane} {exact}"


def describe(drawn: WordMap) -> str:
    """The map in a few words, such as ``6,719 words by UMAP, cosines in float32, 3.9 MB``."""
    return (
        f"{drawn.num_words:,} words by {_METHOD_NAMES[drawn.method]}, cosines in {drawn.precision}, "
        f"{drawn.num_bytes / 1e6:.1f} MB"
    )


def _base64(array: numpy.ndarray) -> str:
    return base64.b64encode(numpy.ascontiguousarray(array).tobytes()).decode()


def _json_for_html(value: object) -> str:
    """JSON that ends no element: a word may be ``</script>``."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _fill(template: str, parts: Mapping[str, str]) -> str:
    """`template` with each ``{{name}}`` filled in; what is filled in may hold braces itself."""
    pieces = template.split("{{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}}")
        filled += [parts[name], rest]
    return "".join(filled)
