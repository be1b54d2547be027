"""Pictures of runs: the map of their words, their curves, and several of them side by side."""
