"""Build the book, a static site in build/book/site: ``python scripts/make_book.py [options of chapters]``.

Sphinx stands in an environment of its own, .venv-book. The Python that runs this script is the project's, and
runs the chapters as notebooks; one whose source, package and options are as they were is not run again.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Sequence

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "book"
VENV = ROOT / ".venv-book"
REQUIREMENTS = ROOT / "requirements" / "book.txt"
PYTHONS = (sys.executable, "python3.11", "python3.12")  # what the newest Sphinx and NumPy 1 both run on
SUITS = "import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))"
# The pages of docs/ show or name these files.
BESIDE_DOCS = ("benchmarks/results.json", "benchmarks/time_to_quality.png", "docs/map.png")


def run(*command: object, **environment: str) -> None:
    """Run a command in the clone; ends this script with its code if it fails."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)


def suits(python: str) -> bool:
    """Whether this Python is there, and can make the book's environment."""
    try:
        return subprocess.run([python, "-c", SUITS], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def book_python() -> Path:
    """The Python of the book's environment, which is made where it is missing or its requirements changed."""
    python, stamp = VENV / "bin" / "python", VENV / ".installed"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    maker = next(filter(suits, PYTHONS), None)
    if maker is None:
        sys.exit(
            "The book is built by Python 3.11 or 3.12, and neither was found: "
            "install one with its venv module."
        )
    print(f"installing Sphinx into {VENV.name} (a minute; the log is {VENV.name}/install.log)", flush=True)
    run(maker, "-m", "venv", "--clear", VENV)
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--log", VENV / "install.log", "--requirement", REQUIREMENTS)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def fingerprint(chapter: Path, arguments: Sequence[str]) -> str:
    """What decides a chapter's outputs: its source, the package's, and its options."""
    digest = hashlib.sha256(repr(list(arguments)).encode())
    for path in [chapter, *sorted((ROOT / "gluon_softmax").rglob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def execute(chapter: Path, arguments: Sequence[str]) -> Path:
    """Run a chapter as a notebook in the project's environment; its path."""
    notebook = BUILD / "notebooks" / f"{chapter.stem}.ipynb"
    stamp = notebook.with_suffix(".stamp")
    wanted = fingerprint(chapter, arguments)
    if notebook.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return notebook
    notebook.parent.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    begin = time.monotonic()
    jupytext = (sys.executable, "-m", "jupytext", "--quiet", "--to", "ipynb", "--set-kernel", "python3")
    run(
        *jupytext,
        "--execute",
        "--output",
        notebook,
        chapter,
        CHAPTER_ARGS=shlex.join(arguments),
        MPLBACKEND="agg",
    )
    # Pictures are named by where they lie in the clone, wherever that is.
    text = notebook.read_text(encoding="utf-8").replace(f"{ROOT}/", "")
    notebook.write_text(text, encoding="utf-8")
    stamp.write_text(wanted, encoding="utf-8")
    print(f"{chapter.stem}: {time.monotonic() - begin:.0f} s", flush=True)
    return notebook


def gather(notebooks: Sequence[Path]) -> Path:
    """Put the sources of the book together: book/, docs/ and the chapters with their outputs."""
    source = BUILD / "source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT / "book", source, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (*ROOT.glob("docs/*.md"), *(ROOT / name for name in BESIDE_DOCS)):
        target = source / path.relative_to(ROOT)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    (source / "chapters").mkdir()
    for notebook in notebooks:
        shutil.copyfile(notebook, source / "chapters" / notebook.name)
    return source


def main(arguments: Sequence[str]) -> None:
    """Build the site and say where it is."""
    python = book_python()
    source = gather([execute(chapter, arguments) for chapter in sorted(ROOT.glob("chapters/*.py"))])
    site = BUILD / "site"
    shutil.rmtree(site, ignore_errors=True)
    run(
        python, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going",
        "-d", BUILD / "doctrees", "-b", "html", source, site,
        BOOK_ROOT=str(ROOT),
    )  # fmt: skip
    print(f"the book: {site.relative_to(ROOT)}/index.html")


if __name__ == "__main__":
    main(sys.argv[1:])
