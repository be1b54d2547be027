"""Training over large vocabularies without scoring all of them, in MXNet Gluon.

The public names are loaded when first used, so that asking saved vectors a question imports neither MXNet nor
d2l.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "load_corpus": "data.corpus",
    "Corpus": "data.corpus",
    "FullSoftmax": "output_layers.full",
    "NegativeSampling": "output_layers.negative_sampling",
    "NCE": "output_layers.nce",
    "SampledSoftmax": "output_layers.sampled",
    "InBatchSoftmax": "output_layers.in_batch",
    "HierarchicalSoftmax": "output_layers.hierarchical",
    "AdaptiveSoftmax": "output_layers.adaptive",
    "AdaptiveEmbedding": "models.adaptive_embedding",
    "optimal_cutoffs": "vocabulary.cutoffs",
    "masked_bce": "output_layers.masked_bce",
    "Embedding": "backend.embedding",
    "SkipGram": "models.skip_gram",
    "CBOW": "models.cbow",
    "LanguageModel": "models.language_model",
    "LogUniformSampler": "vocabulary.samplers",
    "UnigramSampler": "vocabulary.samplers",
    "UniformSampler": "vocabulary.samplers",
    "build_huffman": "vocabulary.huffman",
    "BinaryTree": "vocabulary.binary_tree",
    "balanced_tree": "vocabulary.binary_tree",
    "SkipGramPairs": "data.skip_gram_batches",
    "SkipGramBatches": "data.skip_gram_batches",
    "SkipGramBlocks": "data.skip_gram_blocks",
    "CBOWBatches": "data.cbow_batches",
    "LanguageModelBatches": "data.language_model_batches",
    "train": "training.loop",
    "clipped_step": "training.clipping",
    "perplexity": "training.evaluation",
    "generate": "models.generation",
    "load_vectors": "models.pretrained",
    "export": "models.export",
    "WordVectors": "models.vectors",
    "get_similar_tokens": "models.vectors",
    "check": "coursework.notebook",
    "try_gpu": "backend.device",
    "try_all_gpus": "backend.device",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
