"""Sentences of rules, options, definitions and questions never stand alone: over the syntax trees of the templates.

In HTML, whatever says something is handed to a macro that marks it as a sentence and puts its evidence behind it. In text, the same
scope (the loop, the macro or the file that binds the item, or one around it) prints the id or the source of the same item.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jinja2 import nodes

from euthymia.render.bound import Unbound, parsed

SAYING = frozenset({"text", "brief", "patient_text", "title", "sentence", "says", "here", "ask", "subject", "asks_for", "provisional"})
CARRYING = frozenset({"id", "key", "fact", "rule"})
CARRYING_MACROS = frozenset({"cited", "sources", "named", "groups", "tension", "rests"})
_MARKS = ("data-said=", "data-evidence=")
_ASIDE = (nodes.Compare, nodes.Test)

Found = tuple[str, int]  # what is printed, dotted, and its line


# --- HTML: only through macros ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Macros:
    """Macros that mark a sentence or its evidence, and macros that give words without either."""

    marking: frozenset[str]
    bare: frozenset[str]


def macros_of(sources: Iterable[str]) -> Macros:
    """Told apart by what they print themselves and by what they call."""
    found = {macro.name: macro for source in sources for macro in parsed(source).find_all(nodes.Macro)}
    marking = frozenset(name for name, macro in found.items() if _marks(macro))
    bare: frozenset[str] = frozenset()
    while True:
        known = Macros(marking, bare)
        more = frozenset(name for name, macro in found.items() if name not in marking and any(_alone(macro, known)))
        if more <= bare:
            return known
        bare |= more


def unmarked(name: str, source: str, macros: Macros) -> Iterator[Unbound]:
    """What an HTML template prints of an item, or says of its own, without handing it to a macro that marks it."""
    for found, line in _alone(parsed(source), macros):
        yield Unbound(name, line, found, "printed without a macro that marks it and puts its evidence behind it")


def _marks(macro: nodes.Macro) -> bool:
    return any(mark in data.data for data in macro.find_all(nodes.TemplateData) for mark in _MARKS)


def _alone(node: nodes.Node, macros: Macros) -> Iterator[Found]:
    if isinstance(node, nodes.Call):
        called = _called(node)
        if called in macros.marking:
            return
        if called == "say" or called in macros.bare:
            yield f"{called}(…)", node.lineno
    said = _said(node)
    if said is not None:
        yield said, node.lineno
    for child in _printed(node):
        yield from _alone(child, macros)


# --- text: beside an id or a source --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Scope:
    """A loop, a macro or a file: the names it binds, to what they were taken from, and the items whose id or source it prints."""

    names: dict[str, str | None] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)


_Chain = tuple[_Scope, ...]


def uncarried(name: str, source: str) -> Iterator[Unbound]:
    """What a text template prints of an item without its id or source."""
    said: list[tuple[str, int, _Chain]] = []
    _read(parsed(source), (_Scope(),), said)
    for found, line, chain in said:
        if not _is_carried(found.rpartition(".")[0], chain):
            yield Unbound(name, line, found, "printed without its id or its source")


def _read(node: nodes.Node, chain: _Chain, said: list[tuple[str, int, _Chain]]) -> None:
    if isinstance(node, nodes.For):
        chain = (*chain, _Scope({target.name: _dotted(node.iter) for target in _targets(node.target)}))
    elif isinstance(node, nodes.Macro):
        chain = (*chain, _Scope({argument.name: None for argument in node.args}))
    elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
        chain[-1].names[node.target.name] = _dotted(node.node)
    found = _said(node)
    if found is not None:
        said.append((found, node.lineno, chain))
    for item in _carrying(node):
        _binding(item, chain)[0].carried.add(item)
    for child in _printed(node):
        _read(child, chain, said)


def _carrying(node: nodes.Node) -> Iterator[str]:
    """Items of which this part prints the id or the source."""
    if isinstance(node, nodes.Getattr) and node.attr in CARRYING:
        yield from filter(None, [_dotted(node.node)])
    elif isinstance(node, nodes.Call) and _called(node) in CARRYING_MACROS:
        yield from filter(None, map(_dotted, node.args))


def _is_carried(item: str, chain: _Chain, depth: int = 8) -> bool:
    """Printed with its id or source: itself, what it is a part of, or what it was taken from."""
    scope, outside = _binding(item, chain)
    parts = item.split(".")
    if any(".".join(parts[: number + 1]) in scope.carried for number in range(len(parts))):
        return True
    origin = scope.names.get(parts[0])
    return origin is not None and depth > 0 and _is_carried(origin, outside or chain[:1], depth - 1)


def _binding(item: str, chain: _Chain) -> tuple[_Scope, _Chain]:
    """The innermost scope that binds the name, and those around it; else the file."""
    root = item.partition(".")[0]
    for place in range(len(chain) - 1, -1, -1):
        if root in chain[place].names:
            return chain[place], chain[:place]
    return chain[0], ()


# --- both ------------------------------------------------------------------------------------------------------------------------------


def _printed(node: nodes.Node) -> Iterator[nodes.Node]:
    """The parts that can reach the page: not what is only tested or counted through."""
    aside = {id(test) for name in ("test", "iter") if isinstance(test := getattr(node, name, None), nodes.Node)}
    yield from (child for child in node.iter_child_nodes() if id(child) not in aside and not isinstance(child, _ASIDE))


def _said(node: nodes.Node) -> str | None:
    """`item.brief`, `item["text"]`, and a filter that takes `attribute="title"` of each."""
    if isinstance(node, nodes.Getattr) and node.attr in SAYING:
        return _dotted(node)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and node.arg.value in SAYING:
        return _dotted(node)
    if isinstance(node, nodes.Filter) and node.node is not None:
        for argument in node.kwargs:
            if argument.key == "attribute" and isinstance(argument.value, nodes.Const) and argument.value.value in SAYING:
                return f"{_dotted(node.node) or 'items'}.{argument.value.value}"
    return None


def _dotted(node: nodes.Node | None) -> str | None:
    """`row.counts` for `row.counts`, `row["counts"]` and `row.counts | list`; None for what has no such name."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return None if (inner := _dotted(node.node)) is None else f"{inner}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const(value=str() as key)):
            return None if (inner := _dotted(node.node)) is None else f"{inner}.{key}"
        case nodes.Getitem() | nodes.Filter():
            return _dotted(node.node)
    return None


def _called(call: nodes.Call) -> str:
    """`claim` for `m.claim(…)` and for `claim(…)`."""
    return (_dotted(call.node) or "").rpartition(".")[2]


def _targets(node: nodes.Node) -> Iterator[nodes.Name]:
    yield from [node] if isinstance(node, nodes.Name) else node.find_all(nodes.Name)
