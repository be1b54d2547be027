"""The two words that no text has by itself: the one for every unknown word, and the end of a sentence."""

from __future__ import annotations

UNK, EOS = "<unk>", "<eos>"
UNK_ID = 0  # in every vocabulary here; ids from 1 on are in order of falling training count
