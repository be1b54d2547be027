"""What the page of the map holds, and what is refused before it is written."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy
import pytest

from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.pictures import word_map
from gluon_softmax.pictures.word_map import describe, write_map

TOKENS = ["<unk>", "</script>", "{{data}}", "chip", "zero", "\u2028"]


@pytest.fixture
def vectors() -> WordVectors:
    matrix = numpy.random.default_rng(0).normal(size=(6, 3)).astype("float32")
    matrix[4] = 0
    return WordVectors(TOKENS, matrix)


def part_of(page: str, name: str) -> str:
    return re.search(rf'<script type="[a-z/-]+" id="{name}">(.*?)</script>', page, re.DOTALL)[1]  # type: ignore[index]


def data_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(part_of(path.read_text(encoding="utf-8"), "data"))
    return found


def test_the_page_holds_words_places_and_unit_vectors(vectors: WordVectors, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    drawn = write_map(vectors, path, title="<b>", groups={"a": ["chip", "none"], "b": ["none"]}, k=4)
    page = path.read_text(encoding="utf-8")
    assert drawn == (6, "pca", "float32", path.stat().st_size)
    expected = {"size": 3, "precision": "float32", "unk": 0, "groups": {"a": [3]}, "k": 4}
    assert data_of(path) == {"words": TOKENS, **expected}
    unit = numpy.frombuffer(base64.b64decode(part_of(page, "vectors")), "<f4").reshape(6, 3)
    norms = numpy.linalg.norm(vectors.matrix, axis=1, keepdims=True)
    numpy.testing.assert_allclose(unit, vectors.matrix / numpy.where(norms == 0, 1, norms), atol=1e-7)
    places = numpy.frombuffer(base64.b64decode(part_of(page, "places")), "<u2").reshape(6, 2)
    assert places.min() == 0 and places.max() == 65535
    assert "<title>&lt;b&gt;</title>" in page
    assert not re.search(r"(src|href)=\"(?!data:)", page) and "http" not in page.replace("http-equiv", "")


def test_the_most_frequent_words_are_taken_and_the_page_says_so(vectors: WordVectors, tmp_path: Path) -> None:
    write_map(vectors, tmp_path / "map.html", max_words=4)
    assert data_of(tmp_path / "map.html")["words"] == TOKENS[:4]
    assert "The 4 most frequent of 6 words." in (tmp_path / "map.html").read_text(encoding="utf-8")


def test_many_numbers_are_float16(
    vectors: WordVectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_map, "_MAX_FLOAT32_BYTES", 71)  # 6 * 3 * 4 is one more
    drawn = write_map(vectors, tmp_path / "map.html")
    assert drawn.precision == data_of(tmp_path / "map.html")["precision"] == "float16"
    assert (
        len(base64.b64decode(part_of((tmp_path / "map.html").read_text(encoding="utf-8"), "vectors"))) == 36
    )
    assert describe(drawn).startswith("6 words by PCA, cosines in float16, 0.0 MB")


@pytest.mark.parametrize(
    "given, said",
    [
        ({"k": 0}, "k takes an integer of at least 1, got 0"),
        ({"k": 101}, "k takes an integer of at most 100, got 101"),
        ({"max_words": 0}, "max_words takes an integer of at least 1"),
        ({"method": "lda"}, "method takes one of"),
        ({"seed": -1}, "seed takes an integer of at least 0"),
        ({"path": "nothing/map.html"}, "out takes a file in a folder that is there"),
        ({"path": ""}, "out takes a file; got .*, which is a folder"),
    ],
)
def test_what_cannot_be_is_refused_and_the_page_that_is_there_stays(
    given: dict[str, Any], said: str, vectors: WordVectors, tmp_path: Path
) -> None:
    (tmp_path / "map.html").write_text("before")
    path = tmp_path / given.pop("path", "map.html")
    with pytest.raises(ValueError, match=said):
        write_map(vectors, path, **given)
    assert [one.name for one in tmp_path.iterdir()] == ["map.html"]
    assert (tmp_path / "map.html").read_text() == "before"
