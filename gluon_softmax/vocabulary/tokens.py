"""The two tokens that no text contains: the one for every unknown word, and the end of a sentence."""

from __future__ import annotations

UNK, EOS = "<unk>", "<eos>"
UNK_ID = 0  # in every vocabulary of this package; ids from 1 on are in order of falling training count
