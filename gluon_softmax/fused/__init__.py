"""Gradients written by hand, in place: all that is fast and is not the book."""
