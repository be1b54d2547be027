"""Word vectors: their neighbours and analogies, and the word2vec text format, which other programs read.

This needs NumPy alone, so that a query to saved vectors is answered without waiting for MXNet's import.
"""

from __future__ import annotations

import difflib
import os
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Sequence, Union

import numpy

from ..utils.checks import check_positive_int
from ..utils.files import whole_file
from ..utils.types import AnyArray, VocabLike
from ..vocabulary.tokens import UNK

if TYPE_CHECKING:
    from mxnet.gluon import Parameter

Matrix = Union[AnyArray, Sequence[Sequence[float]]]  # one row per word


class Embedded(Protocol):
    """A Gluon block that holds a table of vectors."""

    @property
    def weight(self) -> Parameter:
        """The table (V, d)."""


class WordVectors:
    """One vector per word, compared by the cosine of their angle.

    ``<unk>`` is never an answer, since skip-gram training drops unknown words and leaves its vector
    untrained; it can be a query. A vector of zeros has no direction: its cosine with anything is 0, and it
    comes after every other answer.

    Parameters
    ----------
    tokens : V different words, by id.
    matrix : (V, d) finite numbers, NumPy's or MXNet's; kept as a read-only float32 copy.

    Attributes: ``tokens`` (list), ``matrix`` (V, d). ``len(vectors)``, ``"chip" in vectors`` and
    ``vectors["chip"]`` (d,) work as in a dict.

    Raises TypeError for tokens that are not strings, ValueError for repeated tokens, another number of rows
    than tokens, NaN or infinity.
    """

    def __init__(self, tokens: Sequence[str], matrix: Matrix) -> None:
        if isinstance(tokens, str):
            raise TypeError(f"tokens takes a sequence of words; got the string {tokens[:40]!r}")
        self.tokens = list(tokens)
        self._ids: dict[str, int] = {}
        for i, token in enumerate(self.tokens):
            if not isinstance(token, str):
                raise TypeError(f"tokens takes strings; got {token!r} for id {i}")
            if self._ids.setdefault(token, i) != i:
                raise ValueError(
                    f"tokens takes each word once; got {token!r} for ids {self._ids[token]} and {i}"
                )
        self.matrix = _finite_rows(matrix, self.tokens)  # (V, d)
        self.matrix.setflags(write=False)
        norms = numpy.sqrt(numpy.einsum("vd,vd->v", self.matrix, self.matrix, dtype=numpy.float64))  # (V,)
        self._is_zero = norms == 0
        unit = self.matrix / numpy.where(self._is_zero, 1.0, norms)[:, None]
        self._unit = unit.astype(numpy.float32)  # (V, d)

    def most_similar(self, token: str, k: int = 10) -> list[tuple[str, float]]:
        """The `k` words nearest to `token` as (word, cosine), the nearest first.

        All other words if there are fewer than k. Raises KeyError for an unknown word, with the nearest
        spellings; TypeError or ValueError unless k is an integer of at least 1.
        """
        query = self._id(token)
        return self._nearest(self._unit[query], [query], k)

    def analogy(self, a: str, b: str, c: str, k: int = 10) -> list[tuple[str, float]]:
        """The `k` words nearest to a − b + c: ``analogy("king", "man", "woman")`` → queen.

        In words, *a is to b as the answer is to c* (3CosAdd, Levy and Goldberg 2014). Each of the three
        vectors is scaled to length 1; the three words themselves are no answers. The order of the words is
        that of the formula; the book's
        ``get_analogy(token_a, token_b, token_c)`` takes vec_b − vec_a + vec_c instead, which is
        ``analogy(token_b, token_a, token_c)`` here. Result and errors as in `most_similar`.
        """
        queries = [self._id(a), self._id(b), self._id(c)]
        x, y, z = self._unit[queries].astype(numpy.float64)  # (d,) each
        target = x - y + z
        length = numpy.linalg.norm(target)
        return self._nearest((target / (length or 1.0)).astype(numpy.float32), queries, k)

    def _nearest(self, unit: numpy.ndarray, queries: list[int], k: int) -> list[tuple[str, float]]:
        """The k words nearest to `unit` (d,), a vector of length 1, without `queries`, their ids."""
        k = check_positive_int("k", k)
        cosines = numpy.clip(self._unit @ unit, -1.0, 1.0)  # (V,)
        excluded = set(queries)
        if UNK in self._ids:
            excluded.add(self._ids[UNK])
        order = numpy.lexsort((-cosines, self._is_zero))  # the nearest first; equally near ones by id
        best = order[~numpy.isin(order, list(excluded))][:k]
        return [(self.tokens[i], float(cosines[i])) for i in best]

    def _id(self, token: str) -> int:
        if not isinstance(token, str):
            raise TypeError(f"token takes a string; got {token!r}")
        if token not in self._ids:
            raise unknown_token(token, self.tokens)
        return self._ids[token]

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def __getitem__(self, token: str) -> numpy.ndarray:
        row: numpy.ndarray = self.matrix[self._id(token)]
        return row

    def __repr__(self) -> str:
        return f"WordVectors({len(self):,} words, {self.matrix.shape[1]} dimensions)"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the word2vec text format: a line ``V d``, then one line per word with its d numbers.

        Single spaces separate them. Nine digits bring every float32 back exactly. The file appears whole or
        not at all: it is written beside `path` and then moved to it. gensim's
        ``KeyedVectors.load_word2vec_format`` reads it, and ``d2l.TokenEmbedding`` where it is called
        ``vec.txt``.

        Raises ValueError, before anything is written, for a word that is empty or holds white space, which
        the format cannot carry.
        """
        for token in self.tokens:
            if token.split() != [token]:
                raise ValueError(
                    f"tokens takes words without white space for the word2vec text format; got {token!r}"
                )
        row_format = "%s" + " %.9g" * self.matrix.shape[1] + "\n"
        with whole_file(path, "w") as file:
            file.write(f"{len(self)} {self.matrix.shape[1]}\n")
            for token, row in zip(self.tokens, self.matrix):
                file.write(row_format % (token, *row.tolist()))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> WordVectors:
        """Read the word2vec text format. Empty lines and spaces at the end of a line are ignored.

        Raises ValueError, with the line's number, for a missing header, more or fewer words than it says, a
        line with another number of numbers, a number that is none or not finite in float32, a repeated
        word, or text that is not UTF-8.
        """
        path = Path(path)
        lines: dict[str, int] = {}  # the line of each word, in order
        values = array("d")
        number = 1
        try:
            with open(path, encoding="utf-8") as file:
                num_words, size = _header(path, file.readline())
                for number, line in enumerate(file, start=2):
                    token, *numbers = line.rstrip().split(" ")
                    if not token and not numbers:
                        continue
                    here = f"{path}, line {number}"
                    if len(numbers) != size:
                        raise ValueError(f"{here}: takes a word and {size} numbers; got {len(numbers)}")
                    if lines.setdefault(token, number) != number:
                        raise ValueError(f"{here}: takes each word once; line {lines[token]} has {token!r}")
                    try:
                        values.extend(map(float, numbers))
                    except ValueError as error:
                        raise ValueError(f"{here}: takes numbers; {error}") from None
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}, after line {number}: takes UTF-8 text; {error}") from None
        if len(lines) != num_words:
            raise ValueError(
                f"{path}, line 1: the header says {num_words} words; got {len(lines)} lines of words"
            )
        matrix = numpy.frombuffer(values).reshape(num_words, size)  # (V, d)
        for row, column in numpy.argwhere(~numpy.isfinite(_to_float32(matrix)))[:1]:
            number = list(lines.values())[row]
            raise ValueError(
                f"{path}, line {number}: takes finite float32 numbers; got {matrix[row, column]}"
            )
        return cls(list(lines), matrix)


def unknown_token(token: str, tokens: Sequence[str]) -> KeyError:
    """The error for a word that is none of `tokens`, with the nearest spellings."""
    near = difflib.get_close_matches(token, tokens)
    hint = f"nearest spellings: {', '.join(near)}" if near else "no word is spelt like it"
    return KeyError(f"{token!r} is none of the {len(tokens):,} words; {hint}")


def get_similar_tokens(
    query_token: str, k: int, embed: WordVectors | Embedded | Matrix, vocab: VocabLike | None = None
) -> None:
    """Print the `k` words nearest to `query_token`, one per line: ``cosine sim=0.612: intel``.

    The function of *Dive into Deep Learning*, section "Word Similarity and Analogy".

    Parameters
    ----------
    query_token : a word of the vocabulary.
    k : how many neighbours; all there are if fewer.
    embed : a Gluon block with a ``weight`` (V, d), of which the first context's copy is read; an array (V,
        d); or `WordVectors`.
    vocab : a ``d2l.Vocab``, or anything whose ``idx_to_token`` lists the words by id; not needed with
        `WordVectors`.

    The words come from `WordVectors.most_similar`, with its errors; so ``<unk>`` is not among them.
    """
    if isinstance(embed, WordVectors):
        vectors = embed
    elif vocab is None or not hasattr(vocab, "idx_to_token"):
        raise TypeError(f"vocab takes a d2l.Vocab, unless embed is WordVectors; got {type(vocab).__name__}")
    else:
        weight = embed.weight.list_data()[0] if hasattr(embed, "weight") else embed
        vectors = WordVectors(vocab.idx_to_token, weight)
    for token, cosine in vectors.most_similar(query_token, k):
        print(f"cosine sim={cosine:.3f}: {token}")


def _finite_rows(matrix: Matrix, tokens: list[str]) -> numpy.ndarray:
    """`matrix` as a float32 copy (V, d), finite, one row per token."""
    given = matrix.asnumpy() if hasattr(matrix, "asnumpy") else numpy.asarray(matrix)
    if given.dtype.kind not in "iuf":
        raise TypeError(f"matrix takes numbers; got dtype {given.dtype}")
    if given.ndim != 2 or not given.size:
        raise ValueError(f"matrix takes shape (words, dimensions), both at least 1; got {given.shape}")
    if len(given) != len(tokens):
        raise ValueError(f"matrix takes one row for each of {len(tokens)} tokens; got {len(given)} rows")
    rows = _to_float32(given)
    for i, j in numpy.argwhere(~numpy.isfinite(rows))[:1]:
        raise ValueError(f"matrix takes finite float32 numbers; got {given[i, j]} for {tokens[i]!r}")
    return rows


def _to_float32(matrix: numpy.ndarray) -> numpy.ndarray:
    """A float32 copy, infinite where float32 cannot hold a number."""
    with numpy.errstate(over="ignore"):
        return matrix.astype(numpy.float32)


def _header(path: Path, line: str) -> tuple[int, int]:
    fields = line.split()
    if len(fields) != 2 or not all(field.isdecimal() and int(field) for field in fields):
        raise ValueError(
            f"{path}, line 1: takes a header 'words dimensions', such as '6719 100'; got {line[:60]!r}"
        )
    return int(fields[0]), int(fields[1])
