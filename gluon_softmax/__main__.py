"""``python -m gluon_softmax`` is the command line ``gluon-softmax``."""

from __future__ import annotations

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
