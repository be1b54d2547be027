"""Which changes of the source do the tests notice? They are made one by one, tested and counted.

    python scripts/mutants.py --sample 200 --seed 0
    python scripts/mutants.py --files 'gluon_softmax/vocabulary/*.py'

The quick tests run once to see which of them reach which line. Then a change meets the tests that reach its
line, the fastest first and those of its own file, ``tests/ROOM/test_FILE*.py``, before others, for half a
minute at most. They run in a copy of the repository, in processes forked from one that has MXNet imported.
Needs Python 3.10.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import json
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Callable, NamedTuple, Sequence

from mutants_ast import Mutant, mutants_of, mutated
from mutants_reach import Reach

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT = ROOT / "scripts" / "mutants_equivalent.txt"
_TIMEOUT_FACTOR, _TIMEOUT_MORE_S = 4.0, 20.0  # beyond what the tests take on the source as it is
_FIRST_TIMEOUT_S = 3600.0

ROOMS = (
    "gluon_softmax/vocabulary/*.py",
    "gluon_softmax/output_layers/*.py",
    "gluon_softmax/fused/*.py",
    "gluon_softmax/data/*.py",
    "gluon_softmax/training/*.py",
)


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
        imported = json.loads(_line(self._process.stdout))["ready"]
        rooms = {name.split(".")[1] for name in imported if name.count(".") > 1}
        if rooms & {"vocabulary", "output_layers", "fused", "data", "training"}:
            raise RuntimeError(f"the worker imports what is to be mutated: {', '.join(imported)}")

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def measure(self, files: Sequence[str], out: Path) -> None:
        """Write which lines each test of these files reaches."""
        rc = self._ask({"tests": files, "timeout": _FIRST_TIMEOUT_S, "reach": str(out)})
        if not out.exists():
            raise RuntimeError(f"without any change pytest ends with {rc}: {' '.join(files)}")

    def test(self, mutant: Mutant, source: str, reach: Reach) -> Result:
        """Make the change in the copy, run the tests that reach it, undo it."""
        tests = reach.tests(mutant.file, mutant.lineno, source)
        if not tests:
            return Result(mutant, None)
        limit = _TIMEOUT_FACTOR * sum(reach.seconds[test] for test in tests) + _TIMEOUT_MORE_S
        path = self.folder / mutant.file
        try:
            path.write_text(mutated(source, mutant), "utf-8")
            rc = self._ask({"tests": tests, "timeout": limit})
        finally:
            path.write_text(source, "utf-8")
        if rc == 0:
            return Result(mutant, None)
        return Result(mutant, "time limit" if rc is None else f"one of {len(tests)} tests")

    def _ask(self, request: dict[str, object]) -> int | None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
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


def in_parallel(workers: Sequence[Worker], work: Callable[[Worker], None]) -> None:
    """Do the work in a thread per worker; the first error of any is raised."""
    with ThreadPoolExecutor(len(workers)) as pool:
        for future in [pool.submit(work, worker) for worker in workers]:
            future.result()


def measure_all(workers: Sequence[Worker], folder: Path) -> Reach:
    """Which lines the quick tests reach, their files dealt out to the workers as they ask."""
    waiting: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for path in sorted((ROOT / "tests").rglob("test_*.py"), key=lambda path: -path.stat().st_size):
        waiting.put(path.relative_to(ROOT))
    parts: list[Path] = []

    def work(worker: Worker) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                file = waiting.get_nowait()
                out = folder / f"{'-'.join(file.parts)}.json"
                worker.measure([str(file)], out)
                parts.append(out)

    in_parallel(workers, work)
    return Reach.read(parts)


def measured(kept: Path | None, workers: Sequence[Worker], folder: Path) -> Reach:
    """What was measured before, if it was kept; else it is measured, and kept."""
    if kept is not None and kept.exists():
        return Reach.read([kept])
    reach = measure_all(workers, folder)
    if kept is not None:
        reach.write(kept)
    return reach


def test_all(workers: Sequence[Worker], mutants: list[Mutant], reach: Reach) -> list[Result]:
    """Test each mutant on a worker that is free."""
    results: list[Result] = []
    waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    for mutant in mutants:
        waiting.put(mutant)
    sources = {file: (ROOT / file).read_text("utf-8") for file in {mutant.file for mutant in mutants}}
    begun = time.monotonic()

    def work(worker: Worker) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                mutant = waiting.get_nowait()
                result = worker.test(mutant, sources[mutant.file], reach)
                results.append(result)
                fate = f"caught by {result.by}" if result.by else "SURVIVED"
                seconds = time.monotonic() - begun
                print(
                    f"{len(results)}/{len(mutants)} {seconds:.0f} s {_shown(mutant)}: {fate}", file=sys.stderr
                )

    in_parallel(workers, work)
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
    parser.add_argument(
        "--reach", type=Path, metavar="FILE", help="keeps which tests reach which line, for the next call"
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
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        workers = [Worker(Path(folder) / str(number)) for number in range(args.workers)]
        reach = measured(args.reach, workers, Path(folder))
        print(f"{len(reach.seconds)} tests reach {len(reach.lines)} files", file=sys.stderr)
        results = test_all(workers, mutants, reach)
        for worker in workers:
            worker.close()
    print(table(results))
    survivors = [result.mutant for result in results if result.by is None]
    for mutant in sorted(survivors):
        print(_shown(mutant))
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
