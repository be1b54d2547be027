"""One small layer of each kind over ten words, for what all of them must do."""

from __future__ import annotations

import gluon_softmax as gs

COUNTS = [9, 30, 20, 10, 6, 5, 4, 3, 2, 1]
IN_UNITS = 8
EVERY_LAYER = {
    "full": lambda: gs.FullSoftmax(10, IN_UNITS),
    "negative sampling": lambda: gs.NegativeSampling(COUNTS, IN_UNITS),
    "nce": lambda: gs.NCE(COUNTS, IN_UNITS, 3),
    "hierarchical": lambda: gs.HierarchicalSoftmax(COUNTS, IN_UNITS),
    "sampled": lambda: gs.SampledSoftmax(10, IN_UNITS, 3),
    "adaptive": lambda: gs.AdaptiveSoftmax(10, IN_UNITS, [4, 7], div_value=2.0),
}
