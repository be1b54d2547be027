"""The small changes of a source file that its tests should notice, such as an operator swapped.

Left alone are docstrings, the messages of errors, ``__repr__``, annotations and other code that is for types
only.
"""

from __future__ import annotations

import ast
import copy
from typing import Iterator, NamedTuple

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_EXTREMES = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "argmin": "argmax",
    "argmax": "argmin",
}
_REMOVABLE = (ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)


class Mutant(NamedTuple):
    """A change of a file, known by the text of its source line when lines move.

    `node` is the changed node's place in ``ast.walk``, `variant` which of its changes it is.
    """

    file: str
    lineno: int
    line: str
    change: str
    node: int
    variant: int


def mutants_of(file: str, source: str) -> list[Mutant]:
    """All changes of a file, in the order of its lines."""
    tree = ast.parse(source)
    skipped, lines, found = _skipped(tree), source.splitlines(), []
    parents = {id(child): parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for index, node in enumerate(ast.walk(tree)):
        if id(node) in skipped:
            continue
        for variant, other in enumerate(_variants(node)):
            lineno: int = getattr(node, "lineno", 0)
            change = _change(node, other, parents[id(node)])
            found.append(Mutant(file, lineno, lines[lineno - 1].strip(), change, index, variant))
    return sorted(found, key=lambda mutant: (mutant.lineno, mutant.node, mutant.variant))


def mutated(source: str, mutant: Mutant) -> str:
    """The source with the change made."""
    tree = ast.parse(source)
    node = list(ast.walk(tree))[mutant.node]
    changed = _Replace(node, list(_variants(node))[mutant.variant]).visit(tree)
    return ast.unparse(ast.fix_missing_locations(changed))


def _change(node: ast.AST, other: ast.AST, parent: ast.AST) -> str:
    """What becomes of what; of a number the expression around it, since a line may have the number twice."""
    if isinstance(node, ast.Constant) and isinstance(other, ast.Constant) and isinstance(parent, ast.expr):
        before, value = _text(parent), node.value
        node.value = other.value
        after, node.value = _text(parent), value
        return f"{before} → {after}"
    return f"{_text(node)} → {_text(other)}"


class _Replace(ast.NodeTransformer):
    def __init__(self, node: ast.AST, other: ast.AST) -> None:
        self.node, self.other = node, other

    def visit(self, node: ast.AST) -> ast.AST:
        return self.other if node is self.node else self.generic_visit(node)


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 90 else text[:87] + "..."


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    """What a node may be changed to."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for kind in _COMPARISONS[type(operator)]:
                other = copy.deepcopy(node)
                other.ops[place] = kind()
                yield other
    elif isinstance(node, (ast.BinOp, ast.AugAssign)):
        if type(node.op) in _ARITHMETIC and not _is_text(node):
            changed = copy.deepcopy(node)
            changed.op = _ARITHMETIC[type(node.op)]()
            yield changed
    elif isinstance(node, ast.BoolOp):
        both = copy.deepcopy(node)
        both.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield both
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield copy.deepcopy(node.operand)
    elif isinstance(node, ast.Return) and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    yield from _small_variants(node)
    if _is_removable(node):
        yield ast.Pass()


def _small_variants(node: ast.AST) -> Iterator[ast.AST]:
    """What a number, a truth value or the name of an extreme may be changed to."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Name) and node.id in _EXTREMES and isinstance(node.ctx, ast.Load):
        yield ast.Name(_EXTREMES[node.id], ast.Load())
    elif isinstance(node, ast.Attribute) and node.attr in _EXTREMES and isinstance(node.ctx, ast.Load):
        yield ast.Attribute(copy.deepcopy(node.value), _EXTREMES[node.attr], ast.Load())


def _is_removable(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    if isinstance(node, ast.Assign):  # of a name alone it would be a NameError
        return all(isinstance(target, (ast.Attribute, ast.Subscript)) for target in node.targets)
    return isinstance(node, _REMOVABLE)


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _is_text(node: ast.BinOp | ast.AugAssign) -> bool:
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in sides
    )


def _skipped(tree: ast.Module) -> set[int]:
    """The nodes that are left alone."""
    skipped: set[int] = set()

    def skip(*nodes: ast.AST | None) -> None:
        for top in nodes:
            skipped.update(id(node) for node in (ast.walk(top) if top is not None else ()))

    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            skip(node.returns, *node.decorator_list)
            if node.name == "__repr__":
                skip(node)
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            skip(node.annotation)
        elif isinstance(node, ast.Raise):
            skip(node.exc, node.cause)
        elif isinstance(node, ast.Assert):
            skip(node.msg)
        elif (
            (isinstance(node, ast.ClassDef) and any("Protocol" in _text(base) for base in node.bases))
            or (isinstance(node, ast.If) and "TYPE_CHECKING" in _text(node.test))
            or (isinstance(node, ast.Assign) and _is_of_types(node))
        ):
            skip(node)
    return skipped


def _is_of_types(node: ast.Assign) -> bool:
    """``T = TypeVar("T")``, ``Given = Mapping[str, object]``, ``__all__ = [...]``."""
    name = _text(node.targets[0])
    is_alias = isinstance(node.value, ast.Subscript) and name[:1].isupper() and not name.isupper()
    return name == "__all__" or is_alias or "TypeVar(" in _text(node.value)
