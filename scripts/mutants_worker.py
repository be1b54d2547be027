"""The process that tests mutants: it has MXNet imported, and forks a child for each run of pytest.

One JSON object per line on stdin asks for a run, ``{"tests": [...], "timeout": seconds}``; one on stdout
answers, ``{"rc": pytest's exit code or null at the time limit, "seconds": ...}``. With ``"reach": FILE`` the
lines that the tests reach are written there (`mutants_reach.py`). It works in a copy of the repository, in
which the mutated file is written by `mutants.py`. Before the fork `backend` is all that is imported of the
package, and MXNet's engine has done nothing yet.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import time
import traceback

import mutants_reach

_IMPORTED_ONCE = (
    "gluon_softmax.backend",
    "d2l.mxnet",
    "matplotlib.pyplot",
    "pytest",
    "coverage",
    "hypothesis",
    "numpy.testing",
)
_QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # of what is imported once
_POLL_S = 0.01


def main() -> None:
    """Answer requests until stdin ends."""
    sys.dont_write_bytecode = True
    sys.path[0] = os.getcwd()
    for name in _IMPORTED_ONCE:
        with contextlib.suppress(ImportError):  # a test that needs it says so
            importlib.import_module(name)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(2, 1)
    print(
        json.dumps({"ready": sorted(m for m in sys.modules if m.startswith("gluon_softmax"))}),
        file=answers,
        flush=True,
    )
    for line in sys.stdin:
        request = json.loads(line)
        print(
            json.dumps(_run(request["tests"], request["timeout"], request.get("reach"))),
            file=answers,
            flush=True,
        )


def _run(tests: list[str], timeout: float, reach: str | None) -> dict[str, object]:
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        _child(tests, reach)
    while time.monotonic() - begun < timeout:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            rc = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
            return {"rc": rc, "seconds": time.monotonic() - begun}
        time.sleep(_POLL_S)
    os.killpg(child, signal.SIGKILL)  # with the processes that a test started
    os.waitpid(child, 0)
    return {"rc": None, "seconds": timeout}


def _child(tests: list[str], reach: str | None) -> None:
    os.setsid()
    import pytest

    code = 70
    try:
        silence = os.open(os.environ.get("MUTANTS_LOG", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if reach:
            code = mutants_reach.measure([*_QUIET, *tests], reach)
        else:
            files = dict.fromkeys(test.split("::")[0] for test in tests)
            choose = mutants_reach.Choose(tests)
            code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *_QUIET, *files], plugins=[choose]))
        sys.stdout.flush()
    except BaseException:  # of pytest itself; the log may say more
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)  # MXNet's own end of a forked process may hang


if __name__ == "__main__":
    main()
