"""Where text comes from: PTB through d2l, the embedded corpus mini_ptb, or the reader's own files."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from types import ModuleType

from ..utils.checks import shown
from ..utils.errors import CorpusError
from ..utils.files import user_path
from ..utils.object_checks import check_path
from .archive import download, open_member, unpack
from .saved_dataset import find_dataset
from .text_files import SPLITS, Source, cut_text, loose_files, open_text, split_files


def find_sources(name: str | Path, data_dir: str | Path | None = None) -> dict[str, Source]:
    """The text of each split of "ptb", "mini_ptb", a folder or a file; PTB is downloaded where it is missing.

    A folder has three files (``train.txt`` or ``wiki.train.tokens`` and so on), any ``*.txt``, or a dataset;
    see `text_files` and `saved_dataset`. Raises ValueError for an unknown name; CorpusError, a kind of it,
    for a folder without all three files, a damaged or unsafe archive, or PTB that can't be downloaded;
    ImportError for a dataset whose library is missing; TypeError for a name of another type.
    """
    if data_dir is not None:
        check_path("data_dir", data_dir)
    if not isinstance(name, (str, Path)):
        raise TypeError(f"name takes a str or a Path, got {shown(name)}")
    if name == "ptb":
        return _members(_ptb_archive(data_folder(data_dir)), "ptb/ptb.{}.txt")
    if name == "mini_ptb":
        return _members(_mini_ptb_archive(), "mini_ptb/{}.txt")
    return _files(name)


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
    chosen = data_dir if data_dir is not None else os.environ.get("GLUON_SOFTMAX_DATA") or None
    if chosen is not None:
        return user_path("data_dir", chosen)
    clone = Path(__file__).resolve().parents[2] / "data"
    if (clone / "make_mini_ptb.py").is_file():
        return clone
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gluon_softmax"


def load_planted_groups() -> dict[str, list[str]]:
    """The groups of words that mini_ptb uses in the same company: group name → its words."""
    with open_member(_mini_ptb_archive(), "mini_ptb/groups.json") as stream:
        groups: dict[str, list[str]] = json.load(stream)
    return groups


def import_d2l() -> ModuleType:
    """d2l's MXNet module, imported after this package has made MXNet fit to import; that takes seconds."""
    from .. import backend  # noqa: F401, I001  # before d2l, which imports MXNet

    from d2l import mxnet as d2l

    module: ModuleType = d2l
    return module


def _ptb_archive(folder: Path) -> Path:
    """d2l's own archive, where `d2l.download_extract('ptb')` looks for it, unpacked as d2l leaves it."""
    url, sha1_hash = import_d2l().DATA_HUB["ptb"]
    path = download(url, folder / url.split("/")[-1], sha1_hash)
    if os.access(folder, os.W_OK):  # the text is read from the archive, so a read-only folder will do
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
    """The splits that are members of one archive."""
    names = {split: pattern.format(split) for split in SPLITS}
    return {
        split: Source(f"{path}:{name}", functools.partial(open_member, path, name))
        for split, name in names.items()
    }


def _files(name: str | Path) -> dict[str, Source]:
    """The splits of a folder or a file of the reader's own."""
    if not str(name) or not (user_path("name", name).is_dir() or user_path("name", name).is_file()):
        raise ValueError(
            "name takes 'ptb', 'mini_ptb' or a folder with train.txt, valid.txt and test.txt, or a file of "
            f"text; got {shown(str(name))}, which is none of them"
        )
    folder = user_path("name", name)
    if folder.is_file():
        return cut_text(str(name), [folder])
    files = split_files(folder)
    if files is not None:
        return {split: Source(str(path), functools.partial(open_text, path)) for split, path in files.items()}
    dataset = find_dataset(folder)
    if dataset is not None:
        return dataset
    loose = loose_files(folder)
    if not loose:
        raise CorpusError(
            f"a corpus folder takes train.txt, valid.txt and test.txt; {folder} lacks train.txt, valid.txt, "
            "test.txt, and has no other *.txt"
        )
    return cut_text(str(name), loose)
