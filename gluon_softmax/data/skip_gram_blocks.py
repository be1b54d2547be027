"""Skip-gram batches for speed: blocks of consecutive centres, each with one window that they share.

A pair batch looks up some thirty rows per centre; here b consecutive centres of the subsampled text share the
b + 2 W words around them and the noise words of their block, so that each of these is looked up once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy

from ..utils.checks import check_positive_int
from ..utils.object_checks import check_corpus
from ..utils.randomness import derive_rng
from ..utils.types import CorpusLike
from ..vocabulary.samplers import UnigramSampler
from ..vocabulary.tokens import UNK_ID
from .window_batches import WindowBatches
from .windows import draw_reaches


class SkipGramBlockBatch(NamedTuple):
    """n blocks of b centres: centre i of a block is its word W + i, its context words are next to it."""

    words: numpy.ndarray  # (n, b + 2 W + M) int32, the window and then the block's M noise words
    left: numpy.ndarray  # (n, b) int32, context words to the left of each centre
    right: numpy.ndarray  # (n, b) int32


class _Reaches(NamedTuple):
    """A text, and how many context words each of its words has to its left and to its right."""

    ids: numpy.ndarray  # (n,)
    left: numpy.ndarray  # (n,)
    right: numpy.ndarray  # (n,)


class SkipGramBlocks(WindowBatches):
    """Batches ``(words (n, b + 2 W + M), left (n, b), right (n, b))`` of n = batch_size / b blocks.

    They are `WindowBatches`. The centres, windows and pairs are those of `SkipGramPairs` with the same seed.
    A block's `shared_noise`, M, noise words, drawn from counts^power without `<unk>`, serve all of its pairs,
    each with the weight `num_noise_words` / M. So the expected loss is that of `num_noise_words`, K, noise
    words per pair; as in the paper's equation a noise word may by chance be the context word. K = 0 draws
    none, for layers that need none. The padding of the last block and the last batch has no context words,
    and so no weight.

    Parameters
    ----------
    batch_size : centres in a batch, a multiple of `block_size`. With plain SGD at the same rate fewer take
        more steps, and more are faster.
    block_size : b; a longer block looks up fewer rows per centre and computes more scores that do not count.
        Hierarchical softmax arranges the pairs of many batches anew, so there it does not matter.
    shared_noise : M; few make a step cheap and noisy.

    Raises ValueError for a `batch_size` that is no multiple of `block_size`.
    """

    _position_kind = "pairs"

    def __init__(
        self,
        corpus: CorpusLike,
        batch_size: int = 512,
        max_window_size: int = 5,
        num_noise_words: int = 5,
        *,
        block_size: int = 16,
        shared_noise: int = 16,
        power: float = 0.75,
        **kwargs: Any,
    ) -> None:
        check_corpus(corpus)
        self.block_size = check_positive_int("block_size", block_size)
        self.num_noise_words = check_positive_int("num_noise_words", num_noise_words, 0)
        self.shared_noise = check_positive_int("shared_noise", shared_noise) if num_noise_words else 0
        super().__init__(corpus, batch_size, max_window_size, **kwargs)
        if self.batch_size % self.block_size:
            raise ValueError(
                f"batch_size takes a multiple of block_size, {self.block_size}; got {self.batch_size}"
            )
        self._rows = self.batch_size // self.block_size
        self._noise = UnigramSampler(corpus.counts, power, exclude=[UNK_ID]) if num_noise_words else None

    @property
    def noise_prob(self) -> numpy.ndarray:
        """The probability of each word in a draw of noise: float64 (vocab_size,), zeros without noise."""
        if self._noise is None:
            return numpy.zeros(self.vocab_size)
        prob: numpy.ndarray = self._noise.prob(numpy.arange(self.vocab_size))
        return prob

    def _windows(self, epoch: int, chunk: int) -> _Reaches:
        ids, sentence_of, rng = self._text(epoch, chunk)
        return _Reaches(ids, *draw_reaches(sentence_of, self.max_window_size, rng))

    def _count(self, windows: _Reaches) -> dict[str, int]:
        contexts = windows.left + windows.right
        return {"centers": int(numpy.count_nonzero(contexts)), "pairs": int(contexts.sum())}

    def _num_rows(self, windows: _Reaches) -> int:
        return -(-windows.ids.size // self.block_size)

    def _arrange(self, windows: _Reaches, epoch: int, chunk: int) -> tuple[numpy.ndarray, ...]:
        b, reach = self.block_size, self.max_window_size
        n = -(-windows.ids.size // b)  # blocks
        fill = n * b - windows.ids.size
        padded = numpy.pad(windows.ids, (reach, reach + fill))
        words = numpy.lib.stride_tricks.as_strided(
            padded, (n, b + 2 * reach), (b * padded.strides[0], padded.strides[0]), writeable=False
        )
        if self._noise is not None:
            rng = derive_rng(self.seed, epoch, chunk, "noise")
            noise = self._noise.sample(n * self.shared_noise, rng=rng).reshape(n, self.shared_noise)
            words = numpy.concatenate([words, noise], axis=1)
        left, right = (
            numpy.pad(side, (0, fill)).reshape(n, b).astype(numpy.int32)
            for side in (windows.left, windows.right)
        )
        return words.astype(numpy.int32), left, right

    def _batch(self, *columns: numpy.ndarray) -> SkipGramBlockBatch:
        missing = self._rows - len(columns[0])
        if missing:
            columns = tuple(numpy.pad(column, ((0, missing), (0, 0))) for column in columns)
        return SkipGramBlockBatch(*columns)
