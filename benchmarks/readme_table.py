"""The README's table, from the rows of results.json."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from rows import Row, is_met

BEGIN, END = "<!-- from here on written by make bench -->", "<!-- written by make bench up to here -->"
WORK = {
    "sg_ns_vs_d2l": "skip-gram, negative sampling, beside d2l's chapter",
    "sg_ns_vs_gensim": "the same beside gensim",
    "sg_ns_time_to_quality": "the same: time to a held-out loss of 2.55, beside gensim",
    "sg_hs_vs_gensim": "skip-gram, hierarchical softmax, beside gensim",
    "corpus_load_vs_d2l": "the Penn Treebank to the first batch, beside d2l",
    "adaptive_step_10k": "adaptive softmax, a step, 10,000 words, beside PyTorch",
    "adaptive_step_100k": "the same, 100,000 words",
    "adaptive_step_260k": "the same, 260,000 words",
    "sampled_step_10k": "sampled softmax, a step, 10,000 words, beside PyTorch",
    "sampled_step_100k": "the same, 100,000 words",
    "sampled_step_1m": "the same, 1,000,000 words",
    "vocab_scaling_ns": "a step with 1,000,000 words over one with 10,000: negative sampling",
    "vocab_scaling_hs": "the same: hierarchical softmax",
    "vocab_scaling_sampled": "the same: sampled softmax",
    "lm_epoch_vs_torch": "language model, GRU 200, 200 samples, an epoch, beside PyTorch",
    "corpus_scale": "a corpus of 100 million tokens beside one of 1 million",
}


def table(rows: Sequence[Row]) -> str:
    """Return one line per row, the peak memory of both sides at its end."""
    by_name = {row["name"]: row for row in rows}
    lines = [
        "| work | ours | peer | | ratio | target | | peak memory, MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, work in WORK.items():
        row = by_name.get(name)
        if row is None:
            continue
        sign = "≥" if row["better"] == "higher" else "≤"
        memory = by_name.get(f"peak_memory_{name}")
        peak = f"{memory['ours']:,.0f} / {memory['peer']:,.0f}" if memory else ""
        lines.append(
            f"| {work} | {_short(row['ours'])} | {_short(row['peer'])} | {row['unit']} | {row['ratio']:.2f} "
            f"| {sign} {row['target']:g} | {'met' if is_met(row) else 'missed'} | {peak} |"
        )
    return "\n".join(lines)


def _short(value: float) -> str:
    """Three significant digits."""
    return f"{float(f'{value:.3g}'):,.10g}"


def write_table(readme: Path, text: str) -> None:
    """Replace the text between the two marks."""
    before, rest = readme.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    readme.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
