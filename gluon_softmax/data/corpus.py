"""Text becomes ids: PTB through d2l, the embedded corpus mini_ptb, or a folder of the reader's own."""

from __future__ import annotations

import functools
import itertools
import json
import os
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy

from ..utils.checks import check_choice, check_positive_int
from ..utils.errors import CorpusError
from ..utils.memory import trim_memory
from ..vocabulary.tokens import EOS, UNK, UNK_ID
from .archive import download, open_member, unpack

SPLITS = ("train", "valid", "test")
BOOK_MIN_FREQ = 10  # d2l's load_data_ptb
_BLOCK = 1 << 20  # bytes or ids handled at once, so that the passes over a corpus need no second copy of it


class Source(NamedTuple):
    """A text that is read when it is needed: what to call it in an error, and how to open it."""

    where: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]


class Corpus:
    """A text in three splits as ids, with the vocabulary of its training text.

    Id 0 is ``<unk>``: the text's own and every word seen fewer than `min_freq` times in training. From 1
    on ids are in order of falling training frequency, ties in the order of the words. With `eos` each
    sentence ends in ``<eos>``, which `min_freq` never removes. A sentence is a line, a word what stands
    between white space, as in d2l; blank lines are no sentences. `counts` are int64 (V,): the training
    counts by id. Arrays are shared, so they are read-only. The valid and test splits are encoded when
    first asked for.
    """

    def __init__(self, name: str, sources: dict[str, Source], min_freq: int, eos: bool) -> None:
        self.name, self.min_freq, self.eos = name, min_freq, eos
        self._sources = sources
        seen: dict[str, int] = defaultdict(itertools.count().__next__)  # a new word takes the next number
        unk, end = seen[UNK], seen[EOS]  # numbers even if the text has neither
        ids, offsets = self._encode("train", seen)
        tokens = list(seen)
        del seen  # as large as the vocabulary
        freqs = _bincount(ids, len(tokens))
        falling = numpy.array(sorted(range(len(tokens)), key=tokens.__getitem__))
        # stable, so that ties stay in the order of the words
        falling = falling[numpy.argsort(-freqs[falling], kind="stable")]
        is_kept = freqs >= min_freq
        is_kept[unk], is_kept[end] = False, eos or is_kept[end]
        kept = falling[is_kept[falling]]
        self._dropped = [(tokens[i], int(freqs[i])) for i in falling[~is_kept[falling]] if freqs[i]]
        if not (kept != end).any():
            most = max((freq for token, freq in self._dropped if token not in (UNK, EOS)), default=0)
            raise ValueError(
                f"min_freq={min_freq} removes every word of {sources['train'][0]}: "
                f"its most frequent word occurs {most} times, so min_freq takes 1 to {most}"
                if most
                else f"{sources['train'][0]} takes text with words, got nothing but {UNK}"
            )
        self._idx_to_token = [UNK, *(tokens[i] for i in kept)]
        new_id = numpy.zeros(len(tokens), numpy.int32)
        new_id[kept] = numpy.arange(1, len(kept) + 1)
        for start in range(0, len(ids), _BLOCK):
            ids[start : start + _BLOCK] = new_id[ids[start : start + _BLOCK]]
        self.counts = _frozen(_bincount(ids, len(self._idx_to_token)))  # (V,)
        self._encoded = {"train": (_frozen(ids), _frozen(offsets))}

    @functools.cached_property
    def vocab(self) -> Any:
        """A d2l.Vocab with this corpus's ids, whichever d2l it comes from (importing that takes seconds)."""
        d2l = _import_d2l()
        vocab = d2l.Vocab([])
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

    def _split(self, split: str) -> tuple[numpy.ndarray, numpy.ndarray]:
        check_choice("split", split, SPLITS)
        if split not in self._encoded:
            known = _Known(zip(self._idx_to_token, itertools.count()))  # not kept: `vocab` has its own
            ids, offsets = self._encode(split, known)
            self._encoded[split] = (_frozen(ids), _frozen(offsets))
        return self._encoded[split]

    def _encode(self, split: str, ids_of: dict[str, int]) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Four bytes a token: the words of a line live only until they are looked up."""
        where, opener = self._sources[split]
        ids, offsets = array("i"), array("q", [0])
        id_of = ids_of.__getitem__

        def end_sentence() -> None:
            if len(ids) > offsets[-1]:
                if self.eos:
                    ids.append(id_of(EOS))
                offsets.append(len(ids))

        with opener() as stream:
            for text in _blocks(stream, where):
                *lines, unfinished = text.split("\n")
                for line in lines:
                    ids.extend(map(id_of, line.split()))
                    end_sentence()
                ids.extend(map(id_of, unfinished.split()))
        end_sentence()
        if not ids:
            raise CorpusError(f"the corpus takes at least one word a split, and {where} has none")
        return numpy.frombuffer(ids, numpy.int32), numpy.frombuffer(offsets, numpy.int64)

    def __repr__(self) -> str:
        tokens, sentences = len(self.ids("train")), len(self.offsets("train")) - 1
        return (
            f"Corpus({self.name!r}, min_freq={self.min_freq}, eos={self.eos}): {len(self.counts):,} types, "
            f"{tokens:,} training tokens in {sentences:,} sentences, {self.counts[UNK_ID] / tokens:.1%} {UNK}"
        )


class _Known(dict):
    """The training vocabulary; any other word is id 0."""

    def __missing__(self, token: str) -> int:
        return 0


def _blocks(stream: IO[bytes], where: str) -> Iterator[str]:
    """The text in pieces that end at white space; a CorpusError says where it stops being UTF-8."""
    offset, line, rest, more = 0, 1, b"", True
    while more:
        data = stream.read(_BLOCK)
        more = bool(data)
        piece = rest + data
        cut = max(piece.rfind(b"\n"), piece.rfind(b" ")) + 1 if more else len(piece)
        piece, rest = piece[:cut], piece[cut:]
        try:
            text = piece.decode("utf-8-sig" if offset == 0 else "utf-8")
        except UnicodeDecodeError as error:
            start = len(piece) - len(error.object) + error.start  # utf-8-sig counts from behind the mark
            raise CorpusError(
                f"{where} takes UTF-8 text, got byte 0x{piece[start]:02x} at offset {offset + start}, "
                f"line {line + piece[:start].count(10)}"
            ) from error
        offset += len(piece)
        line += text.count("\n")
        yield text


def _bincount(ids: numpy.ndarray, num_ids: int) -> numpy.ndarray:
    """``bincount(ids, minlength=num_ids)`` in blocks, because NumPy's makes an int64 copy of all ids."""
    counts = numpy.zeros(num_ids, numpy.int64)
    for start in range(0, len(ids), _BLOCK):
        counts += numpy.bincount(ids[start : start + _BLOCK], minlength=num_ids)
    return counts


def _frozen(values: numpy.ndarray) -> numpy.ndarray:
    values.flags.writeable = False
    return values


def load_corpus(
    name: str | Path = "mini_ptb",
    min_freq: int | None = None,
    eos: bool = False,
    data_dir: str | Path | None = None,
) -> Corpus:
    """Read "ptb", "mini_ptb", or a folder with train.txt, valid.txt and test.txt (UTF-8, a sentence a line).

    Words seen fewer than `min_freq` times in the training text become ``<unk>``. By default that is the
    book's 10 (section 15.3), or 1 with `eos`, for language models. `data_dir` is where PTB is kept, see
    `data_folder`.

    Raises ValueError for an unknown name, a `min_freq` below 1 or one that leaves no word; its kind
    CorpusError for a missing or empty split, text that is not UTF-8, a damaged or unsafe archive, or PTB
    if it can't be fetched; TypeError for arguments of another type.
    """
    if not isinstance(eos, bool):
        raise TypeError(f"eos takes True or False, got {eos!r}")
    if min_freq is None:
        min_freq = 1 if eos else BOOK_MIN_FREQ
    min_freq = check_positive_int("min_freq", min_freq)
    if name == "ptb":
        sources = _members(_ptb_archive(data_folder(data_dir)), "ptb/ptb.{}.txt")
    elif name == "mini_ptb":
        sources = _members(_mini_ptb_archive(), "mini_ptb/{}.txt")
    else:
        sources = _folder_sources(name)
    corpus = Corpus(str(name), sources, min_freq, eos)
    trim_memory()  # which reading took
    return corpus


def choose_corpus(name: str = "auto", data_dir: str | Path | None = None) -> tuple[str, str]:
    """The corpus to load and one line that says why; "auto" is PTB where it can be had, else mini_ptb."""
    if name != "auto":
        return name, f"corpus: {name}, as asked for"
    folder = data_folder(data_dir)
    try:
        path = _ptb_archive(folder)
    except (CorpusError, OSError) as error:
        why = f"because PTB could not be downloaded ({error})"
        return "mini_ptb", f"corpus: mini_ptb, the embedded one, {why}"
    return "ptb", f"corpus: ptb, from {path}"


def data_folder(data_dir: str | Path | None = None) -> Path:
    """Where PTB is kept: `data_dir`, else $GLUON_SOFTMAX_DATA, else a clone's data/, else the user cache."""
    chosen = data_dir or os.environ.get("GLUON_SOFTMAX_DATA")
    if chosen:
        return Path(chosen).expanduser()
    clone = Path(__file__).resolve().parents[2] / "data"
    if (clone / "make_mini_ptb.py").is_file():
        return clone
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gluon_softmax"


def load_planted_groups() -> dict[str, list[str]]:
    """The groups of words that mini_ptb uses in the same company: group name → its words."""
    with open_member(_mini_ptb_archive(), "mini_ptb/groups.json") as stream:
        return json.load(stream)


def _ptb_archive(folder: Path) -> Path:
    """d2l's own archive, where `d2l.download_extract('ptb')` looks for it, unpacked as d2l leaves it."""
    url, sha1_hash = _import_d2l().DATA_HUB["ptb"]
    path = download(url, folder / url.split("/")[-1], sha1_hash)
    if os.access(folder, os.W_OK):  # the text is read from the archive, so a read-only folder does too
        unpack(path, folder)
    return path


def _mini_ptb_archive() -> Path:
    here = Path(__file__).resolve().parent
    for folder in (here, here.parents[1] / "data"):  # in an installed package, and in a clone
        if (folder / "mini_ptb.zip").is_file():
            return folder / "mini_ptb.zip"
    raise CorpusError(
        f"the embedded corpus is missing: {here / 'mini_ptb.zip'} comes with the package, "
        "and in a clone `python data/make_mini_ptb.py` writes it"
    )


def _members(path: Path, pattern: str) -> dict[str, Source]:
    names = {split: pattern.format(split) for split in SPLITS}
    return {
        s: Source(f"{path}:{name}", functools.partial(open_member, path, name)) for s, name in names.items()
    }


def _folder_sources(name: str | Path) -> dict[str, Source]:
    if not isinstance(name, (str, Path)):
        raise TypeError(f"name takes a str or a Path, got {name!r}")
    folder = Path(name).expanduser()
    if not name or not folder.is_dir():
        raise ValueError(
            "name takes 'ptb', 'mini_ptb' or a folder with train.txt, valid.txt and test.txt; "
            f"got {str(name)!r}, which is none of them"
        )
    files = {split: folder / f"{split}.txt" for split in SPLITS}
    missing = [path.name for path in files.values() if not path.is_file()]
    if missing:
        raise CorpusError(
            f"a corpus folder takes train.txt, valid.txt and test.txt; {folder} lacks {', '.join(missing)}"
        )
    return {split: Source(str(path), functools.partial(_open_file, path)) for split, path in files.items()}


def _open_file(path: Path) -> IO[bytes]:
    return open(path, "rb")


def _import_d2l() -> Any:
    """d2l's MXNet module, which takes seconds to import, after MXNet was made fit to import."""
    from .. import backend  # noqa: F401, I001  # before d2l, which imports MXNet

    from d2l import mxnet as d2l

    return d2l
