"""Which changes of the source do the tests notice? They are made one by one, tested and counted.

    python scripts/mutants.py --sample 200 --seed 0
    python scripts/mutants.py --files 'gluon_softmax/vocabulary/*.py'

For each change the tests of its file run, ``tests/ROOM/test_FILE*.py``, and if these pass those of its room.
They run in a copy of the repository, in processes forked from one that has MXNet imported. Needs Python 3.9.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Iterable, NamedTuple

from mutants_ast import Mutant, mutants_of, mutated

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT = ROOT / "scripts" / "mutants_equivalent.txt"
_TIMEOUT_FACTOR, _TIMEOUT_MORE_S = 4.0, 20.0  # beyond what the tests take on the source as it is
_FIRST_TIMEOUT_S = 900.0

# Files to mutate, and the tests that run where those of the file alone pass.
ROOMS: dict[str, tuple[str, ...]] = {
    "gluon_softmax/vocabulary/*.py": ("tests/vocabulary", "tests/output_layers"),
    "gluon_softmax/output_layers/*.py": ("tests/output_layers", "tests/models/test_skip_gram*.py"),
    "gluon_softmax/fused/*.py": ("tests/fused", "tests/output_layers", "tests/training/test_loop*.py"),
    "gluon_softmax/data/*.py": ("tests/data", "tests/training/test_loop*.py"),
    "gluon_softmax/training/checkpoint*.py": ("tests/training", "tests/runs"),
}
_OTHERS = ("tests/test_cli*.py",)  # last, for every room


class Result(NamedTuple):
    """`by` says what noticed the change, None if nothing did."""

    mutant: Mutant
    by: str | None


class Worker:
    """A process of ``mutants_worker.py`` with a copy of the repository of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _copy_repository(folder)
        environment = {
            **os.environ,
            "PYTHONPATH": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
            "MPLBACKEND": "agg",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / ".hypothesis"),
        }
        command = [sys.executable, str(ROOT / "scripts" / "mutants_worker.py")]
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._baselines: dict[tuple[str, ...], float] = {}
        imported = json.loads(_line(self._process.stdout))["ready"]
        rooms = {name.split(".")[1] for name in imported if name.count(".") > 1}
        if rooms & {"vocabulary", "output_layers", "fused", "data", "training"}:
            raise RuntimeError(f"the worker imports what is to be mutated: {', '.join(imported)}")

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def test(self, mutant: Mutant, source: str) -> Result:
        """Make the change in the copy, run the tests, undo it."""
        path = self.folder / mutant.file
        try:
            for tests in filter(None, test_sets(mutant.file)):
                limit = self._limit(tests)
                path.write_text(mutated(source, mutant), "utf-8")
                rc = self._run(tests, limit)
                path.write_text(source, "utf-8")
                if rc != 0:
                    return Result(mutant, "time limit" if rc is None else " ".join(tests))
        finally:
            path.write_text(source, "utf-8")
        return Result(mutant, None)

    def _limit(self, tests: tuple[str, ...]) -> float:
        """Seconds that the tests may take; RuntimeError if they do not pass on the source as it is."""
        if tests not in self._baselines:
            begun = time.monotonic()
            rc = self._run(tests, _FIRST_TIMEOUT_S)
            if rc != 0:
                raise RuntimeError(f"without any change pytest ends with {rc}: {' '.join(tests)}")
            self._baselines[tests] = time.monotonic() - begun
        return _TIMEOUT_FACTOR * self._baselines[tests] + _TIMEOUT_MORE_S

    def _run(self, tests: tuple[str, ...], timeout: float) -> int | None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"tests": tests, "timeout": timeout}) + "\n")
        self._process.stdin.flush()
        rc: int | None = json.loads(_line(self._process.stdout))["rc"]
        return rc


def _line(stream: IO[str] | None) -> str:
    line = stream.readline() if stream is not None else ""
    if not line:
        raise RuntimeError("the worker ended; its error is above")
    return line


def _copy_repository(folder: Path) -> None:
    """The files that git knows or would add, and the corpora."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for path in (ROOT / "data").glob("*.zip"):
        if not (folder / "data" / path.name).exists():
            (folder / "data" / path.name).symlink_to(path)


def test_sets(file: str) -> list[tuple[str, ...]]:
    """The tests of a file alone, those of its room without them, and the command line's."""
    path = Path(file)
    tests = f"tests/{path.parent.name}/test_{path.stem}"
    own = _expand([f"{tests}.py", f"{tests}_*.py"])
    wider = next(tests for pattern, tests in ROOMS.items() if fnmatch.fnmatch(file, pattern))
    room = tuple(name for name in _expand(wider) if name not in own)
    return [own, room, tuple(name for name in _expand(_OTHERS) if name not in room)]


def _expand(patterns: Iterable[str]) -> tuple[str, ...]:
    found: list[str] = []
    for pattern in patterns:
        whole = f"{pattern}/test_*.py" if (ROOT / pattern).is_dir() else pattern
        found += (str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(whole)))
    return tuple(dict.fromkeys(found))


def read_equivalent(path: Path) -> dict[tuple[str, str, str], str]:
    """(file, source line, change) → why no test can notice it, from paragraphs of these four lines."""
    known = {}
    if path.exists():
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        for paragraph in "\n".join(lines).split("\n\n"):
            fields = [line.strip() for line in paragraph.strip().splitlines()]
            if fields:
                if len(fields) != 4:
                    raise ValueError(f"{path} takes file, source line, change and reason; got {fields}")
                known[fields[0], fields[1], fields[2]] = fields[3]
    return known


def key(mutant: Mutant) -> tuple[str, str, str]:
    """What a mutant is known by when lines move."""
    return mutant.file, mutant.line, mutant.change


def test_all(mutants: list[Mutant], num_workers: int) -> list[Result]:
    """Test the mutants on some workers; those of a file stay together, since its tests are timed once."""
    results: list[Result] = []
    errors: list[BaseException] = []
    waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    for mutant in mutants:
        waiting.put(mutant)
    sources = {file: (ROOT / file).read_text("utf-8") for file in {mutant.file for mutant in mutants}}
    begun = time.monotonic()

    def work(folder: Path) -> None:
        try:
            worker = Worker(folder)
            while not errors:
                mutant = waiting.get_nowait()
                result = worker.test(mutant, sources[mutant.file])
                results.append(result)
                fate = f"caught by {result.by[:60]}" if result.by else "SURVIVED"
                seconds = time.monotonic() - begun
                print(
                    f"{len(results)}/{len(mutants)} {seconds:.0f} s {_shown(mutant)}: {fate}", file=sys.stderr
                )
        except queue.Empty:
            worker.close()
        except BaseException as error:
            errors.append(error)

    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        threads = [
            threading.Thread(target=work, args=(Path(folder) / str(n),), daemon=True)
            for n in range(num_workers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
    return results


def _shown(mutant: Mutant) -> str:
    return f"{mutant.file}:{mutant.lineno}: {mutant.change}"


def table(results: list[Result]) -> str:
    """*file / mutants / caught / survived / share*."""
    files = sorted({result.mutant.file for result in results})
    rows = [(file, [r for r in results if r.mutant.file == file]) for file in files]
    lines = [f"{'file':<54}{'mutants':>8}{'caught':>8}{'survived':>9}{'share':>7}"]
    for name, of_file in [*rows, ("all", results)]:
        caught = sum(result.by is not None for result in of_file)
        share = f"{caught / len(of_file):.0%}" if of_file else "none"
        lines.append(f"{name:<54}{len(of_file):>8}{caught:>8}{len(of_file) - caught:>9}{share:>7}")
    return "\n".join(lines)


def main() -> int:
    """Make the mutants, test them, print the table and the survivors; 1 if any survived."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", metavar="GLOB", default="*", help="of the files that are mutated")
    parser.add_argument("--sample", type=int, metavar="N", help="this many at random (default: all)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="decides the sample (default: 0)")
    parser.add_argument(
        "--equivalent", type=Path, default=EQUIVALENT, metavar="FILE", help="mutants that no test can notice"
    )
    parser.add_argument(
        "--workers", type=int, default=2, metavar="N", help="processes that test (default: 2)"
    )
    parser.add_argument("--list", action="store_true", help="print the mutants and test none")
    args = parser.parse_args()
    files = [
        str(p.relative_to(ROOT)) for room in ROOMS for p in sorted(ROOT.glob(room)) if p.name != "__init__.py"
    ]
    chosen = [file for file in files if fnmatch.fnmatch(file, args.files)]
    mutants = [m for file in chosen for m in mutants_of(file, (ROOT / file).read_text("utf-8"))]
    known = read_equivalent(args.equivalent)
    stale = [name for name in known if name[0] in chosen and name not in {key(mutant) for mutant in mutants}]
    mutants = [mutant for mutant in mutants if key(mutant) not in known]
    if args.sample is not None and args.sample < len(mutants):
        kept = set(random.Random(args.seed).sample(range(len(mutants)), args.sample))
        mutants = [mutant for number, mutant in enumerate(mutants) if number in kept]
    for name in stale:
        print(f"equivalent, but not there any more: {' | '.join(name)}")
    if args.list:
        print("\n".join(map(_shown, mutants)))
        print(f"{len(mutants)} mutants of {len(chosen)} files")
        return 0
    results = test_all(mutants, args.workers)
    print(table(results))
    survivors = [result.mutant for result in results if result.by is None]
    for mutant in sorted(survivors):
        print(_shown(mutant))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
