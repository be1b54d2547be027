from .initializer import Constant as Constant
from .initializer import Initializer as Initializer
from .initializer import Normal as Normal
from .initializer import One as One
from .initializer import Uniform as Uniform
from .initializer import Xavier as Xavier
from .initializer import Zero as Zero
from .initializer import create as create
