"""The processes that check a class, a student at a time; one that a student ended is begun anew."""

from __future__ import annotations

import contextlib
import json
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Callable, Iterator, Mapping, Sequence

from ..utils.errors import ExerciseError
from .ladder import NOT_YET, Verdict
from .report_worker import Setting
from .start import environment_of

_ENDS_S = 30.0
Rows = Mapping[str, Sequence[Mapping[str, object]]]  # by student, one for each exercise


def all_rows(
    setting: Setting,
    students: Sequence[str],
    names: Sequence[str],
    workers: int,
    say: Callable[[int, int], object],
) -> Rows:
    """Have the students checked, some at a time; a thread for each worker does nothing but wait for it."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for student in students:
        waiting.put(student)
    rows: dict[str, list[Mapping[str, object]]] = {}
    failed: list[BaseException] = []
    stop = threading.Event()

    def work(worker: _Worker) -> None:
        try:
            with contextlib.closing(worker), contextlib.suppress(queue.Empty):
                while not stop.is_set():
                    student = waiting.get_nowait()
                    rows[student] = list(worker.check(student, names))
                    say(len(rows), len(students))
        except BaseException as error:
            failed.append(error)

    every = [_Worker(setting) for _ in range(workers)]
    threads = [threading.Thread(target=work, args=[worker]) for worker in every]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:  # after Ctrl-C too
        stop.set()
        for worker in every:
            worker.terminate()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
    return rows


class _Worker:
    """A `report_worker`, begun anew when a student's file has ended it."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._process: subprocess.Popen[str] | None = None

    def check(self, student: str, names: Sequence[str]) -> Iterator[Mapping[str, object]]:
        """Yield a row for each exercise."""
        process = self._start() if self._process is None else self._process
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(student), file=process.stdin, flush=True)
        lost = False
        for name in names:
            line = "" if lost else process.stdout.readline()
            lost = not line
            yield _lost(name) if lost else json.loads(line)
        if lost:
            self.close()

    def terminate(self) -> None:
        """Have the process end, if it has not."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """End the process, which ends what it has started."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(_ENDS_S)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()

    def _start(self) -> subprocess.Popen[str]:
        setting = json.dumps(self._setting._asdict())
        with tempfile.TemporaryFile("w+") as said:  # MXNet says much that no teacher asks for
            process = subprocess.Popen(
                [sys.executable, "-m", "gluon_softmax.coursework.report_worker", setting],
                env=environment_of(Path.cwd(), alone=False),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                start_new_session=True,
            )
            self._process = process
            assert process.stdout is not None
            if not process.stdout.readline():
                said.seek(0)
                last = (said.read().strip().splitlines() or ["it says nothing"])[-1]
                raise ExerciseError(f"the process that checks cannot start: {last}")
        return process


def _lost(name: str) -> Mapping[str, object]:
    why = "the checker was ended while it checked this folder"
    return {**Verdict(name, NOT_YET, "it runs", why)._asdict(), "apart": None}
