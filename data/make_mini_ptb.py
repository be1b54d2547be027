"""Write mini_ptb.zip, the embedded corpus: newswire made up by a grammar, with planted groups of words.

    python data/make_mini_ptb.py            # writes data/mini_ptb.zip
    python data/make_mini_ptb.py --check    # says whether it would write the same bytes

The bytes are the same under every Python from 3.8 on: all randomness is ``random.Random(seed).random()``,
whose stream Python guarantees, weights are made by IEEE addition and division alone, and the archive is
stored, not deflated.
"""

from __future__ import annotations

import argparse
import bisect
import io
import itertools
import json
import random
import re
import sys
import zipfile
from pathlib import Path

from mini_ptb_grammar import GRAMMAR
from mini_ptb_words import ADJECTIVES, FIRST_NAMES, GROUPS, SURNAME_ENDS, SURNAME_STARTS

SEED = 20_010
NUM_TOKENS = {"train": 150_000, "valid": 10_000, "test": 10_000}

AN = re.compile(r"[aei]|o(?!ne\b)|u(?!ni|se|ti|\.s\.)|hour")  # words that follow "an"


class Rule:
    """Alternatives, each a list of parts, drawn in proportion to fixed weights."""

    def __init__(self, alternatives: list[str], offset: float) -> None:
        self.alternatives = [re.findall(r"\{[^}]*\}|[^\s{}]+", text) for text in alternatives]
        weights = (1.0 / (rank + offset) for rank in range(1, len(alternatives) + 1))
        self.cumulative = list(itertools.accumulate(weights))

    def draw(self, rng: random.Random) -> list[str]:
        """Return the parts of one alternative."""
        at = bisect.bisect_right(self.cumulative, rng.random() * self.cumulative[-1])
        return self.alternatives[min(at, len(self.alternatives) - 1)]


def planted_groups() -> dict[str, list[str]]:
    """Return the words of each group, by its name."""
    lines = (line.split(":") for line in GROUPS.strip().splitlines())
    return {name: words.split() for name, words in lines}


def make_rules() -> dict[str, Rule]:
    """Return the rules by name, from the grammar, the groups and the lists of words."""
    surnames = [start + end for end in SURNAME_ENDS.split() for start in SURNAME_STARTS.split()]
    words = {"name": surnames, "first": FIRST_NAMES.split(), "adjective": ADJECTIVES.split()}
    rules = {name: Rule(words, offset=12.0) for name, words in planted_groups().items()}
    rules.update((name, Rule(alternatives, 0.0)) for name, alternatives in words.items())
    for text in re.findall(r"^\S.*(?:\n .*)*", GRAMMAR, re.MULTILINE):
        name, kind, body = re.split(r"( =|:)\s", " ".join(text.split()), maxsplit=1)
        rules[name] = Rule(body.split(), 0.0) if kind == " =" else Rule(body.split(" | "), 2.0)
    rules["SENTENCE"] = Rule([" ".join(parts) for parts in rules["SENTENCE"].alternatives], 30.0)
    return rules


def expand(rules: dict[str, Rule], rng: random.Random, name: str, words: list[str]) -> None:
    """Append to `words`, the sentence so far, what the rule `name` expands to."""
    for _ in range(4):  # a sentence seldom says the same name twice
        parts = rules[name].draw(rng)
        if len(parts) > 1 or parts[0] not in words:
            break
    for part in parts:
        if not part.startswith("{"):
            words.append(part)
            continue
        inner = part[1:-1]
        if inner.endswith("?"):
            inner = inner[:-1]
            if rng.random() < 0.25:
                continue
        if "/" in inner and inner not in rules:
            rules[inner] = Rule(inner.split("/"), 2.0)
        expand(rules, rng, inner, words)


def sentence(rules: dict[str, Rule], rng: random.Random) -> list[str]:
    """Return the words of one sentence, with "an" for "a" before a vowel."""
    words: list[str] = []
    expand(rules, rng, "SENTENCE", words)
    pairs = zip(words, [*words[1:], ""])
    return ["an" if word == "a" and AN.match(after) else word for word, after in pairs]


def make_texts() -> dict[str, str]:
    """Return the text of each split, one sentence per line."""
    rules, texts = make_rules(), {}
    for number, (split, num_tokens) in enumerate(NUM_TOKENS.items()):
        rng = random.Random(SEED + number)
        lines: list[str] = []
        done = 0
        while done < num_tokens:
            words = sentence(rules, rng)
            lines.append(" ".join(words))
            done += len(words)
        texts[split] = "\n".join(lines) + "\n"
    return texts


def make_archive() -> bytes:
    """Return the archive: mini_ptb/train.txt, valid.txt, test.txt and groups.json."""
    members = {f"{split}.txt": text for split, text in make_texts().items()}
    members["groups.json"] = json.dumps(planted_groups(), indent=1) + "\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, text in members.items():
            info = zipfile.ZipInfo(f"mini_ptb/{name}", date_time=(2000, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16  # on every system
            archive.writestr(info, text.encode("ascii"))
    return buffer.getvalue()


def main() -> int:
    """Write the archive, or compare it with `--check`."""
    parser = argparse.ArgumentParser(description="Write mini_ptb.zip, the embedded corpus.")
    parser.add_argument("--check", action="store_true", help="compare with the archive, write nothing")
    check = parser.parse_args().check
    path = Path(__file__).resolve().parent / "mini_ptb.zip"
    made = make_archive()
    if not check:
        path.write_bytes(made)
        print(f"wrote {path.name}: {len(made):,} bytes")
        return 0
    same = path.is_file() and path.read_bytes() == made
    print(f"{path.name} is {'what' if same else 'not what'} {Path(__file__).name} writes")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
