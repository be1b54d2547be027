"""The types that signatures say: arrays on a device and arrays of the host, contexts, nets and batches.

``Array`` is an MXNet array, on a device; what is on the host is a ``numpy.ndarray``. Nothing here imports
MXNet when the program runs.
"""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    Mapping,
    NamedTuple,
    Protocol,
    Sequence,
    Tuple,
    Union,
    runtime_checkable,
)

import numpy

if TYPE_CHECKING:
    from mxnet.context import Context as Context
    from mxnet.initializer import Initializer as Initializer
    from mxnet.numpy import ndarray

    Array = ndarray
else:
    Array = Context = Initializer = Any

AnyArray = Union["Array", numpy.ndarray]  # on a device or on the host
Ids = Union["Array", numpy.ndarray, Sequence[int]]  # what a layer takes for ids
Numbers = Union["Array", numpy.ndarray, Sequence[float]]  # counts, weights
InitializerLike = Union["Initializer", str, None]  # itself, its name, or that of ``initialize()``
Contexts = Union["Context", Sequence["Context"], None]  # one, several, or the current one
Metrics = Dict[str, Any]  # the numbers of one epoch, by name
Batch = Tuple[numpy.ndarray, ...]  # a named tuple of host arrays; a net is called with its fields


class Namespace(Protocol):
    """``mx.nd`` or ``mx.sym``: the operators of a graph that is run or that is traced."""

    @property
    def np(self) -> Operators:
        """NumPy's operators."""

    @property
    def npx(self) -> Operators:
        """Operators that NumPy does not have."""

    def __getattr__(self, name: str) -> Callable[..., Array]: ...


class Operators(Protocol):
    """A module of operators, each of which returns an array."""

    def __getattr__(self, name: str) -> Callable[..., Array]: ...


class CorpusLike(Protocol):
    """What batches ask of a `Corpus`."""

    @property
    def counts(self) -> numpy.ndarray:
        """Training counts by id, int64 (V,)."""

    def ids(self, split: str) -> numpy.ndarray:
        """The ids of a split, int32 (N,), one sentence after another."""

    def offsets(self, split: str) -> numpy.ndarray:
        """Where each sentence begins in `ids`, and N: int64 (S + 1,)."""


class VocabLike(Protocol):
    """What queries and generation ask of a ``d2l.Vocab``."""

    idx_to_token: list[str]
    token_to_idx: dict[str, int]


class Batches(Protocol):
    """The batches of an epoch, about how many positions it has, and what it gave so far, by name."""

    expected_positions: float
    produced: dict[str, int]

    def epoch(self, epoch: int) -> Iterator[Any]:
        """The batches of one epoch."""


@runtime_checkable
class BlockBatches(Batches, Protocol):
    """Blocks of consecutive centres, for a net that makes its steps itself: see `InPlaceNet`."""

    batch_size: int
    max_window_size: int
    block_size: int
    num_noise_words: int
    shared_noise: int

    @property
    def kept_counts(self) -> numpy.ndarray:
        """How often each word survives subsampling on average, by id, (V,)."""

    @property
    def noise_prob(self) -> numpy.ndarray:
        """The probability of each word in a draw of noise, by id, (V,); zeros where none is drawn."""


class StepResult(NamedTuple):
    """What one step of training measured."""

    losses: list[Array]  # sums in nats, left on the device: one per context, or none
    num_measured: int  # positions that `losses` are the sum over
    num_pairs: int  # positions that the step was made on; 0 if it only measured
    at_boundary: bool = False  # every update of the batches that were taken is in the tables


class InPlaceSteps(Protocol):
    """Steps that need no Trainer: gradients in closed form, added in place to the rows of the batch."""

    def epoch(self, batches: Iterable[Any], rate: Callable[[int], float]) -> Iterator[StepResult]:
        """Make a step per batch; ``rate(pairs)`` is the learning rate after so many pairs of the epoch."""


@runtime_checkable
class InPlaceNet(Protocol):
    """A net that makes its own steps on `BlockBatches`."""

    def in_place_sgd(self, batches: BlockBatches, ctx: Context, lr: float = 0.0) -> InPlaceSteps:
        """The steps of this net on `ctx`; `lr` is the highest rate that they will have."""


Figures = Mapping[str, float]  # what an evaluation measures, by name
