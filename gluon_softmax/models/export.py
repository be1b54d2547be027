"""The inference graph of a model, tokens to log-probabilities, as the two files that any MXNet reads back.

``gluon.SymbolBlock.imports`` (Python), ``mx.mod.Module`` and the C++ interface load them without this
package.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..backend import mx, npx
from ..backend.embedding import Embedding
from .base import Model


class Exported(NamedTuple):
    """The files, and the inputs in their order: ``SymbolBlock.imports(symbol, inputs, params)``."""

    symbol: str
    inputs: list[str]
    params: str


def export(net: Model, path: str | Path) -> Exported:
    """Write ``path-symbol.json`` and ``path-0000.params``: the graph from token ids to log-probabilities.

        SkipGram        center (B,)                        -> log_prob (B, vocab_size)
        CBOW            contexts (B, L), mask (B, L)       -> log_prob (B, vocab_size)
        LanguageModel   inputs (T, B), state0, state1, ... -> log_prob (T, B, vocab_size), state0, state1, ...

    with any output layer, in nats. The graph checks neither ids nor sizes: MXNet clips ids out of range. Its
    ids are int32, its other inputs float32.

    Parameters
    ----------
    net : the model, initialized; its first context's parameters are written.
    path : the beginning of the files' names.

    Raises TypeError for another net, and for one whose `embed` is not one table.
    """
    if not isinstance(net, Model):
        raise TypeError(f"net takes a SkipGram, a CBOW or a LanguageModel; got {type(net).__name__}")
    if not isinstance(net.embed, Embedding):
        raise TypeError(f"net takes an embed of one table, to be traced; got {type(net.embed).__name__}")
    names = net.input_names()
    ids, *floats = names
    hidden, *state = net.hidden_graph(
        _variable(ids, "int32"), *(_variable(name, "float32") for name in floats)
    )
    layer, parameters = net.output_layer, list(net.collect_params().values())
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


def _variable(name: str, dtype: object) -> mx.sym.Symbol:
    return mx.sym.var(name, dtype=dtype).as_np_ndarray()
