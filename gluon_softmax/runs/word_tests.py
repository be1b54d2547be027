"""What a run's word vectors know: word pairs, analogy questions, and mini_ptb's planted groups.

WordSim-353, SimLex-999 and the analogy questions are read from where gensim is installed, which is not
imported for it.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Mapping, Sequence

from ..data.sources import load_planted_groups
from ..models.analogy_questions import evaluate_analogies
from ..models.vectors import WordVectors
from ..models.word_pairs import evaluate_word_pairs
from ..utils.files import user_path
from .folder import Run, finite_or_none
from .models import MODELS

WORD_PAIRS = ("wordsim353.tsv", "simlex999.txt")
ANALOGIES = ("questions-words.txt",)
WordFigures = Mapping[str, Any]


def has_word_tests(folder: str | Path, word_pairs: str | None, analogies: str | None) -> bool:
    """Whether a run has word vectors; ValueError where it has none and a file of questions is given."""
    model = Run(folder).config()["options"]["model"]
    for name, path in (("word_pairs", word_pairs), ("analogies", analogies)):
        if path is not None and not MODELS[model].has_vectors:
            raise ValueError(f"{name} takes a run that has word vectors; {folder} is a {model}")
    return MODELS[model].has_vectors


def evaluate_words(
    folder: str | Path, word_pairs: str | None = None, analogies: str | None = None
) -> WordFigures:
    """The figures of a run's vectors, as JSON has them.

    Parameters
    ----------
    folder : the run's; its model has vectors.
    word_pairs : a file of pairs and judgements; by default WordSim-353 and SimLex-999 where gensim has them.
    analogies : a file of analogy questions; by default word2vec's where gensim has them.

    Returns ``{"word_pairs": {name: ...}, "analogies": {name: ...}, "planted_groups": ...}``; the last for a
    run of mini_ptb alone. ``oov_ratio`` is in percent, as gensim's; a correlation of
    fewer than two pairs is None. Raises
    ValueError and OSError for a file that cannot be read.
    """
    run = Run(folder)
    vectors = run.vectors()
    figures: dict[str, Any] = {"word_pairs": {}, "analogies": {}}
    for path in _files("word_pairs", word_pairs, WORD_PAIRS):
        pairs = evaluate_word_pairs(vectors, path)
        figures["word_pairs"][path.stem] = finite_or_none({**pairs._asdict(), "oov_ratio": pairs.oov_ratio})
    for path in _files("analogies", analogies, ANALOGIES):
        *sections, total = evaluate_analogies(vectors, path)
        counts = {section.name: _without_name(section._asdict()) for section in sections}
        figures["analogies"][path.stem] = {**_without_name(total._asdict()), "sections": counts}
    if run.config()["corpus"]["name"] == "mini_ptb":
        figures["planted_groups"] = _planted(vectors, load_planted_groups())
    return figures


def _without_name(section: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in section.items() if name != "name"}


def _files(name: str, given: str | None, names: Sequence[str]) -> list[Path]:
    """The file that is given, else those of `names` that gensim brings."""
    if given is not None:
        return [user_path(name, given)]
    gensim = importlib.util.find_spec("gensim")
    if gensim is None or gensim.origin is None:
        return []
    folder = Path(gensim.origin).parent / "test" / "test_data"
    return [folder / name for name in names if (folder / name).is_file()]


def _planted(vectors: WordVectors, groups: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many planted words there are, are known, and have one of their own group as nearest."""
    known = [(word, words) for words in groups.values() for word in words if word in vectors]
    right = sum(vectors.most_similar(word, 1)[0][0] in words for word, words in known)
    return {"num_words": sum(map(len, groups.values())), "num_known": len(known), "num_right": right}


def lines_about(figures: WordFigures) -> list[str]:
    """What a terminal shows of `evaluate_words`: each figure beside how much of its file it is of."""
    lines = []
    for name, pairs in figures["word_pairs"].items():
        lines.append(
            f"{name}: Pearson {_figure(pairs['pearson'])}, Spearman {_figure(pairs['spearman'])} over "
            f"{_covered(pairs, 'pairs')}"
        )
    for name, total in figures["analogies"].items():
        lines.append(f"{name}: {_right(total)} {_covered(total, 'questions')}")
        for section, of in total["sections"].items():
            lines.append(f"  {section}: {_right(of)} {_covered(of, 'questions')}")
    if "planted_groups" in figures:
        planted = figures["planted_groups"]
        lines.append(
            f"planted groups: {_right(planted)} {_covered(planted, 'words')} have their nearest word in "
            "their own group"
        )
    if not (figures["word_pairs"] and figures["analogies"]):
        lines.append(
            "word pairs and analogy questions are those that gensim brings, which is not installed here, or "
            "files of your own (--word-pairs, --analogies)"
        )
    return lines


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _right(counts: Mapping[str, int]) -> str:
    share = f"{counts['num_right'] / counts['num_known']:.1%}" if counts["num_known"] else "none"
    return f"{share} of"


def _covered(counts: Mapping[str, int], what: str) -> str:
    known, asked = counts["num_known"], counts[f"num_{what}"]
    return f"{known:,} of {asked:,} {what} ({known / asked if asked else 0:.1%} known)"
