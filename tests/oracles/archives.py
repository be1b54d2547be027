"""Small zip archives, and what a folder holds after one was unpacked."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Sequence


def zip_bytes(
    members: Sequence[tuple[str | zipfile.ZipInfo, str | bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


GOOD = zip_bytes(
    [("ptb/", ""), ("ptb/ptb.train.txt", "the cat sat\n" * 500), ("ptb/ptb.valid.txt", "a dog\n")]
)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
