"""Gluon's block takes no keywords and cannot always load its own file; here is one that does both.

- ``block(x, sample_weight=w)`` raised a TypeError, since Gluon 1 hands on arguments by position alone.
- ``load_parameters`` failed under ``npx.set_np()`` for a block without children: MXNet takes a file in which
  no name has a dot for one of its first format.
- Called with the symbols of a hybridized parent, a block that works on the host failed somewhere inside; here
  the error says what to do.
"""

from __future__ import annotations

import inspect
from typing import Any

from ..utils.object_checks import check_kind
from ..utils.types import Contexts
from .bootstrap import gluon, mx, npx
from .threads import use_numpy_arrays


class Block(gluon.HybridBlock):
    """``HybridBlock`` with these faults mended; what it saves and loads is the same.

    A subclass whose `forward` can be traced says so by ``traceable``.
    """

    traceable = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        use_numpy_arrays()
        _check_naming(**kwargs)
        super().__init__(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """``forward`` of these arguments, which may be keywords.

        Raises TypeError for symbols, which a hybridized parent gives, unless the block is traceable.
        """
        use_numpy_arrays()
        if kwargs:
            bound = inspect.signature(self.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args = bound.args
        if not self.traceable and _has_symbol(args):
            raise TypeError(
                f"{type(self).__name__} takes arrays, since it works on the host; got symbols, from a block "
                "that is hybridized: call that block without hybridize(), and hybridize the parts below the "
                f"{type(self).__name__} alone"
            )
        return super().__call__(*args)

    def load_parameters(
        self,
        filename: str,
        ctx: Contexts = None,
        allow_missing: bool = False,
        ignore_extra: bool = False,
        cast_dtype: bool = False,
        dtype_source: str = "current",
    ) -> None:
        """Load what ``save_parameters`` wrote, with the arguments of ``HybridBlock.load_parameters``.

        Raises ValueError for a file that lacks a parameter of a block without children, unless
        `allow_missing`, or that has others, unless `ignore_extra`.
        """
        loaded = npx.load(filename)
        own = self._collect_params_with_prefix()
        if not isinstance(loaded, dict) or any("." in name for name in [*loaded, *own]):
            super().load_parameters(filename, ctx, allow_missing, ignore_extra, cast_dtype, dtype_source)
            return
        missing, extra = sorted(set(own) - set(loaded)), sorted(set(loaded) - set(own))
        if (missing and not allow_missing) or (extra and not ignore_extra):
            raise ValueError(
                f"filename takes a file with the parameters {', '.join(sorted(own))}; "
                f"got {', '.join(sorted(loaded))} in {filename}"
            )
        for name in set(own) & set(loaded):
            own[name]._load_init(loaded[name], ctx, cast_dtype=cast_dtype, dtype_source=dtype_source)


def _check_naming(prefix: object = None, params: object = None, **_: object) -> None:
    """Gluon's own keywords, which it uses without a look at them."""
    if prefix is not None:
        check_kind("prefix", prefix, str, "a string or None")
    if params is not None:
        check_kind("params", params, gluon.ParameterDict, "another block's params or None")


def _has_symbol(args: object) -> bool:
    if isinstance(args, (list, tuple)):
        return any(map(_has_symbol, args))
    return isinstance(args, mx.sym.Symbol)
