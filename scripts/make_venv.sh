#!/bin/sh
# Makes a virtual environment with a Python that MXNet 1.9.1 and d2l run on (3.8 to 3.12).
# usage: make_venv.sh FOLDER [PYTHON]
# Without PYTHON: the first on the PATH that really runs and can make an environment (a pyenv shim may exist and fail;
# Debian's python3 may come without ensurepip); else one that uv brings; else one sentence, and exit code 1.
set -eu
folder=$1
asked=${2:-}

suits() {  # suits PYTHON: it runs, is 3.8 to 3.12, and can make an environment with pip
    "$1" -c 'import sys; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1 &&
        "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

make_with() {
    echo "making $folder with $("$1" --version 2>&1) ($1)"
    rm -rf "$folder"
    "$1" -m venv "$folder"
}

if [ -n "$asked" ]; then
    if suits "$asked"; then
        make_with "$asked"
        exit 0
    fi
    echo "PYTHON=$asked does not run, is not Python 3.8 to 3.12, or lacks the venv module: give another one." >&2
    exit 1
fi

for name in python3.11 python3.10 python3.9 python3.12 python3.8 python3; do
    if suits "$name"; then
        make_with "$name"
        exit 0
    fi
done

if uv --version >/dev/null 2>&1; then
    echo "no Python 3.8 to 3.12 with venv on the PATH: making $folder with a Python 3.11 through uv"
    rm -rf "$folder"
    exec uv venv --quiet --python 3.11 --seed "$folder"
fi

echo "No usable Python 3.8 to 3.12 was found: install one with its venv module" \
    "(Debian, Ubuntu: sudo apt install python3-venv), or install uv and run make again." >&2
exit 1
