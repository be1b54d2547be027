"""Downloads and archives: the good is kept, the bad is refused in one sentence and leaves nothing behind."""

from __future__ import annotations

import hashlib
import http.server
import random
import socket
import stat
import threading
import zipfile
from pathlib import Path
from typing import Iterator

import pytest
from oracles.archives import GOOD, names, zip_bytes

from gluon_softmax.data.archive import download, open_member, sha1_of, unpack
from gluon_softmax.utils.errors import CorpusError

PAGE = b"<html><body>404: not the archive you asked for</body></html>"


GOOD_SHA1 = hashlib.sha1(GOOD).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """A server of our own; it remembers the paths that were asked for."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[str] = []
        self.release = threading.Event()  # lets answers end that were made to wait


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path: a good archive, and the ways to go wrong."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        kind = self.path.split("/")[1]
        if kind == "hang":
            self.server.release.wait(10)
            return
        body = {"page": PAGE, "wrong": GOOD[:-1] + b"\x00\x00"}.get(kind, GOOD)
        self.send_response(404 if kind == "missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if kind == "stall":
            self.wfile.write(body[:100])
            self.wfile.flush()
            self.server.release.wait(10)
        elif kind == "truncated":
            self.wfile.write(body[: len(body) // 2])
        else:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.release.set()
        server.shutdown()
        thread.join()


def test_download_puts_the_file_in_place_and_then_uses_the_cache(server: Server, tmp_path: Path) -> None:
    path = download(f"{server.url}/good/ptb.zip", tmp_path / "new" / "ptb.zip", GOOD_SHA1)
    assert path.read_bytes() == GOOD
    assert names(tmp_path / "new") == ["ptb.zip"]
    assert download(f"{server.url}/good/ptb.zip", path, GOOD_SHA1) == path
    assert len(server.asked) == 1, "a cached file with the right hash needs no second download"


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("missing", "HTTP status 404"),
        ("page", "looks like a web page"),
        ("wrong", f"its SHA-1 is .*, not {GOOD_SHA1}"),
        ("truncated", "could not be read|its SHA-1 is"),
        ("hang", "timed out"),
        ("stall", "timed out"),
    ],
)
@pytest.mark.parametrize("before", [None, b"damaged earlier"])
def test_bad_download_is_refused_and_nothing_is_lost(
    server: Server, tmp_path: Path, kind: str, sentence: str, before: bytes | None
) -> None:
    path = tmp_path / "ptb.zip"
    if before:
        path.write_bytes(before)
    with pytest.raises(CorpusError, match=sentence) as caught:
        download(f"{server.url}/{kind}/ptb.zip", path, GOOD_SHA1, timeout=(2.0, 0.3))
    assert "\n" not in str(caught.value)
    assert server.url in str(caught.value)
    assert ("the cached" in str(caught.value)) == (before is not None)
    assert names(tmp_path) == (["ptb.zip"] if before else [])
    assert not before or path.read_bytes() == before


def test_bad_cache_is_replaced_by_a_good_download(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "ptb.zip"
    path.write_bytes(PAGE)
    download(f"{server.url}/good/ptb.zip", path, GOOD_SHA1)
    assert path.read_bytes() == GOOD
    assert names(tmp_path) == ["ptb.zip"]


def test_good_cache_needs_no_server(tmp_path: Path) -> None:
    path = tmp_path / "ptb.zip"
    path.write_bytes(GOOD)
    assert download("http://127.0.0.1:9/ptb.zip", path, GOOD_SHA1) == path


def test_no_server_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/ptb.zip"
    with pytest.raises(CorpusError, match=r"could not be read: .*refused"):
        download(url, tmp_path / "ptb.zip", GOOD_SHA1)


def test_sha1_of_is_the_one_of_the_whole_file(tmp_path: Path) -> None:
    content = random.Random(3).getrandbits(8 * 3_000_000).to_bytes(3_000_000, "little")
    (tmp_path / "big").write_bytes(content)
    assert sha1_of(tmp_path / "big") == hashlib.sha1(content).hexdigest()


def link_member(target: str) -> tuple[zipfile.ZipInfo, str]:
    info = zipfile.ZipInfo("ptb/link.txt")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info, target


@pytest.mark.parametrize(
    ("member", "fault"),
    [
        (("../evil.txt", "x"), "leads out"),
        (("ptb/../../evil.txt", "x"), "leads out"),
        (("ptb\\..\\..\\evil.txt", "x"), "leads out"),
        (("/evil.txt", "x"), "absolute"),
        (("\\evil.txt", "x"), "absolute"),
        (("c:/evil.txt", "x"), "absolute"),
        (link_member("/etc/passwd"), "link"),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value[0], "filename", value[0]),
)
def test_unsafe_member_is_refused_before_anything_is_written(
    tmp_path: Path, member: tuple[str | zipfile.ZipInfo, str], fault: str
) -> None:
    path = tmp_path / "bad.zip"
    path.write_bytes(zip_bytes([("ptb/ptb.train.txt", "fine\n"), member]))
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    with pytest.raises(CorpusError, match=f"refused.*{fault}"):
        unpack(path, out)
    with pytest.raises(CorpusError, match=f"refused.*{fault}"), open_member(path, "ptb/ptb.train.txt"):
        pass
    assert names(tmp_path) == ["bad.zip", "deep", "deep/out"]


def test_unpack_writes_all_once_and_mends_what_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ptb.zip"
    path.write_bytes(GOOD)
    unpack(path, tmp_path)
    assert names(tmp_path) == ["ptb", "ptb.zip", "ptb/ptb.train.txt", "ptb/ptb.valid.txt"]
    train, valid = tmp_path / "ptb" / "ptb.train.txt", tmp_path / "ptb" / "ptb.valid.txt"
    assert train.read_text() == "the cat sat\n" * 500
    assert valid.read_text() == "a dog\n"
    train.write_text("the cat s")  # as an interrupted unpacking leaves it
    before = valid.stat()
    unpack(path, tmp_path)
    assert train.read_text() == "the cat sat\n" * 500
    assert (valid.stat().st_ino, valid.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    valid.write_text("a cat\n")  # the same length
    unpack(path, tmp_path)
    assert valid.read_text() == "a dog\n"


def test_damaged_member_leaves_what_is_there(tmp_path: Path) -> None:
    content = bytearray(
        zip_bytes([("ptb/a.txt", "good text\n"), ("ptb/b.txt", "more text\n")], zipfile.ZIP_STORED)
    )
    content[content.index(b"more text")] ^= 1
    (tmp_path / "ptb.zip").write_bytes(content)
    (tmp_path / "ptb").mkdir()
    (tmp_path / "ptb" / "b.txt").write_text("mine")
    with pytest.raises(CorpusError, match=r"damaged.*CRC"):
        unpack(tmp_path / "ptb.zip", tmp_path)
    assert names(tmp_path) == ["ptb", "ptb.zip", "ptb/b.txt"]
    assert (tmp_path / "ptb" / "b.txt").read_text() == "mine"


def test_any_damage_is_a_corpus_error_or_does_no_harm(tmp_path: Path) -> None:
    """Flip bytes, cut the end: reading gives the right text or CorpusError, nothing else."""
    text = b"the cat sat on the mat\n" * 40
    good = zip_bytes([("ptb/a.txt", text)])
    rng = random.Random(0)
    refused = 0
    for trial in range(400):
        bad = bytearray(good)
        if trial % 4 == 0:
            del bad[rng.randrange(len(bad)) :]
        else:
            bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        path = tmp_path / "a.zip"
        path.write_bytes(bad)
        try:
            with open_member(path, "ptb/a.txt") as stream:
                assert stream.read() == text
        except CorpusError as error:
            assert str(path) in str(error)
            refused += 1
    assert refused > 200


def test_missing_member_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(GOOD)
    sentence = r"no member 'ptb/x\.txt'; it has ptb/, ptb/ptb\.train\.txt"
    with pytest.raises(CorpusError, match=sentence), open_member(tmp_path / "a.zip", "ptb/x.txt"):
        pass
