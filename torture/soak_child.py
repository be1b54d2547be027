"""The child process of `soak`: it trains, saves, loads and asks, and reports its memory after each round."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

from .corpus import write_corpus


def _rss_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _silent(line: str) -> None:
    """Say nothing of a run."""
    del line


def main(rounds: str, seconds: str, folder: str) -> int:
    """Up to `rounds` rounds, for at most `seconds`."""
    import gluon_softmax as gs
    from gluon_softmax.runs.commands import evaluate_run, train_run
    from gluon_softmax.runs.folder import Run

    place = Path(folder)
    write_corpus(place / "corpus")
    text = (place / "corpus" / "train.txt").read_text().splitlines(keepends=True)
    (place / "corpus" / "train.txt").write_text("".join(text[:200]))
    common = {
        "corpus": str(place / "corpus"),
        "embed_size": 8,
        "device": "cpu",
        "min_freq": 1,
        "num_epochs": 1,
    }
    kinds: list[dict[str, object]] = [
        {"batch_size": 256},
        {"batches": "blocks", "batch_size": 64, "lr": 0.01, "softmax": "hierarchical"},
        {"model": "cbow", "softmax": "adaptive", "div_value": 2.0},
        {"model": "lm", "num_hiddens": 8, "num_sampled": 10},
    ]
    begun = time.monotonic()
    for number in range(int(rounds)):
        if time.monotonic() - begun > float(seconds):
            break
        out = place / "run"
        shutil.rmtree(out, ignore_errors=True)
        kind = kinds[number % len(kinds)]
        given = {**common, **kind}
        train_run(out, given, progress="none", say=_silent)  # type: ignore[arg-type]  # of many kinds
        train_run(out, {"num_epochs": 2}, resume=True, progress="none", say=_silent)
        evaluate_run(out, "cpu")
        if "model" not in kind:
            vectors = Run(out).vectors()
            vectors.save(place / "vectors.txt")
            gs.WordVectors.load(place / "vectors.txt").most_similar("w3", 5)
        report = {"round": number, "rss_mb": _rss_mb(), "files": len(os.listdir("/proc/self/fd"))}
        print(json.dumps(report), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
