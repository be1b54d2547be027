"""Sizes that no memory of this machine holds are refused with their number, before anything is allocated.

Linux grants more memory than there is and kills the process that uses it, so an array that is too large need
not be an error. What is counted here is a part of what training takes: whoever passes may still run out.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from .options import Options

if TYPE_CHECKING:
    from mxnet.gluon import HybridBlock

_FLOAT32 = 4  # bytes
_CHUNK_TOKENS = 1 << 17  # words whose windows are drawn at once
_BLOCK = 16  # centres in a block of `SkipGramBlocks`, and its noise words
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def physical_memory() -> float:
    """Bytes of memory that this process may have: the machine's, or its container's if that is less."""
    found = [float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")]
    for path in _CGROUP_LIMITS:
        try:
            found.append(float(Path(path).read_text()))
        except (OSError, ValueError):  # no container, or "max"
            continue
    return min(found)


def check_sizes(options: Options, vocab_size: int, num_tokens: int) -> None:
    """Raise ValueError, naming the option, for an array beyond `physical_memory` that the options ask for.

    Parameters
    ----------
    options : of a run.
    vocab_size : rows of the tables.
    num_tokens : words of the training text.
    """
    for name, what, numbers in _arrays(options, vocab_size, num_tokens):
        _check(name, str(options[name]), what, numbers * _FLOAT32)


def check_net(net: HybridBlock) -> None:
    """Raise ValueError for a net whose parameters and dense gradients are beyond `physical_memory`."""
    numbers = sum(
        math.prod(p.shape) * (1 if p.grad_req == "null" or p._grad_stype != "default" else 2)
        for p in net.collect_params().values()
    )
    _check("embed_size", "more", "the net's parameters and their gradients", numbers * _FLOAT32)


def _arrays(options: Options, vocab_size: int, num_tokens: int) -> list[tuple[str, str, int]]:
    """For each option that decides a size: the array, and how many numbers of four bytes it holds."""
    width, batch = options["embed_size"], options["batch_size"]
    found = [("embed_size", f"a table of {vocab_size:,} rows", vocab_size * width)]
    if "num_hiddens" in options:
        hidden = options["num_hiddens"]
        found += [
            ("num_hiddens", "the weight of the recurrent layer", hidden * (hidden + width)),
            ("num_layers", "the weights of the recurrent layers", options["num_layers"] * hidden * hidden),
        ]
    if "max_window_size" in options:
        reach, chunk = options["max_window_size"], min(num_tokens, _CHUNK_TOKENS)
        found.append(("max_window_size", "the windows of a chunk of text", chunk * 2 * reach))
        if options.get("batches") == "blocks":
            found.append(("max_window_size", "the labels of a block", (reach + 1) ** 2 * 2 * _BLOCK * reach))
            found.append(("batch_size", "a batch", batch * 3))
    if "num_noise_words" in options:
        found.append(("num_noise_words", "the noise of one word", 2 * options["num_noise_words"]))
        if options.get("batches") != "blocks":  # whose noise is shared
            positions = min(batch, 2 * num_tokens)
            found.append(
                ("num_noise_words", "the noise of a batch", positions * 2 * options["num_noise_words"])
            )
    if "num_sampled" in options:
        found.append(("num_sampled", "the candidates of a batch", options["num_sampled"] * (2 + width)))
    return found


def _check(name: str, value: str, what: str, needed: float) -> None:
    limit = physical_memory()
    if needed > limit:
        raise ValueError(
            f"{name} takes a size that fits into memory; got {value}: {what} would be {_in_units(needed)}, "
            f"and there are {_in_units(limit)}"
        )


def _in_units(size: float) -> str:
    """``25769803776`` as ``24 GiB``."""
    unit = min(int(math.log2(max(1.0, size)) / 10), len(_UNITS) - 1)
    return f"{size / 1024**unit:,.3g} {_UNITS[unit]}"
