"""A small corpus with Zipf's counts, enough for runs of a few seconds."""

from __future__ import annotations

import random
from itertools import accumulate
from pathlib import Path

NUM_WORDS = 600
SENTENCES = {"train": 1200, "valid": 40, "test": 40}


def write_corpus(folder: Path, seed: int = 0) -> None:
    """Write train.txt, valid.txt and test.txt: sentences of 5 to 25 words, word r with weight 1/(r + 3)."""
    rng = random.Random(seed)
    words = [f"w{rank}" for rank in range(NUM_WORDS)]
    cumulative = list(accumulate(1 / (rank + 3) for rank in range(NUM_WORDS)))
    folder.mkdir(parents=True, exist_ok=True)
    for split, sentences in SENTENCES.items():
        lines = (rng.choices(words, cum_weights=cumulative, k=rng.randint(5, 25)) for _ in range(sentences))
        (folder / f"{split}.txt").write_text("".join(" ".join(line) + "\n" for line in lines), "utf-8")
