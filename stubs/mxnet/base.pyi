from typing import Any, Sequence

class MXNetError(RuntimeError): ...

_LIB: Any
NDArrayHandle: Any
MXCallbackList: Any

def check_call(status: Any) -> None: ...
def c_handle_array(arrays: Sequence[Any]) -> Any: ...
