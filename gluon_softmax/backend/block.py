"""``load_parameters`` fails under ``npx.set_np()`` for a block without children; this block loads its file.

MXNet takes a file in which no name has a dot for one of its first format.
"""

from __future__ import annotations

from ..utils.types import Contexts
from .bootstrap import gluon, npx


class Block(gluon.HybridBlock):
    """``HybridBlock`` with that one fault mended; what it saves and loads is the same."""

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
