"""Parquet for Embedding Atlas: pyarrow and pandas open the table, and other tables are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest

from gluon_softmax.models.vectors import WordVectors

pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")


def test_pandas_opens_the_table(random_vectors: WordVectors, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    random_vectors.save(tmp_path / "v.parquet")
    frame = pandas.read_parquet(tmp_path / "v.parquet")
    assert frame["word"].tolist() == random_vectors.tokens
    assert (numpy.stack(frame["vector"]) == random_vectors.matrix).all()
    schema = pq.read_schema(tmp_path / "v.parquet")
    assert str(schema.field("vector").type).startswith("fixed_size_list<") and "float" in str(schema)


@pytest.mark.parametrize("kind", ["float32", "float64", "fixed"])
def test_tables_of_others(kind: str, tmp_path: Path) -> None:
    vectors = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    types = {
        "float32": pa.list_(pa.float32()),
        "float64": pa.list_(pa.float64()),
        "fixed": pa.list_(pa.float32(), 2),
    }
    table = pa.table({"count": [1, 2, 3], "word": ["a", "b", "c"], "vector": pa.array(vectors, types[kind])})
    pq.write_table(table, tmp_path / "v.parquet", row_group_size=2)
    assert WordVectors.load(tmp_path / "v.parquet").matrix.tolist() == vectors


@pytest.mark.parametrize(
    "columns, message",
    [
        ({"word": ["a"]}, "takes the columns word and vector; got word"),
        ({"word": [1], "vector": [[1.0]]}, "takes a column word of strings; got int64"),
        ({"word": ["a", None], "vector": [[1.0], [2.0]]}, "takes a column word of strings"),
        ({"word": ["a", "b"], "vector": [[1.0], [2.0, 3.0]]}, "equally long lists of numbers"),
        ({"word": ["a", "b"], "vector": [[1.0], None]}, "equally long lists of numbers"),
        ({"word": ["a", "b"], "vector": [[1.0], [None]]}, "takes finite float32 numbers; got nan for 'b'"),
        ({"word": ["a"], "vector": [["x"]]}, "equally long lists of numbers"),
        ({"word": ["a"], "vector": ["x"]}, "takes a column vector of"),
        ({"word": ["a"], "vector": [[]]}, "equally long lists of numbers"),
    ],
)
def test_wrong_tables(columns: dict[str, Any], message: str, tmp_path: Path) -> None:
    pq.write_table(pa.table(columns), tmp_path / "v.parquet")
    with pytest.raises(ValueError, match=f"v.parquet: .*{message}"):
        WordVectors.load(tmp_path / "v.parquet")


def test_a_text_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "v.parquet").write_text("1 2\na 1 2\n")
    with pytest.raises(ValueError, match=r"v.parquet: takes a Parquet file"):
        WordVectors.load(tmp_path / "v.parquet")
