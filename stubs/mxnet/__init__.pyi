from typing import Any

from . import autograd as autograd
from . import base as base
from . import context as context
from . import gluon as gluon
from . import init as init
from . import initializer as initializer
from . import ndarray as nd
from . import ndarray as ndarray
from . import numpy as np
from . import numpy as numpy
from . import numpy_extension as npx
from . import random as random
from . import symbol as sym
from . import symbol as symbol
from . import util as util
from .base import MXNetError as MXNetError
from .context import Context as Context
from .context import cpu as cpu
from .context import current_context as current_context
from .context import gpu as gpu

__version__: str
mod: Any
profiler: Any
optimizer: Any
runtime: Any
