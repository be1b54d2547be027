"""The inference graph of a model, tokens to log-probabilities, as the two files that any MXNet reads back.

``gluon.SymbolBlock.imports`` (Python), ``mx.mod.Module`` and the C++ interface load them without this
package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from ..backend import mx, npx
from ..backend.embedding import Embedding
from .base import WordModel
from .cbow import CBOW
from .language_model import LanguageModel


class Exported(NamedTuple):
    """The files, and the inputs in their order: ``SymbolBlock.imports(symbol, inputs, params)``."""

    symbol: str
    inputs: list[str]
    params: str


def export(net: Any, path: str | Path) -> Exported:
    """Write ``path-symbol.json`` and ``path-0000.params``: the graph from token ids to log-probabilities in
    nats.

        SkipGram        center (B,)                        -> log_prob (B, vocab_size)
        CBOW            contexts (B, L), mask (B, L)       -> log_prob (B, vocab_size)
        LanguageModel   inputs (T, B), state0, state1, ... -> log_prob (T, B, vocab_size), state0, state1, ...

    with any output layer. Ids and sizes are checked no longer: MXNet clips ids out of range. Give the ids as
    int32. The net is initialized; its first context's parameters are written. Raises TypeError for another
    net.
    """
    names = _input_names(net)
    ctx = next(iter(net.collect_params().values())).list_ctx()[0]
    ids, *floats = names
    hidden, *state = _hidden(net, [_variable(ids, "int32"), *(_variable(name, "float32") for name in floats)])
    layer, parameters = net.output_layer, list(net.collect_params().values())
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


def _variable(name: str, dtype: Any) -> Any:
    return mx.sym.var(name, dtype=dtype).as_np_ndarray()


def _input_names(net: Any) -> list[str]:
    if isinstance(net, LanguageModel):
        return ["inputs", *(f"state{i}" for i in range(len(net.begin_state(1))))]
    if isinstance(net, WordModel):
        return ["contexts", "mask"] if isinstance(net, CBOW) else ["center"]
    raise TypeError(f"net takes a SkipGram, a CBOW or a LanguageModel; got {type(net).__name__}")


def _hidden(net: Any, inputs: list[Any]) -> list[Any]:
    """The hidden vectors (N, in_units), or (T, B, in_units) and the state after them."""
    if not isinstance(net.embed, Embedding):
        raise TypeError(f"net takes an embed of one table, to be traced; got {type(net.embed).__name__}")
    rows = net.embed(inputs[0])
    if isinstance(net, CBOW):
        return [net._mean_graph(rows, inputs[1])]
    if isinstance(net, WordModel):
        return [rows]
    hidden, *state = net.recurrence(rows, *inputs[1:])
    return [hidden if net.projection is None else net.projection(hidden), *state]
