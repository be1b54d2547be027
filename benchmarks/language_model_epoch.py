"""The language model on the Penn Treebank here and in PyTorch: seconds of the first part of an epoch.

Both are a GRU of 200 over words' rows of 200, dropout of 0.25 on rows and hidden vectors, and a sampled
softmax that draws 200 different words from the log-uniform distribution for each batch, with the logarithm of
the expected count subtracted and accidental hits left out. Both train with Adam on the same ids: 32 columns,
20 steps, 10,000 words; the state goes on from batch to batch without a gradient. Adam is the plain one, which
moves every row at each step, with dense gradients; PyTorch's is its fused form, twice as fast as its others,
and it looks up targets and candidates at once, which was the faster way too.

A turn is the first 400 of an epoch's 1,452 batches (a first turn of each side does not count), from ids in
memory to updated parameters; PyTorch's side draws with NumPy and masks only the hits, as in
`sampled_step.py`.

    python benchmarks/language_model_epoch.py [--runs 3] [--data-dir DIR] [--json] [--smoke]
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterator

import numpy
from log_uniform import draw_words, hits_of, log_expected_count
from options import read_options
from rows import show_compared
from sides import compare, serve
from timing import seconds_of

if TYPE_CHECKING:
    import torch

    from gluon_softmax.data.language_model_batches import LanguageModelBatch

WIDTH, NUM_SAMPLED, COLUMNS, BPTT, DROPOUT, LEARNING_RATE = 200, 200, 32, 20, 0.25, 0.002


class _Batches:
    """The first `num_batches` batches of an epoch, for `gs.train`."""

    def __init__(self, inputs: numpy.ndarray, targets: numpy.ndarray) -> None:
        self._batches = list(zip(inputs, targets))
        self.expected_positions = float(inputs.size)
        self.produced = {"tokens": 0}

    def epoch(self, epoch: int) -> Iterator[LanguageModelBatch]:
        """Yield the same batches in every epoch."""
        del epoch
        from gluon_softmax.data.language_model_batches import LanguageModelBatch

        self.produced = {"tokens": 0}
        for inputs, targets in self._batches:
            self.produced["tokens"] += inputs.size
            yield LanguageModelBatch(inputs, targets)


def ours(batches: str, vocab_size: int) -> Callable[[int], float]:
    """Prepare this project's side: seconds."""
    import gluon_softmax as gs

    with numpy.load(batches) as file:
        inputs, targets = file["inputs"], file["targets"]
    layer = gs.SampledSoftmax(vocab_size, WIDTH, NUM_SAMPLED)
    net = gs.LanguageModel(vocab_size, WIDTH, WIDTH, layer, cell="gru", dropout=DROPOUT)

    def take(turn: int) -> float:
        (metrics,) = gs.train(
            net, _Batches(inputs, targets), 1, LEARNING_RATE, "adam", seed=turn, progress="none"
        )
        return float(metrics["train_s"])

    return take


def peer(batches: str, vocab_size: int) -> Callable[[int], float]:
    """Prepare PyTorch's side: seconds."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    with numpy.load(batches) as file:
        inputs, targets = file["inputs"], file["targets"]
    embed, weight = nn.Embedding(vocab_size, WIDTH), nn.Embedding(vocab_size, WIDTH)
    bias = nn.Embedding(vocab_size, 1)
    gru, dropout, removed = nn.GRU(WIDTH, WIDTH), nn.Dropout(DROPOUT), torch.tensor(-1e38)
    for table in (embed, weight):
        nn.init.uniform_(table.weight, -0.07, 0.07)
    nn.init.zeros_(bias.weight)
    net = nn.ModuleList([embed, gru, weight, bias])

    def loss_of(hidden: torch.Tensor, drawn: numpy.ndarray, rng: numpy.random.Generator) -> torch.Tensor:
        words, num_tries = draw_words(vocab_size, NUM_SAMPLED, rng)
        hits = [torch.from_numpy(places) for places in hits_of(drawn, words)]
        ids = numpy.concatenate([drawn, words])
        shift = torch.from_numpy(log_expected_count(ids, num_tries, vocab_size))
        sizes, looked_up = [drawn.size, words.size], torch.from_numpy(ids)
        target_rows, rows = weight(looked_up).split(sizes)
        target_shift, shift = (bias(looked_up).squeeze(1) - shift).split(sizes)
        right = (hidden * target_rows).sum(1) + target_shift  # (N,)
        scores = F.linear(hidden, rows, shift)  # (N, S)
        scores.index_put_(tuple(hits), removed)
        return (torch.logaddexp(right, scores.logsumexp(1)) - right).mean()

    def take(turn: int) -> float:
        optimizer = torch.optim.Adam(net.parameters(), LEARNING_RATE, fused=True)
        rng, total = numpy.random.default_rng(turn), torch.zeros(())

        def steps() -> None:
            state = torch.zeros(1, COLUMNS, WIDTH)
            for words, following in zip(inputs, targets):
                optimizer.zero_grad()
                hidden, state = gru(dropout(embed(torch.from_numpy(words))), state.detach())
                loss = loss_of(dropout(hidden).reshape(-1, WIDTH), following.reshape(-1), rng)
                loss.backward()
                optimizer.step()
                total.add_(loss.detach())

        return seconds_of(steps)

    return take


def save_batches(path: Path, num_batches: int, data_dir: str | None) -> int:
    """Save the first batches, (num_batches, T, B) inputs and targets; return the number of words."""
    import gluon_softmax as gs

    corpus = gs.load_corpus("ptb", min_freq=1, eos=True, data_dir=data_dir)
    batches = gs.LanguageModelBatches(corpus, COLUMNS, BPTT, drop_remainder=True).epoch(0)
    inputs, targets = zip(*(next(batches) for _ in range(num_batches)))
    numpy.savez(path, inputs=numpy.stack(inputs), targets=numpy.stack(targets))
    return len(corpus.counts)


def main() -> None:
    """Print the rows."""
    options = read_options(__doc__, runs=3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "batches.npz"
        vocab_size = save_batches(path, 4 if options.smoke else 400, options.data_dir)
        compared = compare(__file__, options.runs, {"batches": str(path), "vocab_size": vocab_size})
    show_compared("lm_epoch_vs_torch", compared, "s", 1.0, "lower", options.as_json)


if __name__ == "__main__":
    serve({"ours": ours, "peer": peer})
    main()
