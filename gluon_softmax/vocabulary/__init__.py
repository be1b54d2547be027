"""What follows from the counts of the words alone, in NumPy: samplers, trees, clusters and cutoffs."""
