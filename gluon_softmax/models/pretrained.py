"""Word vectors from a file as the initial rows of a model's embedding."""

from __future__ import annotations

import os

from ..backend import np
from ..backend.embedding import Embedding
from ..utils.object_checks import check_kind, check_vocab
from ..utils.types import VocabLike
from .base import Model
from .vectors import WordVectors


def load_vectors(net: Model | Embedding, vocab: VocabLike, path: str | os.PathLike[str]) -> int:
    """Put the vectors of a file into the rows of the words that both know, and return how many those are.

    Rows of other words keep their values. With tied weights these are the output layer's rows too.

    Parameters
    ----------
    net : a model with an `embed`, or an `Embedding`, initialized.
    vocab : names the rows of the table, ``vocab.idx_to_token``.
    path : a file that `WordVectors.load` reads.

    Raises ValueError for vectors of another width, and where no word is in both; TypeError for an adaptive
    embedding.
    """
    check_kind("net", net, (Model, Embedding), "a model with an embed, or an Embedding")
    check_vocab("vocab", vocab)
    embed = net if isinstance(net, Embedding) else net.embed
    if not isinstance(embed, Embedding):
        raise TypeError(f"net takes an embed of one table; got {type(embed).__name__}")
    vectors, table = WordVectors.load(path), embed.weight
    width = vectors.matrix.shape[1]
    if width != table.shape[1]:
        raise ValueError(
            f"vectors takes vectors of {table.shape[1]} numbers, the embed_size; {path} has {width}"
        )
    known = [i for i, token in enumerate(vocab.idx_to_token) if token in vectors]
    if not known:
        raise ValueError(f"vectors takes a file that shares a word with the vocabulary; {path} shares none")
    rows = table.list_data()[0].asnumpy()  # (V, d)
    rows[known] = [vectors[vocab.idx_to_token[i]] for i in known]
    table.set_data(np.array(rows))
    return len(known)
