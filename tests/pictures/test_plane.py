"""Words in the plane: PCA beside a plain decomposition, libraries that are there or not, few words."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy
import pytest

from gluon_softmax.pictures import plane
from gluon_softmax.pictures.plane import choose_method, lay_out


def unit_rows(num_words: int, size: int) -> numpy.ndarray:
    matrix = numpy.random.default_rng(1).normal(size=(num_words, size)) * numpy.arange(1, size + 1)
    return (matrix / numpy.linalg.norm(matrix, axis=1, keepdims=True)).astype("float32")


def test_pca_is_the_projection_on_the_two_largest_singular_directions() -> None:
    unit = unit_rows(50, 6)
    points, method = lay_out(unit, "pca")
    u, s, _ = numpy.linalg.svd(unit - unit.mean(axis=0), full_matrices=False)
    expected = u[:, :2] * s[:2]
    distances = numpy.linalg.norm(points[:, None] - points[None], axis=-1)
    wanted = numpy.linalg.norm(expected[:, None] - expected[None], axis=-1)
    extent = (expected.max(axis=0) - expected.min(axis=0)).max()
    assert method == "pca"
    numpy.testing.assert_allclose(distances, wanted / extent, atol=1e-5)
    assert points.min() >= 0 and points.max() <= 1


@pytest.mark.parametrize("shape", [(1, 3), (2, 1), (5, 1), (3, 7)])
def test_pca_takes_any_vectors(shape: tuple[int, int]) -> None:
    points, _ = lay_out(numpy.ones(shape, "float32"), "pca")
    assert points.shape == (shape[0], 2)
    numpy.testing.assert_allclose(points, 0.5)


@pytest.mark.parametrize(
    "there, method, expected",
    [
        ({"umap", "tsne"}, "auto", "umap"),
        ({"tsne"}, "auto", "tsne"),
        (set(), "auto", "pca"),
        ({"umap", "tsne"}, "tsne", "tsne"),
        ({"umap"}, "pca", "pca"),
    ],
)
def test_auto_is_the_first_that_is_installed(
    there: set[str], method: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plane, "_is_installed", there.__contains__)
    assert choose_method(method, 100) == expected
    assert choose_method("auto", 19) == "pca"


def test_what_cannot_be_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plane, "_is_installed", lambda _: False)
    with pytest.raises(
        ImportError, match=r"method takes umap only with umap-learn, .*pip install umap-learn"
    ):
        choose_method("umap", 100)
    with pytest.raises(ValueError, match="method takes one of auto, umap, tsne, pca; got 'lda'"):
        choose_method("lda", 100)
    monkeypatch.setattr(plane, "_is_installed", lambda _: True)
    with pytest.raises(ValueError, match="at least 20 words, pca for any; got 19"):
        choose_method("tsne", 19)
    with pytest.raises(ValueError, match="seed takes"):
        lay_out(unit_rows(30, 3), "pca", seed=2**32)


@pytest.mark.parametrize(
    "method, module, name", [("umap", "umap", "UMAP"), ("tsne", "sklearn.manifold", "TSNE")]
)
def test_the_library_gets_the_vectors_and_the_seed(
    method: str, module: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = unit_rows(30, 4)

    class Library:
        def __init__(self, **how: object) -> None:
            assert how["random_state"] == 7

        def fit_transform(self, given: numpy.ndarray) -> numpy.ndarray:
            assert given is unit
            return given[:, :2] * 40 + 3

    stand_in = ModuleType(module)
    setattr(stand_in, name, Library)
    for part in (module.split(".")[0], module):
        monkeypatch.setitem(sys.modules, part, stand_in)
    monkeypatch.setattr(plane, "_is_installed", lambda _: True)
    points, used = lay_out(unit, method, seed=7)
    assert used == method
    assert (points.max(axis=0) - points.min(axis=0)).max() == pytest.approx(1.0)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_neighbours_stay_together(method: str) -> None:
    pytest.importorskip(
        {"umap": "umap", "tsne": "sklearn"}[method], reason="the extra `map` is not installed"
    )
    rng = numpy.random.default_rng(0)
    kind = rng.integers(0, 5, 150)
    matrix = numpy.eye(8)[kind] * 5 + rng.normal(size=(150, 8))
    points, _ = lay_out((matrix / numpy.linalg.norm(matrix, axis=1, keepdims=True)).astype("float32"), method)
    distances = numpy.linalg.norm(points[:, None] - points[None], axis=-1) + 9 * numpy.eye(150)
    assert (kind[distances.argmin(axis=1)] == kind).mean() > 0.9
    again, _ = lay_out((matrix / numpy.linalg.norm(matrix, axis=1, keepdims=True)).astype("float32"), method)
    numpy.testing.assert_array_equal(points, again)
