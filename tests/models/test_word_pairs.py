"""Word pairs beside gensim and SciPy: both correlations, and how many pairs they are of."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy
import pytest

from gluon_softmax.models.vectors import WordVectors
from gluon_softmax.models.word_pairs import correlation, evaluate_word_pairs, ranks


def peer_of(vectors: WordVectors) -> Any:
    peer = pytest.importorskip("gensim.models").KeyedVectors(vector_size=vectors.matrix.shape[1])
    peer.add_vectors(vectors.tokens, vectors.matrix)
    return peer


def words_of(path: Path) -> list[str]:
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return sorted({word for fields in lines if len(fields) == 3 for word in fields[:2]})


@pytest.fixture(params=["wordsim353.tsv", "simlex999.txt"])
def pairs(request: pytest.FixtureRequest) -> Path:
    utils = pytest.importorskip("gensim.test.utils")
    return Path(utils.datapath(request.param))


@pytest.mark.parametrize("share, restrict_vocab", [(1.0, 300_000), (0.6, 300_000), (0.9, 200)])
def test_the_figures_are_gensim_s(pairs: Path, share: float, restrict_vocab: int) -> None:
    rng = numpy.random.default_rng(3)
    words = [word for word in words_of(pairs) if rng.random() < share]
    rng.shuffle(words)
    words += [word.title() for word in words[::3] if word.title() not in words]  # the first spelling counts
    words = ["<unk>", *words]
    vectors = WordVectors(words, rng.normal(size=(len(words), 8)))
    pearson, spearman, oov_ratio = peer_of(vectors).evaluate_word_pairs(
        str(pairs), restrict_vocab=restrict_vocab
    )
    found = evaluate_word_pairs(vectors, pairs, restrict_vocab)
    assert found.pearson == pytest.approx(pearson[0], abs=1e-6)
    assert found.spearman == pytest.approx(spearman[0], abs=1e-6)
    assert found.oov_ratio == pytest.approx(oov_ratio, abs=1e-9)
    assert found.num_pairs in (353, 999) and (found.num_known < found.num_pairs or share == 1)


def test_by_hand(tmp_path: Path) -> None:
    """Cosines with a: b 0.6, c 0; judged in the opposite order, so both correlations are −1."""
    path = tmp_path / "pairs.tsv"
    path.write_text("# a comment\nA\tB\t1\r\na\tc\t9\n\nno pair\na\tnothing\t5\na\tb\tmany\na\tb\tnan\n")
    vectors = WordVectors(["a", "b", "c"], [[1, 0], [3, 4], [0, 1]])
    found = evaluate_word_pairs(vectors, path)
    assert found == (pytest.approx(-1), pytest.approx(-1), 3, 2)
    assert found.oov_ratio == pytest.approx(100 / 3)


def test_ranks_and_correlations_beside_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    rng = numpy.random.default_rng(0)
    for size in (2, 3, 50):
        x, y = rng.integers(0, 6, size).astype(float), rng.normal(size=size)
        x[0], x[1] = 7, -1
        assert ranks(x).tolist() == stats.rankdata(x).tolist()
        assert correlation(x, y) == pytest.approx(stats.pearsonr(x, y)[0], abs=1e-12)
        assert correlation(ranks(x), ranks(y)) == pytest.approx(stats.spearmanr(x, y)[0], abs=1e-12)


def test_no_known_pair_leaves_no_figure_but_the_coverage(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("x\ty\t1\n")
    found = evaluate_word_pairs(WordVectors(["a"], [[1.0]]), path)
    assert math.isnan(found.pearson) and math.isnan(found.spearman) and found.oov_ratio == 100


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "takes lines of two words and a number with tabs between them; got none"),
        (b"a b 3\n# a\tb\t3\na\tb\tc\n", "got none"),
        (b"a\tb\t3\n\xff\tb\t3\n", "line 2: takes UTF-8 text; .*0xff"),
    ],
)
def test_wrong_files(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"pairs.tsv.*{message}"):
        evaluate_word_pairs(WordVectors(["a", "b"], [[1.0], [2.0]]), path)
