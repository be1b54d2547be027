"""What is installed on which Python, what the wheel carries, and which Python `make` takes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = "gluon_softmax/coursework/exercises"
PYTHONS = ["3.8", "3.9", "3.10", "3.11", "3.12"]


READ_SETUP = """
import json, runpy, setuptools
setuptools.setup = lambda install_requires, extras_require, **rest: print(
    json.dumps([install_requires, extras_require["test"]])
)
runpy.run_path("setup.py")
"""


@pytest.fixture(scope="module")
def requires() -> tuple[list[str], list[str]]:
    """What setup.py asks for, and what its extra `test` adds."""
    # In a process of its own: setuptools complains when it is imported after distutils, which MXNet imports.
    done = subprocess.run(
        [sys.executable, "-c", READ_SETUP], cwd=ROOT, check=True, capture_output=True, text=True
    )
    core, test = json.loads(done.stdout)
    return core, test


def on(python: str, lines: list[str]) -> dict[str, list[str]]:
    """The version specifiers that apply on that Python, by distribution."""
    chosen: dict[str, list[str]] = {}
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"python_version": python, "extra": ""}):
            chosen.setdefault(requirement.name.lower(), []).append(str(requirement.specifier))
    return chosen


@pytest.mark.parametrize("python", PYTHONS)
def test_each_python_gets_one_mxnet_one_d2l_and_a_numpy_that_both_take(
    requires: tuple[list[str], list[str]], python: str
) -> None:
    chosen = on(python, requires[0])
    d2l, numpy = ("==0.17.0", "==1.26.4") if python == "3.12" else ("==1.0.3", "==1.23.5")
    assert set(chosen["mxnet"]) == {"==1.9.1"}
    assert set(chosen["d2l"]) == {d2l}
    assert set(chosen["numpy"]) == {numpy}
    assert any("<9" in one or one.startswith("==8.") for one in chosen["ipython"])
    exact = {name: {one for one in found if one.startswith("==")} for name, found in chosen.items()}
    assert {name: found for name, found in exact.items() if len(found) > 1} == {}


@pytest.mark.parametrize("python", PYTHONS)
def test_each_python_gets_every_tool_once(requires: tuple[list[str], list[str]], python: str) -> None:
    core, tools = (on(python, lines) for lines in requires)
    for name in ("pytest", "hypothesis", "mypy", "ruff", "jupytext", "gensim"):
        assert len(set(tools[name])) == 1, name
    assert {name for name in tools if name in core} <= {"ipykernel", "nbconvert"}
    assert "setuptools" in core if python == "3.12" else "setuptools" not in core


def test_wheel_carries_every_subpackage_and_of_data_only_the_embedded_corpus(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("gluon_softmax", "requirements"):
        shutil.copytree(ROOT / name, clone / name, ignore=ignore)
    for name in ("setup.py", "pyproject.toml", "MANIFEST.in", "LICENSE"):
        shutil.copy(ROOT / name, clone / name)
    (clone / "data").mkdir()
    with zipfile.ZipFile(clone / "data" / "mini_ptb.zip", "w") as archive:
        archive.writestr("train.txt", "chip makers said <unk>\n")
    (clone / "data" / "ptb.zip").write_bytes(b"a download, not ours to ship")
    (clone / "data" / "make_mini_ptb.py").write_text("raise SystemExit\n")

    subprocess.run(
        [sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", str(tmp_path / "lib")],
        cwd=clone, check=True, capture_output=True,
    )  # fmt: skip

    lib = tmp_path / "lib"
    built = {str(path.relative_to(lib)) for path in lib.rglob("*") if path.is_file()}
    sources = {str(path.relative_to(clone)) for path in (clone / "gluon_softmax").rglob("*.py")}
    page = {f"gluon_softmax/pictures/page/map.{kind}" for kind in ("html", "css", "js")}
    assert built == sources | page | {"gluon_softmax/data/mini_ptb.zip", f"{EXERCISES}/order.txt"}
    assert {f"gluon_softmax/{name}/__init__.py" for name in ("output_layers", "models", "data")} <= built
    copy = (lib / "gluon_softmax" / "data" / "mini_ptb.zip").read_bytes()
    assert copy == (clone / "data" / "mini_ptb.zip").read_bytes()
    assert exercise(lib, tmp_path, "start", "work", "masked_bce") == 0
    assert exercise(lib, tmp_path, "check", "work") == 1
    solution = (ROOT / EXERCISES / "masked_bce" / "solution.py").read_bytes()
    (tmp_path / "work" / "masked_bce.py").write_bytes(solution)
    assert exercise(lib, tmp_path, "check", "work") == 0


def exercise(lib: Path, folder: Path, *argv: str) -> int:
    """The exit code of ``gluon-softmax exercise`` as it was built, in an empty environment."""
    command = [sys.executable, "-m", "gluon_softmax", "exercise", *argv]
    done = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(lib)}, check=False, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.returncode


class Shelf:
    """A folder to be the whole PATH, with stand-ins for the Pythons of a machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        for tool in ("sh", "rm", "mkdir", "env"):
            (folder / "bin" / tool).symlink_to(str(shutil.which(tool)))

    def put(self, name: str, script: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def put_python(self, name: str, version: str) -> None:
        """A real Python that says it is another version; `-m venv` only notes who was asked."""
        major, minor = version.split(".")[:2]
        preamble = f"import sys; sys.version_info = ({major}, {minor}, 0); "
        self.put(
            name,
            f'case "$1" in -c) exec "{sys.executable}" -c "{preamble}$2";; '
            f'--version) echo "Python {version}";; '
            f'-m) mkdir -p "$3"; echo {name} > "$3/made-by";; esac',
        )

    def make(self, *asked: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(ROOT / "scripts" / "make_venv.sh"), str(self.folder / "venv"), *asked],
            env={"PATH": str(self.folder / "bin")}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    @property
    def made_by(self) -> str | None:
        made = self.folder / "venv" / "made-by"
        return made.read_text().strip() if made.exists() else None


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


FAILING_SHIM = 'echo "pyenv: version not installed" >&2; exit 127'


def test_make_passes_over_a_shim_that_fails_and_versions_outside_the_range(shelf: Shelf) -> None:
    shelf.put("python3.11", FAILING_SHIM)
    shelf.put("python3.10", "exit 1")
    shelf.put_python("python3.9", "3.13.0")
    shelf.put_python("python3.12", "3.12.4")
    shelf.put_python("python3", "3.8.2")
    done = shelf.make()
    assert (done.returncode, shelf.made_by) == (0, "python3.12"), done.stderr


def test_make_takes_plain_python3_when_its_version_fits(shelf: Shelf) -> None:
    shelf.put_python("python3", "3.8.2")
    assert shelf.make().returncode == 0
    assert shelf.made_by == "python3"


@pytest.mark.parametrize("version", ["3.13.0", "3.14.1", "3.7.16", "2.7.18"])
def test_make_asks_uv_where_only_another_python_is_found(shelf: Shelf, version: str) -> None:
    shelf.put_python("python3", version)
    shelf.put("uv", 'test "$1" = venv || exit 0; echo "$@" > "$0.asked"')
    done = shelf.make()
    assert done.returncode == 0, done.stderr
    asked = (shelf.folder / "bin" / "uv.asked").read_text()
    assert re.match(r"venv --quiet --python 3\.11 --seed \S+/venv$", asked.strip())
    assert shelf.made_by is None


@pytest.mark.parametrize("found", [{}, {"python3": "3.13.0"}, {"python3": "3.6.9"}])
def test_make_says_in_one_sentence_what_to_install(shelf: Shelf, found: dict[str, str]) -> None:
    for name, version in found.items():
        shelf.put_python(name, version)
    done = shelf.make()
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(r"No usable Python 3\.8 to 3\.12 was found: install .*uv.*\.\n", done.stderr)
    assert not (shelf.folder / "venv").exists()


def test_make_takes_the_python_it_is_given_or_refuses_by_name(shelf: Shelf) -> None:
    shelf.put_python("python3.11", "3.11.9")
    shelf.put_python("mine", "3.9.1")
    shelf.put_python("newer", "3.13.0")
    assert shelf.make("mine").returncode == 0
    assert shelf.made_by == "mine"
    refused = shelf.make("newer")
    assert refused.returncode == 1
    assert "PYTHON=newer" in refused.stderr
    assert shelf.made_by == "mine"  # the environment that works is kept


@pytest.mark.parametrize(
    "script", sorted([*ROOT.glob("chapters/*.py"), *ROOT.glob("benchmarks/*.py")]), ids=lambda p: p.name
)
def test_scripts_take_mxnet_from_the_package_which_mends_it_first(script: Path) -> None:
    """A script that imports MXNet itself fails on NumPy 1.24 and later, unless the package came before it."""
    for line in script.read_text(encoding="utf-8").splitlines():
        assert not line.startswith(("import mxnet", "from mxnet", "import d2l", "from d2l")), line
