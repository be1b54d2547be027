"""What a small archive may unpack to: limits that are said, and kept whatever the archive says of itself."""

from __future__ import annotations

import errno
import random
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from oracles.archives import GOOD, names, zip_bytes

from gluon_softmax.data.archive import open_member, unpack
from gluon_softmax.utils.errors import CorpusError


def random_bytes(seed: int, size: int) -> bytes:
    return random.Random(seed).getrandbits(8 * size).to_bytes(size, "little")


def assert_refused(path: Path, sentence: str) -> None:
    """Neither unpacked nor read; and it takes less memory than the content would."""
    tracemalloc.start()
    with pytest.raises(CorpusError, match=f"refused and nothing was unpacked: {sentence}"):
        unpack(path, path.parent)
    with pytest.raises(CorpusError, match=sentence), open_member(path, "ptb/ptb.train.txt"):
        pass
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()
    assert names(path.parent) == [path.name]


def test_a_zip_of_5_kb_that_unpacks_to_5_mb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zip_bytes([("ptb/ptb.train.txt", b"a " * 2_500_000)]))
    assert path.stat().st_size < 10_000
    sentence = r"its member 'ptb/ptb.train.txt' unpacks to more than 100 times its size, 5,000,000 bytes"
    assert_refused(path, sentence)


def test_a_zip_that_unpacks_to_more_than_a_gibibyte_is_refused(tmp_path: Path) -> None:
    """Nine members with one content, whose sizes are written by hand as 120 MB each."""
    path = tmp_path / "bomb.zip"
    members = [(f"ptb/{i}.txt", random_bytes(i, 2_000_000)) for i in range(9)]
    content = zip_bytes(members).replace(struct.pack("<I", 2_000_000), struct.pack("<I", 120_000_000))
    path.write_bytes(content)
    assert_refused(path, r"its members take 1,080,000,000 bytes, and at most 1,073,741,824 are unpacked")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_unpacks_in_one_piece_is_refused(method: int, tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    path.write_bytes(zip_bytes([("ptb/ptb.train.txt", "a b\n")], method))
    assert_refused(path, r"its member 'ptb/ptb.train.txt' is packed by another method than deflate")


def test_a_member_that_is_longer_than_it_says_is_read_no_further(tmp_path: Path) -> None:
    path = tmp_path / "lies.zip"
    content = zip_bytes([("ptb/ptb.train.txt", b"a " * 500_000)])
    path.write_bytes(content.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 1_000)))
    with pytest.raises(CorpusError, match="damaged"):
        unpack(path, tmp_path)
    with pytest.raises(CorpusError, match="damaged"), open_member(path, "ptb/ptb.train.txt") as stream:
        stream.read()
    assert names(tmp_path) == ["lies.zip"]


def test_the_same_line_many_times_is_a_small_archive_that_is_read(tmp_path: Path) -> None:
    text = b"the cat sat on the mat\n" * 40_000
    (tmp_path / "a.zip").write_bytes(zip_bytes([("a.txt", text)]))
    with open_member(tmp_path / "a.zip", "a.txt") as stream:
        assert stream.read() == text


def test_an_archive_of_many_members_names_some(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zip_bytes([(f"m{i}", "") for i in range(3_000)]))
    sentence = r"it has m0, m1, .* and more$"
    with pytest.raises(CorpusError, match=sentence) as caught, open_member(tmp_path / "a.zip", "x"):
        pass
    assert len(str(caught.value)) < 400


def test_unpacking_that_fails_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "ptb.zip").write_bytes(GOOD)
    monkeypatch.setattr("shutil.copyfileobj", fail)
    with pytest.raises(OSError) as caught:
        unpack(tmp_path / "ptb.zip", tmp_path)
    assert str(caught.value) == f"[Errno 28] No space left on device: '{tmp_path}'"
    assert names(tmp_path) == ["ptb.zip"]
