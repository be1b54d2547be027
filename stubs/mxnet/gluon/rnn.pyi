from typing import Any

from .block import HybridBlock

class _RNNLayer(HybridBlock):
    _hidden_size: int
    _mode: str

class RNN(_RNNLayer):
    def __init__(
        self, hidden_size: int, num_layers: int = ..., activation: str = ..., **kwargs: Any
    ) -> None: ...

class LSTM(_RNNLayer):
    def __init__(self, hidden_size: int, num_layers: int = ..., **kwargs: Any) -> None: ...

class GRU(_RNNLayer):
    def __init__(self, hidden_size: int, num_layers: int = ..., **kwargs: Any) -> None: ...
