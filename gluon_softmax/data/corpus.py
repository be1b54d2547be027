"""Text becomes ids: the vocabulary of a training text, and its three splits in that vocabulary."""

from __future__ import annotations

import functools
import itertools
from array import array
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict

import numpy

from ..utils.checks import check_bool, check_choice, check_positive_int, shown
from ..utils.errors import CorpusError
from ..utils.memory import trim_memory
from ..utils.object_checks import check_kind
from ..vocabulary.tokens import EOS, UNK, UNK_ID
from .sources import find_sources, import_d2l
from .text import read_text
from .text_files import SPLITS, Source

BOOK_MIN_FREQ = 10  # d2l's load_data_ptb
_BLOCK = 1 << 20  # ids handled at once, so that no pass over a corpus needs a second copy of it


class Corpus:
    """A text in three splits as ids, with the vocabulary of its training text.

    Id 0 is ``<unk>``: the text's own and every word seen fewer than `min_freq` times in training. From 1 on
    ids are in order of falling training frequency, ties in the order of the words. With `eos` each sentence
    ends in ``<eos>``, which `min_freq` never removes.

    As in d2l a sentence is a line, whichever of the three line ends the text has, and white space separates
    words; blank lines are no sentences. A line that ends in ``<eos>`` already gets no second one. The valid
    and test splits are encoded when first asked for, or by `check`. Arrays are shared, so they are read-only.

    Parameters
    ----------
    name : what to call it.
    sources : the text of each split, by "train", "valid" and "test"; see `find_sources`.
    min_freq : training occurrences that a word needs to have an id of its own.
    eos : end each sentence with ``<eos>``.

    Attributes
    ----------
    counts : int64 (V,), the training count of each id.

    Raises ValueError for a `min_freq` that leaves no word, CorpusError for a text that is empty or that
    `read_text` refuses, such as one that is not UTF-8.
    """

    def __init__(self, name: str, sources: dict[str, Source], min_freq: int, eos: bool) -> None:
        check_kind("name", name, str, "a string")
        check_kind("sources", sources, dict, "a dict with the text of each split, as find_sources gives it")
        if not set(SPLITS) <= set(sources):
            raise ValueError(f"sources takes the texts of {', '.join(SPLITS)}; got {shown(list(sources))}")
        self.name, self.min_freq = name, check_positive_int("min_freq", min_freq)
        self.eos = check_bool("eos", eos)
        self._sources = sources
        numbers: dict[str, int] = defaultdict(itertools.count().__next__)  # a new word takes the next number
        unk, end = numbers[UNK], numbers[EOS]  # numbers even if the text has neither
        ids, offsets = self._encode("train", numbers)
        words = list(numbers)
        del numbers  # as large as the vocabulary
        freqs = _bincount(ids, len(words))
        ranked = _rank(words, freqs)
        is_kept = freqs >= min_freq
        is_kept[unk], is_kept[end] = False, eos or is_kept[end]
        kept = ranked[is_kept[ranked]]
        self._dropped = [(words[i], int(freqs[i])) for i in ranked[~is_kept[ranked]] if freqs[i]]
        if not (kept != end).any():
            raise ValueError(self._why_no_word_is_left())
        self._idx_to_token = [UNK, *(words[i] for i in kept)]
        new_id = numpy.zeros(len(words), numpy.int32)
        new_id[kept] = numpy.arange(1, len(kept) + 1)
        for start in range(0, len(ids), _BLOCK):
            ids[start : start + _BLOCK] = new_id[ids[start : start + _BLOCK]]
        self.counts = _frozen(_bincount(ids, len(self._idx_to_token)))  # (V,)
        self._encoded = {"train": (_frozen(ids), _frozen(offsets))}

    @property
    def tokens(self) -> list[str]:
        """The words by id, without the import of d2l that `vocab` takes."""
        return self._idx_to_token

    @functools.cached_property
    def vocab(self) -> Any:
        """A d2l.Vocab with this corpus's ids, whichever d2l it comes from (importing that takes seconds)."""
        vocab = import_d2l().Vocab([])
        vocab.idx_to_token = list(self._idx_to_token)
        vocab.token_to_idx = dict(zip(self._idx_to_token, itertools.count()))
        # d2l 1.0 keeps the frequencies in an attribute, 0.17 in a private one behind a property
        attribute = "_token_freqs" if hasattr(type(vocab), "token_freqs") else "token_freqs"
        seen = [*zip(self._idx_to_token[1:], self.counts[1:].tolist()), *self._dropped]
        setattr(vocab, attribute, sorted(seen, key=lambda pair: (-pair[1], pair[0])))
        return vocab

    def ids(self, split: str) -> numpy.ndarray:
        """The ids of a split, sentence after sentence: int32 (N,)."""
        return self._split(split)[0]

    def offsets(self, split: str) -> numpy.ndarray:
        """Where each sentence starts in `ids(split)`, and N: int64 (S + 1,)."""
        return self._split(split)[1]

    def check(self) -> None:
        """Read every split now, so that a text that cannot be read is found before training.

        Raises CorpusError for a split that is missing, empty, or that `read_text` refuses.
        """
        for split in SPLITS:
            self._split(split)

    def _split(self, split: str) -> tuple[numpy.ndarray, numpy.ndarray]:
        check_choice("split", split, SPLITS)
        if split not in self._encoded:
            known = _Known(zip(self._idx_to_token, itertools.count()))  # not kept: `vocab` has its own
            ids, offsets = self._encode(split, known)
            self._encoded[split] = (_frozen(ids), _frozen(offsets))
        return self._encoded[split]

    def _encode(self, split: str, id_of_word: dict[str, int]) -> tuple[numpy.ndarray, numpy.ndarray]:
        """The split's ids (N,) and offsets (S + 1,), in four bytes per token: no list of words is kept."""
        where, opener = self._sources[split]
        ids, offsets = array("i"), array("q", [0])
        id_of = id_of_word.__getitem__
        end = id_of(EOS) if self.eos else -1

        def end_sentence() -> None:
            if len(ids) > offsets[-1]:
                if self.eos and ids[-1] != end:
                    ids.append(end)
                offsets.append(len(ids))

        with opener() as stream:
            for text in read_text(stream, where):
                *lines, unfinished = text.split("\n")
                for line in lines:
                    ids.extend(map(id_of, line.split()))
                    end_sentence()
                ids.extend(map(id_of, unfinished.split()))
        end_sentence()
        if not ids:
            raise CorpusError(f"the corpus takes at least one word per split, and {where} has none")
        return numpy.frombuffer(ids, numpy.int32), numpy.frombuffer(offsets, numpy.int64)

    def _why_no_word_is_left(self) -> str:
        where = self._sources["train"].where
        most = max((freq for token, freq in self._dropped if token not in (UNK, EOS)), default=0)
        if not most:
            return f"{where} takes text with words, got nothing but {UNK}"
        return (
            f"min_freq={self.min_freq} removes every word of {where}: "
            f"its most frequent word occurs {most} times, so min_freq takes 1 to {most}"
        )

    def __repr__(self) -> str:
        tokens, sentences = len(self.ids("train")), len(self.offsets("train")) - 1
        return (
            f"Corpus({self.name!r}, min_freq={self.min_freq}, eos={self.eos}): {len(self.counts):,} types, "
            f"{tokens:,} training tokens in {sentences:,} sentences, {self.counts[UNK_ID] / tokens:.1%} {UNK}"
        )


def load_corpus(
    name: str | Path = "mini_ptb",
    min_freq: int | None = None,
    eos: bool = False,
    data_dir: str | Path | None = None,
) -> Corpus:
    """Read "ptb", "mini_ptb", a folder with train.txt, valid.txt and test.txt, or another text on disk.

    Text is UTF-8, one sentence per line, see `Corpus`; `find_sources` says which folders and files are read.
    Words seen fewer than `min_freq` times in the training text become ``<unk>``.

    Parameters
    ----------
    name : "ptb", "mini_ptb" or the path of a folder or a file.
    min_freq : 1 or more. By default the book's 10 (section 15.3), or 1 with `eos`, for language models.
    eos : end each sentence with ``<eos>``, as language models need it.
    data_dir : where PTB is kept, see `data_folder`.

    Raises ValueError for an unknown name, a `min_freq` below 1 or one that leaves no word; its kind
    CorpusError for a missing or empty split, text that is not UTF-8, a damaged or unsafe archive, or PTB
    if it can't be fetched; TypeError for arguments of another type.
    """
    check_bool("eos", eos)
    if min_freq is None:
        min_freq = 1 if eos else BOOK_MIN_FREQ
    min_freq = check_positive_int("min_freq", min_freq)
    corpus = Corpus(str(name), find_sources(name, data_dir), min_freq, eos)
    trim_memory()  # which reading took
    return corpus


class _Known(Dict[str, int]):
    """The training vocabulary; any other word is `<unk>`."""

    def __missing__(self, token: str) -> int:
        return UNK_ID


def _rank(words: list[str], freqs: numpy.ndarray) -> numpy.ndarray:
    """The words' numbers in order of falling frequency, ties in the order of the words: (V,)."""
    by_word = numpy.array(sorted(range(len(words)), key=words.__getitem__))
    falling: numpy.ndarray = by_word[numpy.argsort(-freqs[by_word], kind="stable")]
    return falling


def _bincount(ids: numpy.ndarray, num_ids: int) -> numpy.ndarray:
    """``bincount(ids, minlength=num_ids)`` in blocks, because NumPy's makes an int64 copy of all ids."""
    counts = numpy.zeros(num_ids, numpy.int64)
    for start in range(0, len(ids), _BLOCK):
        counts += numpy.bincount(ids[start : start + _BLOCK], minlength=num_ids)
    return counts


def _frozen(values: numpy.ndarray) -> numpy.ndarray:
    values.flags.writeable = False
    return values
