"""Libraries that only some questions need: where one is missing, one sentence says what to install."""

from __future__ import annotations

import importlib
from typing import Any


def import_library(module: str, what: str, distribution: str = "") -> Any:
    """The module of a library; ImportError that says what to install for `what` where it is missing.

    Parameters
    ----------
    module : its name, "pyarrow.parquet".
    what : what it is needed for, "format parquet".
    distribution : what pip calls it; by default the module's first name.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = distribution or module.partition(".")[0]
        raise ImportError(
            f"{what} takes the library {name}, which `pip install {name}` brings; got {error}"
        ) from None
