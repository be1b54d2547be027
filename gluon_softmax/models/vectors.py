"""Word vectors: their neighbours, their analogies, and the word that does not match.

This needs NumPy alone, so that a query to saved vectors is answered without waiting for MXNet's import.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol, Sequence

import numpy

from ..utils.checks import check_bool, check_choice, check_positive_int, numbers_on_host, shown
from ..utils.errors import UnknownTokenError
from ..utils.object_checks import check_has, check_kind, check_path, check_words
from ..utils.types import VocabLike
from ..vocabulary.tokens import UNK
from .formats.registry import read_vectors, write_vectors
from .formats.word2vec import write_binary
from .rows import Matrix, finite_rows, highest, unit_rows, zero_rows
from .vector_cache import Kept, read_cache, write_cache

if TYPE_CHECKING:
    from mxnet.gluon import Parameter

METHODS = ("add", "mul", "3cosadd", "3cosmul")  # the paper's names, and short ones
_COS_MUL_EPSILON = 1e-6  # gensim's; the paper has 0.001


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
    matrix : (V, d) finite numbers, NumPy's or MXNet's; copied to float32.

    Attributes: ``tokens`` (list), ``matrix`` (V, d), ``unit``, the same with rows of length 1.
    ``len(vectors)``, ``"chip" in vectors`` and ``vectors["chip"]`` (d,) work as in a dict.

    Raises TypeError for tokens that are not strings, ValueError for repeated tokens, another number of rows
    than tokens, NaN or infinity.
    """

    def __init__(self, tokens: Sequence[str], matrix: Matrix) -> None:
        self.tokens = check_words("tokens", tokens)
        self._ids: dict[str, int] = {}
        for i, token in enumerate(self.tokens):
            if self._ids.setdefault(token, i) != i:
                raise ValueError(
                    f"tokens takes each word once; got {shown(token)} for ids {self._ids[token]} and {i}"
                )
        self.matrix = finite_rows(matrix, self.tokens)  # (V, d)
        self.matrix.setflags(write=False)
        self.unit = unit_rows(self.matrix)  # (V, d)
        self._zeros = zero_rows(self.matrix)

    def most_similar(
        self,
        token: str | None = None,
        k: int = 10,
        *,
        positive: Sequence[str] = (),
        negative: Sequence[str] = (),
        method: str = "add",
    ) -> list[tuple[str, float]]:
        """The `k` words nearest to `token` as (word, cosine), the nearest first; all if there are fewer.

        With several words the answer is near to the positive ones and far from the negative ones. All
        vectors are scaled to length 1; the words asked about are no answers.

            add, 3cosadd   cos(x, sum of positive - sum of negative)
            mul, 3cosmul   product of (1 + cos(x, p)) / 2 over positive words p,
                           divided by that over the negative ones, plus 1e-6

        Levy and Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word Representations";
        gensim's ``most_similar`` and ``most_similar_cosmul`` give the same numbers.

        Parameters
        ----------
        token : a positive word.
        k : how many answers.
        positive, negative : further words; at least one word in all.
        method : "3cosadd" or "add", "3cosmul" or "mul".

        Raises KeyError for an unknown word, with the nearest spellings; TypeError or ValueError unless k is
        an integer of at least 1, and ValueError for no word and for another method.
        """
        check_choice("method", method, METHODS)
        likes = [*([] if token is None else [self._id(token)]), *self._ids_of("positive", positive)]
        dislikes = self._ids_of("negative", negative)
        if not likes and not dislikes:
            raise ValueError("positive takes one word or more, if there is no token or negative; got none")
        if method.endswith("mul"):
            return self._nearest(self._products(likes, dislikes), likes + dislikes, k)
        signs = numpy.repeat([1.0, -1.0], [len(likes), len(dislikes)])
        lone = len(likes) == 1 and not dislikes
        target = self.unit[likes[0]] if lone else _scaled(signs @ self.unit[likes + dislikes])  # (d,)
        return self._nearest(self._cosines(target), likes + dislikes, k)

    def analogy(self, a: str, b: str, c: str, k: int = 10) -> list[tuple[str, float]]:
        """The `k` words nearest to a − b + c: ``analogy("king", "man", "woman")`` → queen.

        In words, *a is to b as the answer is to c* (3CosAdd, Levy and Goldberg 2014). Each of the three
        vectors is scaled to length 1; the three words themselves are no answers. The order of the words is
        that of the formula; the book's
        ``get_analogy(token_a, token_b, token_c)`` takes vec_b − vec_a + vec_c instead, which is
        ``analogy(token_b, token_a, token_c)`` here. Result and errors as in `most_similar`.
        """
        for name, token in (("a", a), ("b", b), ("c", c)):
            self._id(token, name)
        return self.most_similar(k=k, positive=[a, c], negative=[b])

    def similarity(self, a: str, b: str) -> float:
        """The cosine of two words, from −1 to 1; raises KeyError for an unknown one."""
        return float(self._cosines(self.unit[self._id(a, "a")], [self._id(b, "b")])[0])

    def doesnt_match(self, tokens: Sequence[str]) -> str:
        """The word whose cosine with the mean of all of `tokens`, scaled to length 1, is the lowest.

        gensim's question "which of these does not belong": ``doesnt_match(["stock", "bond", "cat"])``. Of
        equal words the first. Raises KeyError for an unknown word, ValueError for no word.
        """
        ids = self._ids_of("tokens", tokens)
        if not ids:
            raise ValueError("tokens takes one word or more; got none")
        return self.tokens[ids[int(self._cosines(_scaled(self.unit[ids].mean(axis=0)), ids).argmin())]]

    def _ids_of(self, name: str, tokens: Sequence[str]) -> list[int]:
        return [self._id(token) for token in check_words(name, tokens)]

    def _products(self, likes: list[int], dislikes: list[int]) -> numpy.ndarray:
        """The scores of 3CosMul (V,) for words near to `likes` and far from `dislikes`."""
        liked, disliked = (  # (V,) each
            ((1.0 + numpy.clip(self.unit @ self.unit[ids].T, -1.0, 1.0)) / 2.0).prod(axis=1)
            for ids in (likes, dislikes)
        )
        scores: numpy.ndarray = liked / (disliked + _COS_MUL_EPSILON)
        return scores

    def _cosines(self, unit: numpy.ndarray, ids: Sequence[int] | slice = slice(None)) -> numpy.ndarray:
        """The cosines of the words at `ids` (n) with `unit` (d,), a vector of length 1: (n,)."""
        cosines: numpy.ndarray = numpy.clip(self.unit[ids] @ unit, -1.0, 1.0)
        return cosines

    def _nearest(self, scores: numpy.ndarray, queries: list[int], k: int) -> list[tuple[str, float]]:
        """The k words with the highest `scores` (V,), without `queries`, their ids."""
        k = min(check_positive_int("k", k), len(self))
        excluded = {*queries, self._ids.get(UNK, queries[0])}
        ranks = scores.copy()
        ranks[self._zeros] = -numpy.inf
        best = [i for i in highest(ranks, k + len(excluded)) if i not in excluded][:k]
        return [(self.tokens[i], float(scores[i])) for i in best]

    def _id(self, token: str, name: str = "token") -> int:
        check_kind(name, token, str, "a string")
        if token not in self._ids:
            raise UnknownTokenError(token, self.tokens)
        return self._ids[token]

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return isinstance(token, str) and token in self._ids

    def __getitem__(self, token: str) -> numpy.ndarray:
        row: numpy.ndarray = self.matrix[self._id(token)]
        return row

    def __repr__(self) -> str:
        return f"WordVectors({len(self):,} words, {self.matrix.shape[1]} dimensions)"

    def save(
        self,
        path: str | os.PathLike[str],
        binary: bool | None = None,
        *,
        newlines: bool = False,
        format: str | None = None,
    ) -> str:
        """Write the vectors in a format that other programs read, and return what it is called.

        A file appears whole or not at all. Every format brings every number back exactly.

        Parameters
        ----------
        path : the file, or the folder of a format that has several; what is there is replaced.
        binary : word2vec's binary format, or with False its text, whatever the name.
        newlines : a line feed after each row of the binary format, as word2vec.c writes it.
        format : one of ``formats.registry.FORMATS``; by default the one that the name ends like, else
            word2vec's text.

        Raises ValueError, before anything is written, for a word that the format cannot carry; ImportError
        for a library that is missing.
        """
        check_bool("newlines", newlines)
        if binary is not None:
            check_bool("binary", binary)
        if newlines and binary:
            write_binary(path, self.tokens, self.matrix, newlines)
            return "word2vec binary format"
        return write_vectors(path, self.tokens, self.matrix, _named(binary, format))

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        binary: bool | None = None,
        *,
        format: str | None = None,
        cache: bool = False,
    ) -> WordVectors:
        """Read a file or folder of vectors in any of the formats.

        Parameters
        ----------
        path : the file or the folder.
        binary : whether a word2vec file is binary; None finds out from the first row.
        format : as for `save`; by default what the name or the folder's files say.
        cache : keep a large file's vectors beside it as ``.npy``; see `vector_cache`.

        Raises ValueError, with the file and the line's or word's number, for a missing header, more or fewer
        words than it says, a row of another width, a number that is none or not finite in float32, a word
        that is repeated, empty or not UTF-8, and what else a format refuses.
        """
        kept = read_cache(check_path("path", path)) if check_bool("cache", cache) else None
        if kept is not None:
            vectors = cls.__new__(cls)
            vectors.tokens, vectors.matrix, vectors.unit, vectors._zeros = kept
            vectors._ids = dict(zip(kept.tokens, range(len(kept.tokens))))
            return vectors
        tokens, matrix = read_vectors(path, _named(binary, format))
        try:
            vectors = cls(tokens, matrix)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path}: {error}") from None
        if cache:
            write_cache(path, Kept(vectors.tokens, vectors.matrix, vectors.unit, vectors._zeros))
        return vectors


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
    else:
        known = check_has("vocab", vocab, ("idx_to_token",), "a d2l.Vocab, unless embed is WordVectors")
        weight = embed.weight.list_data()[0] if hasattr(embed, "weight") else numbers_on_host("embed", embed)
        vectors = WordVectors(known.idx_to_token, weight)
    for token, cosine in vectors.most_similar(query_token, k):
        print(f"cosine sim={cosine:.3f}: {token}")


def _named(binary: bool | None, name: str | None) -> str | None:
    """The format that `binary` means, or the one that is named."""
    if binary is None:
        return name
    check_bool("binary", binary)
    if name is not None:
        raise ValueError(f"format takes None where binary is given; got {shown(name)}")
    return "word2vec-binary" if binary else "word2vec"


def _scaled(vector: numpy.ndarray) -> numpy.ndarray:
    """The vector (d,) in float32 with length 1, or of zeros."""
    scaled: numpy.ndarray = vector / (numpy.linalg.norm(vector) or 1.0)
    return scaled.astype(numpy.float32)
