"""Which device is chosen, and that a card which cannot run is named and left alone."""

from __future__ import annotations

import types
from typing import Any

import pytest

from gluon_softmax import try_all_gpus, try_gpu
from gluon_softmax.backend import device, mx
from gluon_softmax.utils.types import Array, Context


def pretend(monkeypatch: pytest.MonkeyPatch, broken: list[bool]) -> None:
    """As many cards as `broken` is long; the kernels of the broken ones fail as on a card without code."""

    def ones(shape: tuple[int, ...], ctx: Context) -> Array:
        if broken[ctx.device_id]:
            raise mx.MXNetError("no kernel image is available for execution on the device\nStack trace: ...")
        return mx.np.ones(shape, ctx=mx.cpu())

    monkeypatch.setattr(mx.context, "num_gpus", lambda: len(broken))
    monkeypatch.setattr(device, "np", types.SimpleNamespace(ones=ones))


WARNING = (
    r"gpu\(0\) is there, but this MXNet cannot run on it \(no kernel image .* the device\); using the CPU"
)


def test_without_a_card_the_cpu_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, [])
    assert try_gpu() == mx.cpu() and try_all_gpus() == [mx.cpu()]
    assert device.parse_device("auto") == mx.cpu()


def test_a_card_that_runs_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, [False, False])
    assert try_gpu() == mx.gpu(0) and try_gpu(1) == mx.gpu(1) and try_gpu(2) == mx.cpu()
    assert try_all_gpus() == [mx.gpu(0), mx.gpu(1)]
    assert device.parse_device("auto") == mx.gpu(0) and device.parse_device("gpu:1") == mx.gpu(1)
    assert device.parse_device("gpu") == mx.gpu(0)


def test_a_card_that_cannot_run_is_named_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, [True, False])
    with pytest.warns(UserWarning, match=WARNING) as caught:
        assert try_gpu() == mx.cpu()
    assert len(caught) == 1 and caught[0].filename == __file__  # the warning points at the caller
    with pytest.warns(UserWarning, match=WARNING):
        assert try_all_gpus() == [mx.gpu(1)]
    with pytest.warns(UserWarning, match=WARNING), pytest.raises(
        ValueError, match=r"^device takes .* got 'gpu:0'"
    ):
        device.parse_device("gpu:0")


def test_a_wheel_without_gpu_code_is_such_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    if mx.runtime.Features().is_enabled("CUDA"):
        pytest.skip("this MXNet has GPU code")
    monkeypatch.setattr(mx.context, "num_gpus", lambda: 1)
    with pytest.warns(UserWarning, match=r"^gpu\(0\) is there, but this MXNet cannot run on it"):
        assert try_gpu() == mx.cpu()


def test_the_cpu_by_name() -> None:
    assert device.parse_device("cpu") == mx.cpu(0) and device.parse_device("cpu:1") == mx.cpu(1)


@pytest.mark.parametrize("text", ["", "cuda", "gpu:", "gpu:x", "gpu:-1", "cpu:1.5", "tpu:0", "gpu:0:1"])
def test_a_wrong_name_is_named(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, [False])
    with pytest.raises(ValueError, match=r"^device takes cpu, gpu:0 \(or another number\) or auto; got "):
        device.parse_device(text)


def test_a_card_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, [False])
    with pytest.raises(ValueError, match=r"^device takes a GPU that this MXNet can run on; got 'gpu:3'"):
        device.parse_device("gpu:3")


@pytest.mark.parametrize("i, error", [(-1, ValueError), (0.0, TypeError), ("0", TypeError)])
def test_a_wrong_number_is_named(i: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^i takes an integer of at least 0"):
        try_gpu(i)


def test_contexts() -> None:
    assert device.as_contexts(None) == [mx.context.current_context()]
    with mx.Context(mx.cpu(1)):
        assert device.as_contexts(None) == [mx.cpu(1)]
    assert device.as_contexts(mx.cpu(1)) == [mx.cpu(1)]
    assert device.as_contexts((mx.cpu(0), mx.cpu(1))) == [mx.cpu(0), mx.cpu(1)]
    wrong_ones: list[Any] = ["cpu", [], [mx.cpu(), "gpu"], 0.5]
    for wrong in wrong_ones:
        with pytest.raises(TypeError, match=r"^device takes an MXNet context"):
            device.as_contexts(wrong)
    with pytest.raises(ValueError, match=r"^device takes contexts that differ"):
        device.as_contexts([mx.cpu(0), mx.cpu(1), mx.cpu(0)])


@pytest.mark.gpu
def test_a_real_card(contexts: list[Context]) -> None:
    if contexts[0].device_type == "cpu":
        pytest.skip("the cards are asked about")
    assert contexts[0] in try_all_gpus() and try_gpu(contexts[0].device_id) == contexts[0]
    assert device.parse_device(f"gpu:{contexts[0].device_id}") == contexts[0]


@pytest.mark.parametrize("text", ["cpu:256", "cpu:99999999999999", "cpu:" + "9" * 5000])
def test_a_cpu_beyond_the_last_is_refused_at_once(text: str) -> None:
    with pytest.raises(ValueError, match=r"^device takes cpu:0 to cpu:255; got 'cpu:") as caught:
        device.parse_device(text)
    assert len(str(caught.value)) < 110
    assert device.parse_device("cpu:255") == mx.cpu(255) and device.parse_device("cpu:007") == mx.cpu(7)


def test_a_card_of_many_digits_is_not_there() -> None:
    with pytest.raises(ValueError, match=r"^device takes a GPU that this MXNet can run on; got 'gpu:9+"):
        device.parse_device("gpu:" + "9" * 30)


@pytest.mark.parametrize("text", ["cpu:²", "cpu:٣", "cpu: 1", "cpu:+1"])
def test_only_plain_digits_are_a_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"^device takes cpu, gpu:0"):
        device.parse_device(text)


def test_several_devices_by_name() -> None:
    assert device.parse_devices("cpu") == [mx.cpu(0)]
    assert device.parse_devices("cpu:1,cpu") == [mx.cpu(1), mx.cpu(0)]
    for text in ("cpu,", ",cpu", "cpu,,cpu:1", ","):
        with pytest.raises(
            ValueError, match=f"^device takes a device between every two commas; got '{text}'$"
        ):
            device.parse_devices(text)
    for text in ("cpu:0,cpu:0", "cpu,cpu:0", "cpu:1,cpu:2,cpu:01"):
        with pytest.raises(ValueError, match=f"^device takes devices that differ; got '{text}'$"):
            device.parse_devices(text)
