from typing import Any

from ..block import HybridBlock

class _RNNLayer(HybridBlock):
    _hidden_size: int
    _mode: str
    def _forward_kernel(
        self, F: Any, inputs: Any, states: Any, sequence_length: Any, **kwargs: Any
    ) -> tuple[Any, Any]: ...

class RNN(_RNNLayer):
    def __init__(
        self,
        hidden_size: int,
        num_layers: int = ...,
        activation: str = ...,
        layout: str = ...,
        dropout: float = ...,
        bidirectional: bool = ...,
        i2h_weight_initializer: Any = ...,
        h2h_weight_initializer: Any = ...,
        i2h_bias_initializer: Any = ...,
        h2h_bias_initializer: Any = ...,
        input_size: int = ...,
        dtype: Any = ...,
        **kwargs: Any,
    ) -> None: ...

class LSTM(_RNNLayer):
    def __init__(
        self,
        hidden_size: int,
        num_layers: int = ...,
        layout: str = ...,
        dropout: float = ...,
        bidirectional: bool = ...,
        input_size: int = ...,
        i2h_weight_initializer: Any = ...,
        h2h_weight_initializer: Any = ...,
        i2h_bias_initializer: Any = ...,
        h2h_bias_initializer: Any = ...,
        projection_size: int | None = ...,
        h2r_weight_initializer: Any = ...,
        state_clip_min: float | None = ...,
        state_clip_max: float | None = ...,
        state_clip_nan: bool = ...,
        dtype: Any = ...,
        **kwargs: Any,
    ) -> None: ...

class GRU(_RNNLayer):
    def __init__(
        self,
        hidden_size: int,
        num_layers: int = ...,
        layout: str = ...,
        dropout: float = ...,
        bidirectional: bool = ...,
        input_size: int = ...,
        i2h_weight_initializer: Any = ...,
        h2h_weight_initializer: Any = ...,
        i2h_bias_initializer: Any = ...,
        h2h_bias_initializer: Any = ...,
        dtype: Any = ...,
        **kwargs: Any,
    ) -> None: ...
