"""The embedded corpus: bit for bit what its generator writes, shaped like newswire, with planted groups."""

from __future__ import annotations

import collections
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy
import pytest
from oracles.small_runs import Call

from gluon_softmax import Corpus, load_corpus
from gluon_softmax.data.sources import load_planted_groups

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    if not (DATA / "make_mini_ptb.py").is_file():
        pytest.skip("the generator is in the repository, not in the installed package")
    sys.path.insert(0, str(DATA))
    try:
        spec = importlib.util.spec_from_file_location("make_mini_ptb", DATA / "make_mini_ptb.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(DATA))
    return module


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus("mini_ptb", min_freq=1)


def share(corpus: Corpus, token: str) -> float:
    return float(corpus.counts[corpus.vocab[token]] / corpus.counts.sum())


def test_the_generator_writes_the_committed_archive(maker: ModuleType) -> None:
    assert maker.make_archive() == (DATA / "mini_ptb.zip").read_bytes()


def test_check_finds_a_changed_archive(
    maker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(maker, "__file__", str(tmp_path / "make_mini_ptb.py"))
    monkeypatch.setattr(maker, "make_archive", lambda: b"what the generator writes")
    monkeypatch.setattr(sys, "argv", ["make_mini_ptb.py", "--check"])
    assert maker.main() == 1, "there is no archive yet"
    monkeypatch.setattr(sys, "argv", ["make_mini_ptb.py"])
    assert maker.main() == 0
    monkeypatch.setattr(sys, "argv", ["make_mini_ptb.py", "--check"])
    assert maker.main() == 0
    (tmp_path / "mini_ptb.zip").write_bytes(b"what the generator wrotf")
    assert maker.main() == 1
    assert "not what" in capsys.readouterr().out.splitlines()[-1]


def test_size_and_splits(corpus: Corpus) -> None:
    assert 150_000 <= len(corpus.ids("train")) < 150_100
    assert 10_000 <= len(corpus.ids("valid")) < 10_100
    assert 10_000 <= len(corpus.ids("test")) < 10_100
    assert 1_000 <= len(corpus.counts) <= 2_000
    lengths = numpy.diff(corpus.offsets("train"))
    assert 17 < lengths.mean() < 23
    assert 4 < lengths.std() < 14


def test_splits_differ(corpus: Corpus) -> None:
    sentences = {
        split: {tuple(s) for s in numpy.split(corpus.ids(split), corpus.offsets(split)[1:-1])}
        for split in ("train", "valid", "test")
    }
    assert len(sentences["valid"] & sentences["train"]) < 0.02 * len(sentences["valid"])
    assert len(sentences["test"] & sentences["valid"]) < 0.02 * len(sentences["test"])


def test_newswire_shares(corpus: Corpus) -> None:
    """Near PTB's own: the 5.7%, N 3.7%, <unk> 5.1%, 's 1.1%, n't 0.4%, mr. 0.5%."""
    assert corpus._idx_to_token[1] == "the"
    assert 0.04 < share(corpus, "the") < 0.08
    assert 0.025 < share(corpus, "N") < 0.055
    assert 0.025 < share(corpus, "<unk>") < 0.06
    for token in ("'s", "n't", "mr.", "$", "said"):
        assert 0.003 < share(corpus, token) < 0.02, token


def test_vocabulary_is_zipf_shaped(corpus: Corpus) -> None:
    """log(count) falls with log(rank) at a slope near -1, and a tail of rare words makes min_freq matter."""
    counts = numpy.sort(corpus.counts)[::-1]
    ranks = numpy.arange(1, len(counts) + 1)
    middle = (ranks >= 5) & (ranks <= 1_000)
    slope, _ = numpy.polyfit(numpy.log(ranks[middle]), numpy.log(counts[middle]), 1)
    assert -1.25 < slope < -0.75
    assert (counts == 1).sum() > 50
    assert (counts < 10).sum() > 400


def test_planted_groups_are_disjoint_and_frequent(corpus: Corpus) -> None:
    groups = load_planted_groups()
    words = [word for group in groups.values() for word in group]
    assert len(groups) >= 10
    assert all(5 <= len(group) <= 8 for group in groups.values())
    assert len(set(words)) == len(words)
    assert "chip" in groups["chip_products"]
    assert min(corpus.counts[corpus.vocab[word]] for word in words) >= 90
    assert numpy.mean([corpus.counts[corpus.vocab[word]] for word in words]) > 120


def test_planted_words_keep_the_company_of_their_group(corpus: Corpus) -> None:
    """Positive PMI of what stands within two places, compared by cosine: no training, no randomness."""
    ids = corpus.ids("train")
    sentence = numpy.repeat(
        numpy.arange(len(corpus.offsets("train")) - 1), numpy.diff(corpus.offsets("train"))
    )
    num_tokens = len(corpus.counts)
    together = numpy.zeros((num_tokens, num_tokens))
    for distance in (1, 2):
        same = sentence[distance:] == sentence[:-distance]
        left, right = ids[:-distance][same], ids[distance:][same]
        numpy.add.at(together, (left, right), 1)
        numpy.add.at(together, (right, left), 1)
    together[0] = together[:, 0] = 0  # <unk> is dropped, as in the skip-gram
    expected = numpy.outer(together.sum(1), together.sum(0)) / together.sum()
    with numpy.errstate(divide="ignore", invalid="ignore"):
        ppmi = numpy.nan_to_num(numpy.maximum(numpy.log(together / expected), 0), posinf=0, neginf=0)
    rows = ppmi / numpy.maximum(numpy.linalg.norm(ppmi, axis=1, keepdims=True), 1e-12)
    group_of = {word: name for name, words in load_planted_groups().items() for word in words}
    frequent = numpy.flatnonzero(corpus.counts >= 10)
    right_ones: collections.Counter[bool] = collections.Counter()
    for word, group in group_of.items():
        word_id = corpus.vocab[word]
        similarity = rows[frequent] @ rows[word_id]
        similarity[frequent == word_id] = -1
        nearest = corpus._idx_to_token[frequent[similarity.argmax()]]
        right_ones[group_of.get(nearest) == group] += 1
    assert right_ones[True] >= 0.9 * len(group_of), right_ones


@pytest.mark.slow
def test_the_analogy_of_the_readme_works_on_the_default_corpus(tmp_path: Path, call: Call) -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    [words] = re.findall(r"gluon-softmax analogy runs/mini (\w+ \w+ \w+) ", readme)
    train = ["train", "--out", tmp_path / "mini", "--quiet", "--device", "cpu"]
    assert call(*train) == (0, "", "")
    found = [
        answer["token"]
        for answer in json.loads(call("analogy", tmp_path / "mini", *words.split(), "--json")[1])["answers"]
    ]
    vehicles = load_planted_groups()["vehicles"]
    assert found[0] in vehicles and len(set(found) & set(vehicles)) >= 3
