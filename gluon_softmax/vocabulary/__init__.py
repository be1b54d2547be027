"""What counts alone tell, with NumPy alone: samplers, trees over the words, clusters and cutoffs."""
