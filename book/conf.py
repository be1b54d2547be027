"""The book's settings for Sphinx; `make book` puts the chapters, run, and docs/ beside this file and builds it."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

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
autodoc_typehints = "none"  # the docstrings say shapes and units, and the signature the types
autosummary_generate = True
napoleon_google_docstring = False
default_role = "py:obj"  # a name in `backquotes` is code, and a link where it is in the API
python_maximum_signature_line_length = 88

html_theme = "sphinx_book_theme"
html_title = "gluon_softmax"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
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


def _as_numpydoc(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Set the docstrings' two habits as Sphinx reads them.

    ``name : what it is`` on one line would pass for a type, so the text goes onto lines of its own; an indented
    block below a paragraph is a formula or code, not a quotation.
    """
    out: list[str] = []
    in_section = False
    in_block = False
    for i, line in enumerate(lines):
        indented = line.startswith(" ")
        if _RULE.match(line):
            in_section = True
        elif in_section and not line.strip() and i + 1 < len(lines) and not lines[i + 1].startswith(" "):
            following = lines[i + 2] if i + 2 < len(lines) else ""
            in_section = bool(_FIELD.match(lines[i + 1]) or _RULE.match(following))
        field = _FIELD.match(line)
        if in_section and field:
            out += [field[1], "    " + field[2]]
        elif indented and not in_section and not in_block and out and not out[-1].strip():
            before = next((one for one in reversed(out) if one.strip()), "")
            if not before.lstrip().startswith(("*", "-", "..")) and not before.rstrip().endswith("::"):
                out += ["::", ""]
            in_block = True
            out.append(line)
        else:
            in_block = in_block and (indented or not line.strip())
            out.append(line)
    lines[:] = out


def setup(app: Any) -> None:
    """Sphinx's hook; the docstrings are set before napoleon reads them."""
    app.connect("autodoc-process-docstring", _as_numpydoc, priority=100)
