"""Word vectors whose cosines are easy by hand."""

from __future__ import annotations

# (x, y): man and woman differ in y, so do king and queen; apple points elsewhere
ROYAL = {"man": (1, 1), "woman": (1, 3), "king": (4, 4), "queen": (3, 7), "apple": (-2, 1)}
