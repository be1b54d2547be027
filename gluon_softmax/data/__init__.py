"""From text to ids to batches, with NumPy alone."""
