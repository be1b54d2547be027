"""Word vectors in the plane: by UMAP or t-SNE where a library for it is installed, else by PCA in NumPy."""

from __future__ import annotations

import importlib.util
from typing import NamedTuple

import numpy

from ..utils.checks import check_choice, check_positive_int

METHODS = ("auto", "umap", "tsne", "pca")
_PACKAGES = {"umap": ("umap", "umap-learn"), "tsne": ("sklearn", "scikit-learn")}  # module, distribution
_MIN_WORDS = 20  # of fewer, neighbourhoods of 15 words say nothing
_MAX_SEED = 2**32 - 1  # of both libraries


class Plane(NamedTuple):
    """Where each word lies, and which method put it there."""

    points: numpy.ndarray  # (V, 2) float32, in [0, 1]; one unit is as long on both axes
    method: str


def choose_method(method: str, num_words: int) -> str:
    """The method that "auto" stands for, or `method` itself.

    UMAP before t-SNE before PCA, whichever is installed; PCA for fewer than 20 words. Raises ValueError for
    an unknown method and for UMAP or t-SNE of fewer words, ImportError with what to install where its library
    is missing.
    """
    check_choice("method", method, METHODS)
    few = num_words < _MIN_WORDS
    if method == "auto":
        return next((name for name in _PACKAGES if not few and _is_installed(name)), "pca")
    if method in _PACKAGES and not _is_installed(method):
        package = _PACKAGES[method][1]
        raise ImportError(
            f"method takes {method} only with {package}, which is not installed: pip install {package}"
        )
    if method in _PACKAGES and few:
        raise ValueError(
            f"method takes {method} for at least {_MIN_WORDS} words, pca for any; got {num_words}"
        )
    return method


def lay_out(unit: numpy.ndarray, method: str = "auto", seed: int = 0) -> Plane:
    """Put each word into the plane, near to words with a similar vector.

    Parameters
    ----------
    unit : (V, d) float32, each row of length 1 or zeros; on these, Euclidean distances order words as their
        cosines do.
    method : see `choose_method`.
    seed : decides the draws of UMAP and t-SNE.

    Only PCA keeps distances, as far as two directions can; UMAP and t-SNE keep neighbourhoods, and the
    distance between two far groups means nothing. Raises the errors of `choose_method`, and TypeError or
    ValueError for a seed that is not an integer from 0 to 2^32 - 1.
    """
    method = choose_method(method, len(unit))
    check_positive_int("seed", seed, 0, _MAX_SEED)
    points = {"umap": _umap, "tsne": _tsne, "pca": _pca}[method](unit, seed)  # (V, 2)
    return Plane(_into_unit_square(points), method)


def _is_installed(method: str) -> bool:
    """Whether the library is there; it is not imported, which takes seconds."""
    return importlib.util.find_spec(_PACKAGES[method][0]) is not None


def _umap(unit: numpy.ndarray, seed: int) -> numpy.ndarray:
    from umap import UMAP

    # One thread: with several, the same seed gives other pictures.
    points: numpy.ndarray = UMAP(n_neighbors=15, min_dist=0.1, random_state=seed, n_jobs=1).fit_transform(
        unit
    )
    return points


def _tsne(unit: numpy.ndarray, seed: int) -> numpy.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(unit) - 1) / 3)
    points: numpy.ndarray = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(unit)
    return points


def _pca(unit: numpy.ndarray, _: int) -> numpy.ndarray:
    """The two directions in which the vectors (V, d) differ most: (V, 2), zeros where d is 1."""
    centered = unit - unit.mean(axis=0)
    _, directions = numpy.linalg.eigh((centered.T @ centered).astype(numpy.float64))  # rising eigenvalues
    top = directions[:, ::-1][:, :2]  # (d, 2)
    signs = numpy.sign(top[numpy.abs(top).argmax(axis=0), numpy.arange(top.shape[1])])  # as eigh leaves them
    points = numpy.zeros((len(unit), 2))
    points[:, : top.shape[1]] = centered @ (top * signs)
    return points


def _into_unit_square(points: numpy.ndarray) -> numpy.ndarray:
    """Points (V, 2) moved and scaled into [0, 1] x [0, 1], centred, by one factor for both axes."""
    low, high = points.min(axis=0).astype(numpy.float64), points.max(axis=0).astype(numpy.float64)
    extent = float((high - low).max()) or 1.0
    scaled: numpy.ndarray = ((points - (low + high) / 2) / extent + 0.5).astype(numpy.float32)
    return numpy.clip(scaled, 0.0, 1.0)
