"""The batches: what turns the ids of a corpus into what a model is called with."""
