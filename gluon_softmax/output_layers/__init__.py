"""Output layers: each answers how to get the loss of the right word without scoring the whole vocabulary."""
