"""The child process of `fuzz`: one parser, some hundred mutated inputs, the errors that are not expected."""

from __future__ import annotations

import hashlib
import io
import json
import random
import struct
import sys
import traceback
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import numpy

from .mutations import mutate, mutate_options, mutate_value, pick

if TYPE_CHECKING:
    from gluon_softmax.models.skip_gram import SkipGram

_EXPECTED = (ValueError, TypeError, KeyError, OSError)
Try = Callable[[random.Random], None]  # makes an input and gives it to the parser


def main(parser: str, seed: str, count: str, folder: str) -> int:
    """Try `count` inputs in `folder`; the number of the one that is tried is in the file ``number``."""
    place = Path(folder)
    attempt = _MAKERS[parser](place)
    taken = 0
    for number in range(int(count)):
        (place / "number").write_text(str(number))
        try:
            attempt(random.Random(f"{seed}/{number}"))
            taken += 1
        except _EXPECTED:
            pass
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{type(error).__name__}: {str(error)[:120]} ({Path(where.filename).name}:{where.lineno})"
            print(json.dumps({"number": number, "error": text}), flush=True)
    print(json.dumps({"inputs": int(count), "taken": taken}), flush=True)
    return 0


def _vectors(folder: Path) -> Try:
    from gluon_softmax.models.vectors import WordVectors

    rows = [(f"w{i}", [i / 7, -i / 3, 1e-9 * i, 3.0]) for i in range(1, 9)]
    text = "8 4\n" + "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in rows)
    binary = b"8 4\n" + b"".join(
        word.encode() + b" " + struct.pack("<4f", *row) + b"\n" for word, row in rows
    )

    def attempt(rng: random.Random) -> None:
        name, base = rng.choice((("v.txt", text.encode()), ("v.bin", binary)))
        (folder / name).write_bytes(mutate(base, rng))
        WordVectors.load(folder / name).most_similar("w1", 3)

    return attempt


def _small_checkpoint(folder: Path) -> tuple[SkipGram, dict[str, bytes]]:
    """A net and the files of its checkpoint after an epoch."""
    import gluon_softmax as gs
    from gluon_softmax.data.skip_gram_batches import SkipGramPairs

    text = folder / "corpus"
    text.mkdir()
    for split in ("train", "valid", "test"):
        (text / f"{split}.txt").write_text("a b c d e f\nb c a f e d\n" * 5)
    corpus = gs.load_corpus(text, 1)
    net = gs.SkipGram(len(corpus.counts), 4, gs.FullSoftmax(len(corpus.counts), 4))
    batches = SkipGramPairs(corpus, 8, subsampling="none")
    gs.train(net, batches, 1, 0.01, checkpoint=folder / "checkpoint", progress="none")
    return net, {path.name: path.read_bytes() for path in (folder / "checkpoint").iterdir() if path.is_file()}


def _restore(folder: Path, net: SkipGram, files: dict[str, bytes]) -> None:
    from gluon_softmax.training.checkpoint import Checkpoint

    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    Checkpoint(folder).restore(net)


def _signed(index: object) -> bytes:
    """An index with the right digest, so that what it says is looked at."""
    if isinstance(index, dict):
        index.pop("sha256", None)
        index["sha256"] = hashlib.sha256(json.dumps(index, sort_keys=True).encode()).hexdigest()
    return json.dumps(index).encode()


def _checkpoint(folder: Path) -> Try:
    net, files = _small_checkpoint(folder)

    def attempt(rng: random.Random) -> None:
        content = files["checkpoint.json"]
        if rng.random() < 0.5:
            content = mutate(content, rng)
        else:
            index = json.loads(content)
            index.pop("sha256")
            content = _signed(mutate_value(index, rng))
        _restore(folder / "checkpoint", net, {**files, "checkpoint.json": content})

    return attempt


def _arrays(folder: Path) -> Try:
    """Mutated .npz files under an index that was signed for them."""
    net, files = _small_checkpoint(folder)

    def attempt(rng: random.Random) -> None:
        index = json.loads(files["checkpoint.json"])
        name = index["files"]["parameters"]["name"]
        content = mutate(files[name], rng) if rng.random() < 0.7 else _other_arrays(files[name], rng)
        index["files"]["parameters"]["sha256"] = hashlib.sha256(content).hexdigest()
        _restore(folder / "checkpoint", net, {**files, name: content, "checkpoint.json": _signed(index)})

    return attempt


def _other_arrays(content: bytes, rng: random.Random) -> bytes:
    """The same names with arrays of another kind."""
    with numpy.load(io.BytesIO(content)) as arrays:
        changed = {name: arrays[name] for name in arrays.files}
    kinds = ("<U3", "f8", "i4", "c8", "?", "f2", "M8[s]", "V4")
    name = rng.choice(sorted(changed))
    shape = rng.choice((changed[name].shape, (), (0,), (3, 3)))
    changed[name] = numpy.zeros(shape, rng.choice(kinds))
    buffer = io.BytesIO()
    numpy.savez(buffer, **changed)
    return buffer.getvalue()


def _config_text() -> bytes:
    from gluon_softmax.runs.resolve import resolve_options

    corpus = {"name": "c", "vocab_size": 8, "vocab_sha256": "0" * 64, "counts_sha256": "1" * 64}
    config = {"options": resolve_options({}), "versions": {"numpy": "1.23.5"}, "corpus": corpus}
    return json.dumps(config, indent=2).encode()


def _config(folder: Path) -> Try:
    from gluon_softmax.runs.folder import Run

    base = _config_text()

    def attempt(rng: random.Random) -> None:
        is_text = rng.random() < 0.5
        content = mutate(base, rng) if is_text else json.dumps(mutate_value(json.loads(base), rng)).encode()
        (folder / "config.json").write_bytes(content)
        Run(folder).config()

    return attempt


def _metrics(folder: Path) -> Try:
    from gluon_softmax.runs.folder import Run

    base = b'{"epoch": 1, "loss": 3.5, "train_s": 0.1}\n{"epoch": 2, "loss": 3.25, "train_s": 0.1}\n'

    def attempt(rng: random.Random) -> None:
        (folder / "metrics.jsonl").write_bytes(mutate(base, rng))
        for metrics in Run(folder).metrics():
            metrics["epoch"] + 0  # a resumed run compares it

    return attempt


def _corpus(folder: Path) -> Try:
    from gluon_softmax import load_corpus

    base = "the cat sat\non the <unk> mat\n\nnaïve Ωμέγα \u3000 the end <eos>\n".encode() * 3

    def attempt(rng: random.Random) -> None:
        for split in ("train", "valid", "test"):
            (folder / f"{split}.txt").write_bytes(mutate(base, rng))
        corpus = load_corpus(folder, rng.choice((1, 2)), eos=rng.random() < 0.5)
        for split in ("train", "valid", "test"):
            assert corpus.ids(split).max() < len(corpus.counts)

    return attempt


def _archive(folder: Path) -> Try:
    from gluon_softmax.data.archive import open_member, unpack

    bases = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            archive.writestr("a/train.txt", "the cat sat on the mat\n" * 40)
            archive.writestr("a/valid.txt", "the cat\n")
        bases.append(buffer.getvalue())

    def attempt(rng: random.Random) -> None:
        path = folder / "a.zip"
        path.write_bytes(pick(bases, rng))
        if rng.random() < 0.5:
            with open_member(path, "a/train.txt") as stream:
                stream.read()
        else:
            unpack(path, folder / "unpacked")
        left = [p for p in folder.rglob("*.part")]
        assert not left, f"left behind: {left}"

    return attempt


def _options(folder: Path) -> Try:
    del folder
    from gluon_softmax.runs.models import MODELS
    from gluon_softmax.runs.resolve import resolve_options

    def attempt(rng: random.Random) -> None:
        model = rng.choice(sorted(MODELS))
        resolve_options(mutate_options(resolve_options({"model": model}), rng))  # type: ignore[arg-type]  # wrong ones

    return attempt


_MAKERS: dict[str, Callable[[Path], Try]] = {
    "vectors": _vectors,
    "checkpoint": _checkpoint,
    "arrays": _arrays,
    "config": _config,
    "metrics": _metrics,
    "corpus": _corpus,
    "archive": _archive,
    "options": _options,
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
