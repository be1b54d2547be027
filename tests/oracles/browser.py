"""A headless Chromium for the tests of pages: real clicks and keys, and every complaint of its console.

It is driven by the DevTools protocol over two pipes, which needs no library. Where there is no Chromium the
tests are skipped with a sentence that says so.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Mapping

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = (
    "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking", "--mute-audio",
)  # fmt: skip
_PATIENCE = 60.0  # seconds that an answer or a condition may take, on a machine that does much else
_KEYS = {"Enter": ("\r", 13), "Escape": ("", 27), "ArrowDown": ("", 40), "ArrowLeft": ("", 37)}


def find_chromium() -> str:
    """The program; skips the test where there is none."""
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    if found is None:
        pytest.skip("the page is tested in Chromium, which is not installed: apt-get install chromium")
    return found


class Browser:
    """One page of a headless Chromium; a context, which ends the browser.

    Attributes: `complaints`, the errors and warnings of the page's console, and `requests`, the addresses
    that were asked for.
    """

    def __init__(self, folder: Path, width: int = 1200, height: int = 760) -> None:
        command = [find_chromium(), *_FLAGS, f"--user-data-dir={folder}", "about:blank"]
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()

        def use_pipes() -> None:  # Chromium reads from 3 and writes to 4
            high = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_read, to_write)]
            for end, number in zip(high, (3, 4)):
                os.dup2(end, number)

        self._process = subprocess.Popen(
            command, close_fds=False, preexec_fn=use_pipes, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_read)
        os.close(to_write)
        self._buffer, self._number, self._session = b"", 0, ""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        try:
            self._attach(width, height)
        except BaseException:
            self.close()
            raise

    def _attach(self, width: int, height: int) -> None:
        targets = self._call("Target.getTargets")["targetInfos"]
        target = next(target for target in targets if target["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        self.resize(width, height)

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the browser."""
        with contextlib.suppress(OSError):
            os.close(self._write)  # the browser ends with its pipe
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)

    def _call(self, method: str, **params: object) -> Any:  # what the protocol answers depends on the method
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0.0, until - time.monotonic()))
            assert ready, "Chromium does not answer"
            content = os.read(self._read, 1 << 20)
            assert content, "Chromium ended"
            self._buffer += content
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, event: str, params: Mapping[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(str(details.get("exception", {}).get("description", details["text"])))
        elif event == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(str([argument.get("value") for argument in params["args"]]))
        elif event == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif event == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def resize(self, width: int, height: int) -> None:
        """The window's size in pixels."""
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=False,
        )  # fmt: skip

    def use_dark(self) -> None:
        """Be a browser whose user likes dark pages."""
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def open(self, address: str) -> None:
        """Open a page and wait until it is there."""
        self._call("Page.navigate", url="about:blank")
        self._call("Page.navigate", url=address)
        self.wait("location.href !== 'about:blank' && document.readyState === 'complete'")

    def evaluate(self, script: str) -> Any:  # whatever the script gives
        """The value of an expression in the page."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + _PATIENCE
        while not self.evaluate(condition):
            assert time.monotonic() < until, f"never true: {condition}"
            time.sleep(0.02)

    def click(self, x: float, y: float) -> None:
        """Press and release the left button at a point of the window."""
        self.move(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self._mouse(kind, x, y, button="left", clickCount=1)

    def click_on(self, selector: str, index: int = 0) -> None:
        """Click on the middle of an element."""
        x, y = self.evaluate(
            f"(() => {{ const one = document.querySelectorAll({json.dumps(selector)})[{index}];"
            "one.scrollIntoView({block: 'nearest'}); const box = one.getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        self.click(x, y)

    def move(self, x: float, y: float) -> None:
        """Move the mouse to a point, without a button."""
        self._mouse("mouseMoved", x, y)

    def drag(self, x: float, y: float, dx: float, dy: float) -> None:
        """Press the left button at a point, move the mouse, and release the button."""
        self.move(x, y)
        self._mouse("mousePressed", x, y, button="left", buttons=1, clickCount=1)
        for step in range(1, 5):
            self._mouse("mouseMoved", x + dx * step / 4, y + dy * step / 4, button="left", buttons=1)
        self._mouse("mouseReleased", x + dx, y + dy, button="left", clickCount=1)

    def wheel(self, x: float, y: float, down: float) -> None:
        """Turn the wheel at a point."""
        self._mouse("mouseWheel", x, y, deltaX=0, deltaY=down)

    def _mouse(self, kind: str, x: float, y: float, **more: object) -> None:
        self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def type(self, text: str) -> None:
        """Type letters into what has the focus."""
        for letter in text:
            self._call("Input.dispatchKeyEvent", type="keyDown", text=letter, key=letter)
            self._call("Input.dispatchKeyEvent", type="keyUp", key=letter)

    def press(self, key: str) -> None:
        """Press a key that is no letter."""
        text, code = _KEYS[key]
        named = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self._call("Input.dispatchKeyEvent", type="keyDown", text=text, **named)
        self._call("Input.dispatchKeyEvent", type="keyUp", **named)

    def screenshot(self, path: Path) -> None:
        """Save what the window shows."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))
