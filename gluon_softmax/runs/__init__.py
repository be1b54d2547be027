"""A run is a folder: options in, a trained net out."""
