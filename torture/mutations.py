"""Mutations of good input: bytes flipped, cut, doubled and exchanged for what parsers stumble over."""

from __future__ import annotations

import random
from typing import Sequence

PARSERS = ("vectors", "checkpoint", "arrays", "config", "metrics", "corpus", "archive", "options")

_NASTY = (
    b"\x00",
    b"\xff",
    b"\r",
    b"\n",
    b"\n\n",
    b" ",
    b"\t",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"\xe3\x80\x80",
    b"\xef\xbb\xbf",
    b"nan",
    b"inf",
    b"-inf",
    b"1e999",
    b"1_0",
    b"-1",
    b"0",
    b"9" * 30,
    b"9" * 5000,
    b"true",
    b"null",
    b"[]",
    b"{}",
    b'""',
    b"[" * 5000,
    b"../",
    b"/etc/passwd",
    b"\\u0000",
    b"\\ud800",
    b"1.5",
    b"<unk>",
    b"<eos>",
    b"%s",
    b"\x1b[31m",
)
VALUES: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    1.5,
    -0.0,
    1e300,
    float("nan"),
    float("inf"),
    10**30,
    "",
    "x",
    "\ud800",
    "a\0b",
    "9" * 5000,
    "full",
    "lm",
    "cpu",
    "cpu:99999999999999",
    "1,2",
    [],
    ["x"],
    {},
    {"a": 1},
    [[[]]],
)


def mutate(content: bytes, rng: random.Random) -> bytes:
    """One to four small changes."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(len(content) + 1)
        kind = rng.randrange(6)
        if kind == 0 and at < len(content):
            content = content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :]
        elif kind == 1:
            content = content[:at]
        elif kind == 2:
            content = content[:at] + content[at + rng.choice((1, 2, 10, 100)) :]
        elif kind == 3:
            content = content[:at] + content[max(0, at - rng.choice((1, 8, 60))) :]
        elif kind == 4:
            content = content[:at] + rng.choice(_NASTY) + content[at:]
        else:
            content = content[:at] + rng.choice(_NASTY) + content[at + rng.randrange(1, 8) :]
    return content


def mutate_value(value: object, rng: random.Random) -> object:
    """A JSON value with one part of it exchanged, removed or renamed."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(sorted(value))
        changed = dict(value)
        kind = rng.random()
        if kind < 0.15:
            del changed[key]
        elif kind < 0.25:
            changed[str(rng.choice(VALUES))] = changed.pop(key)
        else:
            changed[key] = mutate_value(value[key], rng)
        return changed
    if isinstance(value, list) and value and rng.random() < 0.8:
        at = rng.randrange(len(value))
        return [*value[:at], mutate_value(value[at], rng), *value[at + 1 :]]
    return rng.choice(VALUES)


def mutate_options(options: dict[str, object], rng: random.Random) -> dict[str, object]:
    """Options of a run with one to three values exchanged."""
    changed = dict(options)
    for name in rng.sample(sorted(options), rng.choice((1, 1, 2, 3))):
        changed[name] = rng.choice(VALUES)
    return changed


def pick(bases: Sequence[bytes], rng: random.Random) -> bytes:
    """A mutation of one of the inputs."""
    return mutate(rng.choice(bases), rng)
