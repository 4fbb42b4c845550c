"""No template says anything of its own: its literal text is labels, its sentences stand in templates/sentences.yaml.

Works on the syntax trees of the templates and runs nothing. What a label is says wording.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, nodes

from euthymia.render.wording import BREAK, HOLE, sentences_in, without_markup

_APART = (nodes.Macro, nodes.CallBlock, nodes.Block, nodes.FilterBlock, nodes.AssignBlock, nodes.With)
_PRINTING_ARGUMENTS = ("join", "default", "d", "replace", "format", "indent")


@dataclass(frozen=True, slots=True)
class Unbound:
    """Something that a template says and that nothing carries."""

    template: str
    line: int
    found: str
    why: str

    def __str__(self) -> str:
        return f"{self.template}:{self.line}: {self.why}: {self.found}"


def templates(folder: Path) -> Iterator[tuple[str, str]]:
    """Every template of a folder that shows an assessment, with its text, by name. Those of the application speak of the application."""
    for file in sorted(folder.rglob("*.j2")):
        if file.parent != folder / "web":
            yield file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8")


@cache
def parsed(source: str) -> nodes.Template:
    """The tree as the pages' own environments read it."""
    return Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True).parse(source)


def literal_sentences(name: str, source: str) -> Iterator[Unbound]:
    """Sentences that a template holds literally: in its text, and in any of its string constants, whatever they are used for."""
    tree = parsed(source)
    is_text = name.endswith(".txt.j2")
    shown = _stream(tree)
    shown = shown.replace("\n", BREAK) if is_text else without_markup(shown)
    found = dict.fromkeys(sentences_in(shown))
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and " " in constant.value:
            found |= dict.fromkeys(sentences_in(without_markup(constant.value)))
    for piece in found:
        yield Unbound(name, _line(piece, source), piece.replace(HOLE, "…"), "a sentence that nothing carries")


def _stream(node: nodes.Node) -> str:
    """All that a part of a template can print, in its order; every branch of a condition, and a hole for each thing filled in."""
    if isinstance(node, nodes.Output):
        return "".join(map(_printed, node.nodes))
    if isinstance(node, nodes.Include):
        return HOLE
    inside = "".join(_stream(child) for child in node.iter_child_nodes() if isinstance(child, nodes.Stmt))
    return f"{BREAK}{inside}{BREAK}" if isinstance(node, _APART) else inside


def _printed(node: nodes.Expr) -> str:
    """The literal text of an expression that is printed, with holes for the rest."""
    match node:
        case nodes.TemplateData():
            return node.data
        case nodes.Const():
            return escape(str(node.value))
        case nodes.Concat():
            return "".join(map(_printed, node.nodes))
        case nodes.Add() | nodes.Or() | nodes.And():
            return _printed(node.left) + _printed(node.right)
        case nodes.CondExpr():
            return _printed(node.expr1) + ("" if node.expr2 is None else _printed(node.expr2))
        case nodes.Filter() if node.node is not None:
            return _printed(node.node) + ("".join(map(_printed, node.args)) if node.name in _PRINTING_ARGUMENTS else "")
    return HOLE


def _line(piece: str, source: str) -> int:
    """The line of the longest literal part of what was found; the first line where it was put together from several."""
    part = max(piece.split(HOLE), key=len).strip()
    place = source.find(part)
    return source.count("\n", 0, place) + 1 if place >= 0 else 1
