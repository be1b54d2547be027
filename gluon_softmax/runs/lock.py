"""A run is trained by one process at a time: a lock on its folder, which ends with the process.

The lock is held on the open folder itself, so there is no lock file that a killed process could leave behind.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from pathlib import Path
from typing import Iterator

from ..utils.errors import CheckpointError

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.EBADF, errno.ENOSYS)  # of a network's folder


@contextlib.contextmanager
def training_lock(folder: Path) -> Iterator[None]:
    """Hold `folder`, which exists, until the block ends; nobody else can train into it meanwhile.

    On a file system that has no locks for folders, as on some networks, nothing is held. Raises
    CheckpointError if the folder is held already, by this process or another, and OSError for what is no
    folder or cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CheckpointError(f"{folder} is being trained by another process") from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        yield
    finally:
        os.close(descriptor)
