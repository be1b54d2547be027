"""The book's settings for Sphinx: `make book` puts the chapters and docs/ beside this file and builds all."""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from sphinx.util import inspect as sphinx_inspect

ROOT = Path(os.environ["BOOK_ROOT"])  # the clone: this file is read from a copy in build/
sys.path.insert(0, str(ROOT))

project = "gluon_softmax"
author = "the gluon_softmax authors"
copyright = author
version = release = re.findall(
    r'^__version__ = "(.+)"', (ROOT / "gluon_softmax" / "__init__.py").read_text(encoding="utf-8"), re.M
)[0]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx-mathjax-offline",  # MathJax and its fonts are part of the site
]
templates_path = ["_templates"]
exclude_patterns = ["_templates"]

# The chapters come with their outputs: the project's environment ran them.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "substitution", "colon_fence"]
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]  # indented blocks of shell and Python alike

# The API comes from the docstrings alone: MXNet and what d2l brings are not installed here.
autodoc_mock_imports = ["mxnet", "d2l", "matplotlib", "IPython", "tqdm", "requests"]
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say types where shapes and units do not
toc_object_entries_show_parents = "hide"
autosummary_generate = True
napoleon_google_docstring = False
default_role = "py:obj"  # a name in `backquotes` is code, and a link where it is in the API
python_maximum_signature_line_length = 88

html_theme = "sphinx_book_theme"
html_title = "gluon_softmax"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_favicon = "_static/book.svg"
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_persistent": [],  # the search stands in the sidebar
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def _measured() -> dict[str, str]:
    """The figures that `make bench` measured last, in three digits, for the pages that name them."""
    report = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    row = next(row for row in report["rows"] if row["name"] == "sg_ns_vs_d2l")
    return {
        "ours": _three_digits(row["ours"]),
        "loop": _three_digits(row["peer"]),
        "ratio": f"{row['ratio']:.0f}",
        "processor": report["machine"]["processor"],
    }


def _three_digits(value: float) -> str:
    return f"{float(f'{value:.3g}'):,.0f}"


myst_substitutions = _measured()

_FIELD = re.compile(r"^(\w[\w, *]*) : (.+)$")
_RULE = re.compile(r"^-{3,}$")


def _ends_section(lines: list[str], i: int) -> bool:
    """Whether a section of fields ends at the blank line i: below it stand neither fields nor a heading."""
    following = [*lines[i + 1 : i + 3], "", ""]
    return bool(following[0].strip()) and not (
        following[0].startswith(" ") or _FIELD.match(following[0]) or _RULE.match(following[1])
    )


def _opens_block(out: list[str]) -> bool:
    """Whether an indented line below these begins a formula or code, and no list or directive goes on."""
    if not out or out[-1].strip():
        return False
    before = next((line.strip() for line in reversed(out) if line.strip()), "")
    return not before.startswith(("*", "-", "..")) and not before.endswith("::")


def _as_numpydoc(_app: Any, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Set the docstrings' three habits as Sphinx reads them.

    ``name : what it is`` on one line would pass for a type, so the text goes onto lines of its own; an
    indented block below a paragraph is a formula or code, not a quotation; and a section of fields ends where
    prose begins.
    """
    out: list[str] = []
    in_section = in_block = False
    for i, line in enumerate(lines):
        if _RULE.match(line):
            in_section = True
        elif in_section and not line.strip() and _ends_section(lines, i):
            in_section = False
            out.append("")  # a section ends at two blank lines
        field = _FIELD.match(line) if in_section else None
        if line.strip() and not line.startswith(" "):
            in_block = False
        elif line.strip() and not in_section and not in_block:
            in_block = True
            if _opens_block(out):
                out += [".. code-block:: text", ""]
        out += [field[1], "    " + field[2]] if field else [line]
    lines[:] = out


def _own_signature(
    _app: Any, what: str, _name: str, obj: Any, _options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """The signature of a class by its own ``__init__``: the ``__new__`` of a stand-in takes anything."""
    if what != "class" or not inspect.isfunction(obj.__init__):
        return signature, returns
    own = sphinx_inspect.signature(obj.__init__, bound_method=True)
    return sphinx_inspect.stringify_signature(own, show_annotation=False), returns


def setup(app: Any) -> None:
    """Sphinx's hook; the docstrings are set before napoleon reads them."""
    app.connect("autodoc-process-docstring", _as_numpydoc, priority=100)
    app.connect("autodoc-process-signature", _own_signature)
