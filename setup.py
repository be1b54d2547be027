"""Packaging: what to install on each Python, and the embedded corpus inside the wheel.

MXNet 1.9.1 is the last release and d2l pins old versions of much else, so a bare `pip install mxnet d2l` can
search for minutes. The versions here let pip resolve in one pass on every Python from 3.8 to 3.12.
"""

import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
CORPUS = ROOT / "data" / "mini_ptb.zip"

REQUIRES = [
    "mxnet==1.9.1",
    "tqdm",
    "ipython<9",  # d2l draws through names that IPython 9 dropped: backend2gui, set_matplotlib_formats
    # Python 3.8 to 3.11: d2l 1.0.3 pins these; named here, pip knows them before it looks at anything else.
    'd2l==1.0.3; python_version < "3.12"',
    'numpy==1.23.5; python_version < "3.12"',
    'matplotlib==3.7.2; python_version < "3.12"',
    'contourpy<1.3.3; python_version >= "3.10" and python_version < "3.12"',  # 1.3.3 wants a newer NumPy
    # Python 3.12: NumPy 1.23 does not run there; d2l 0.17.0 is the last release that pins nothing.
    'd2l==0.17.0; python_version >= "3.12"',
    'numpy==1.26.4; python_version >= "3.12"',
    'setuptools<85; python_version >= "3.12"',  # brings back distutils, which MXNet imports
    # The newest of these that were seen to work beside NumPy 1.26; later ones want NumPy 2.
    'matplotlib>=3.7,<3.12; python_version >= "3.12"',
    'pandas>=2.1,<3.1; python_version >= "3.12"',
    'contourpy>=1.2,<1.3.4; python_version >= "3.12"',
]

TEST = [
    'coverage==7.13.0; python_version >= "3.10"',  # for `make mutants`
    'gensim==4.4.0; python_version >= "3.10"',
    'scipy==1.10.1; python_version >= "3.10" and python_version < "3.12"',
    'scipy==1.17.1; python_version >= "3.12"',
    'hypothesis<7; python_version >= "3.10"',
    "ipykernel",
    'jupytext==1.19.6; python_version >= "3.10"',
    'mypy==2.4.1; python_version >= "3.10"',
    "nbconvert",
    'pytest==9.2.0; python_version >= "3.10"',
    "ruff==0.17.6",
]


EXTRAS = {
    "map": ["umap-learn>=0.5,<0.6"],  # brings scikit-learn, so t-SNE too
    "gensim": ['gensim>=4.3,<5; python_version >= "3.9"', "gensim>=4.3,<4.4; python_version < '3.9'"],
    "formats": [
        "safetensors",  # without it the same bytes are written in a few lines
        "pyarrow<22",  # the last that takes NumPy 1
    ],
    "datasets": ["datasets<4", "pyarrow<22"],  # later ones want a pyarrow that wants NumPy 2
}


def pinned(version: str, suffix: str = "") -> list:
    """The lines of requirements/python{version}{suffix}.txt, each under its Python's marker."""
    lines = (ROOT / "requirements" / f"python{version}{suffix}.txt").read_text(encoding="utf-8").splitlines()
    return [f'{line}; python_version == "{version}"' for line in lines if line and not line.startswith("#")]


class BuildWithCorpus(build_py):
    """Puts data/mini_ptb.zip, and nothing else of data/, into the wheel, under gluon_softmax/data/."""

    def run(self) -> None:
        """Copy the corpus after the sources; an editable install reads the clone's."""
        super().run()
        if not getattr(self, "editable_mode", False):  # an editable install reads the clone's data/
            target = Path(self.build_lib) / "gluon_softmax" / "data"
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CORPUS, target / CORPUS.name)


INIT = (ROOT / "gluon_softmax" / "__init__.py").read_text(encoding="utf-8")

setup(
    name="gluon_softmax",
    version=re.search(r'^__version__ = "(.+)"$', INIT, re.MULTILINE).group(1),
    description="Training over large vocabularies without scoring all of them, in MXNet Gluon",
    license="MIT",
    python_requires=">=3.8,<3.13",
    packages=find_packages(include=["gluon_softmax", "gluon_softmax.*"]),
    package_data={
        "gluon_softmax.coursework": ["exercises/order.txt", "exercises/*/*"],
        "gluon_softmax.pictures": ["page/*"],  # what the map's page is made of
    },
    install_requires=REQUIRES + pinned("3.8") + pinned("3.9"),
    extras_require={**EXTRAS, "test": TEST + pinned("3.8", "-test") + pinned("3.9", "-test")},
    entry_points={"console_scripts": ["gluon-softmax = gluon_softmax.cli:main"]},
    cmdclass={"build_py": BuildWithCorpus},
)
