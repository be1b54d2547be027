#!/bin/sh
# Runs the quick tests on every Python from 3.8 to 3.12 that is found, each in its own .venv-3.x; fails if any fails or none is found.
# usage: test_pythons.sh MAKE
make=${1:-make}

find_python() {  # find_python 3.x: prints one that runs and is that version, from the PATH or from pyenv
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        if "$candidate" -c "import sys, ensurepip, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
}

summary=""
failed=0
tested=0
for version in 3.8 3.9 3.10 3.11 3.12; do
    python=$(find_python $version)
    if [ -z "$python" ]; then
        summary="$summary\nPython $version: not found"
        continue
    fi
    tested=$((tested + 1))
    if "$make" --no-print-directory test VENV=".venv-$version" PYTHON="$python"; then
        summary="$summary\nPython $version: passed"
    else
        summary="$summary\nPython $version: FAILED"
        failed=1
    fi
done
printf '%b\n' "$summary"
if [ $tested -eq 0 ]; then
    echo "No Python from 3.8 to 3.12 was found." >&2
    exit 1
fi
exit $failed
