"""The inference graph of a model, tokens to log-probabilities, as the two files that any MXNet reads back.

``gluon.SymbolBlock.imports`` (Python), ``mx.mod.Module`` and the C++ interface load them without this
package.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..backend import mx, npx
from ..backend.embedding import Embedding
from ..backend.threads import use_numpy_arrays
from ..output_layers.base import OutputLayer
from ..utils.object_checks import check_path
from ..utils.types import Array
from .base import Model


class Exported(NamedTuple):
    """The files, and the inputs in their order: ``SymbolBlock.imports(symbol, inputs, params)``."""

    symbol: str
    inputs: list[str]
    params: str


def export(net: Model | OutputLayer, path: str | Path) -> Exported:
    """Write ``path-symbol.json`` and ``path-0000.params``: the graph from token ids to log-probabilities.

        SkipGram        center (B,)                        -> log_prob (B, vocab_size)
        CBOW            contexts (B, L), mask (B, L)       -> log_prob (B, vocab_size)
        LanguageModel   inputs (T, B), state0, state1, ... -> log_prob (T, B, vocab_size), state0, state1, ...
        an output layer hidden (N, in_units)               -> log_prob (N, vocab_size)

    with any output layer, in nats. The graph checks neither ids nor sizes: MXNet clips ids out of range. Its
    ids are int32, its other inputs float32.

    Parameters
    ----------
    net : the model or the output layer, initialized; its first context's parameters are written. Of another
        net export the output layer, and what is below that by Gluon's ``export``.
    path : the beginning of the files' names.

    Raises TypeError for another net, and for one whose `embed` is not one table.
    """
    use_numpy_arrays()
    path = check_path("path", path)
    layer, names, (hidden, *state) = _trace(net)
    parameters = list(net.collect_params().values())
    ctx = parameters[0].list_ctx()[0]
    arrays, inputs = {p.name: p.data(ctx) for p in parameters}, []
    for i, array in enumerate(layer.log_prob_inputs(ctx)):
        own = next((p for p in parameters if arrays[p.name] is array), None)
        inputs.append(_variable(f"log_prob_input{i}", array.dtype) if own is None else own.var())
        arrays.setdefault(inputs[-1].name, array)
    flat = mx.sym.np.reshape(hidden, (-1, layer.in_units))  # (N, in_units)
    log_prob = layer.log_prob_graph(mx.sym, flat, *inputs)  # (N, vocab_size)
    if state:
        log_prob = mx.sym.npx.reshape_like(log_prob, hidden, lhs_begin=0, lhs_end=1, rhs_begin=0, rhs_end=2)
    graph = mx.sym.Group([log_prob, *state])
    files = Exported(f"{path}-symbol.json", names, f"{path}-0000.params")
    graph.save(files.symbol)
    used = set(graph.list_arguments())
    npx.save(files.params, {f"arg:{name}": array for name, array in arrays.items() if name in used})
    return files


def _trace(net: Model | OutputLayer) -> tuple[OutputLayer, list[str], list[Array]]:
    """The output layer, the inputs' names, and the symbols of the hidden vectors and of the state if any."""
    if isinstance(net, OutputLayer):
        return net, ["hidden"], [_variable("hidden", "float32")]
    if not isinstance(net, Model):
        raise TypeError(
            f"net takes a SkipGram, a CBOW, a LanguageModel or an output layer; got {type(net).__name__}: "
            "export its output layer, and what is below that by Gluon's export()"
        )
    if not isinstance(net.embed, Embedding):
        raise TypeError(f"net takes an embed of one table, to be traced; got {type(net.embed).__name__}")
    names = net.input_names()
    inputs = [_variable(name, "float32" if i else "int32") for i, name in enumerate(names)]
    return net.output_layer, names, net.hidden_graph(*inputs)


def _variable(name: str, dtype: object) -> mx.sym.Symbol:
    return mx.sym.var(name, dtype=dtype).as_np_ndarray()
