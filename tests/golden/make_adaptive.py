"""Write tests/golden/adaptive.npz: what PyTorch's adaptive softmax gives for small inputs.

    pip install torch==2.13.0 numpy && python tests/golden/make_adaptive.py

The inputs are kept beside the results, so that the tests need neither PyTorch nor its random numbers.
"""

from __future__ import annotations

from pathlib import Path

import numpy
import torch

GOLDEN = Path(__file__).with_name("adaptive.npz")
# name: (in_units, vocab_size, cutoffs, div_value, head_bias, targets)
CASES = {
    "oracle": (16, 20, [5, 10, 15], 2.0, False, [0, 4, 5, 9, 10, 14, 15, 19, 2, 7]),
    "bias": (16, 20, [5, 10, 15], 2.0, True, [3, 17, 17, 0, 11, 6]),
    "default_div": (64, 50, [6, 20], 4.0, True, [0, 49, 6, 19, 20, 5, 33]),
    "odd_widths": (13, 11, [3, 4], 3.0, False, [0, 2, 3, 4, 10, 10]),
    "head_only": (8, 12, [4, 8], 2.0, False, [0, 1, 2, 3]),
    "tail_only": (8, 12, [4, 8], 2.0, True, [11, 8, 9]),
    "two_clusters": (8, 4, [2], 4.0, False, [0, 1, 2, 3]),
}


def run(case: str, seed: int) -> dict[str, numpy.ndarray]:
    """The inputs, loss, log_prob, predictions and gradients of one case."""
    in_units, vocab_size, cutoffs, div_value, head_bias, targets = CASES[case]
    rng = numpy.random.default_rng(seed)
    layer = torch.nn.AdaptiveLogSoftmaxWithLoss(in_units, vocab_size, cutoffs, div_value, head_bias)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.tensor(rng.normal(size=parameter.shape).astype(numpy.float32)))
    parameters = {"head_weight": layer.head.weight}
    if head_bias:
        parameters["head_bias"] = layer.head.bias
    for i, (projection, weight) in enumerate(layer.tail):
        parameters[f"tail{i}_projection"], parameters[f"tail{i}_weight"] = projection.weight, weight.weight
    hidden = rng.normal(size=(len(targets), in_units)).astype(numpy.float32)
    out_grad = rng.normal(size=len(targets)).astype(numpy.float32)
    result = {"hidden": hidden, "target": numpy.array(targets), "out_grad": out_grad}
    mean = numpy.full(len(targets), 1 / len(targets), dtype=numpy.float32)
    for kind, factor in (("weighted", out_grad), ("mean", mean)):
        layer.zero_grad()
        x = torch.tensor(hidden, requires_grad=True)
        loss = -layer(x, torch.tensor(targets)).output
        (loss * torch.tensor(factor)).sum().backward()
        for name, parameter in parameters.items():
            gradient = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            result[f"{kind}_grad/{name}"] = gradient.numpy().copy()
        result[f"{kind}_grad/hidden"] = x.grad.numpy()
    result["loss"] = loss.detach().numpy()
    result["log_prob"] = layer.log_prob(x).detach().numpy()
    result["predict"] = layer.predict(x).numpy()
    for name, parameter in parameters.items():
        result[f"parameter/{name}"] = parameter.detach().numpy()
    return result


def main() -> None:
    arrays = {}
    for seed, (case, arguments) in enumerate(CASES.items()):
        in_units, vocab_size, cutoffs, div_value, head_bias, _ = arguments
        arrays[f"{case}/arguments"] = numpy.array([vocab_size, in_units, div_value, head_bias, *cutoffs])
        arrays.update({f"{case}/{name}": array for name, array in run(case, seed).items()})
    GOLDEN.parent.mkdir(exist_ok=True)
    numpy.savez_compressed(GOLDEN, **arrays)
    print(f"{GOLDEN}: {len(CASES)} cases by torch {torch.__version__}")


if __name__ == "__main__":
    main()
