from typing import Any, Sequence

class MXNetError(RuntimeError): ...

_LIB: Any
NDArrayHandle: Any
MXCallbackList: Any

def check_call(ret: int) -> None: ...
def c_handle_array(objs: Sequence[Any]) -> Any: ...
