"""Explanations as a page shows them: no list longer than the eye takes in, helpers left out, everything in the JSON."""

from collections.abc import Iterator
from typing import Any

Item = dict[str, Any]
_FEW = 7
_DEEP = 3
_TOGETHER = 4
_WAYS = 3
_STEP = 2  # columns


def whys(document: Item) -> Item:
    """The parts of the page of `euthymia why`."""
    return {"explained": [{**item, **seen(item["explanation"])} for item in document["explained"]]}


def outlook(explanation: Item) -> Item:
    """What would change it, and within what ranges it holds."""
    return {
        "flips": [_flip(flip) for flip in explanation["would_change"]],
        "holds": [item for item in explanation["holds"] if not item["any"]][:_FEW],
    }


def seen(explanation: Item) -> Item:
    """One explanation whole: lines of its tree, groups of its facts where they are many, what would change it, and its age."""
    why = explanation["why"]
    facts = [why["facts"][name] for name in why["sets"][0]]
    lines = list(_lines(why["tree"], why["facts"]))
    groups = _groups(facts) if len(facts) > _FEW and not _inner_steps(why["tree"]) else []
    return {
        "lines": lines,
        "nested": _nested([line for line in lines if not groups or line["indent"] > _STEP or "step" in line or "likewise" in line]),
        "all_lines": list(_every_line(why["tree"], 0)),
        "facts": facts,
        "groups": groups,
        "alternatives": [_other(why, other) for other in why["sets"][1:]][:_WAYS],
        "others": max(len(why["sets"]) - 1 - _WAYS, 0) + why["more"],
        "age": explanation["age"],
        **outlook(explanation),
    }


def _inner_steps(tree: Item) -> bool:
    """Are there sentences of other rules, under which the facts stand anyway?"""
    return next(_inner(tree), None) is not None


def _other(why: Item, other: list[str]) -> Item:
    """Another set as what stands in it instead."""
    first = why["sets"][0]
    return {
        "instead_of": [why["facts"][name] for name in first if name not in other],
        "these": [why["facts"][name] for name in other if name not in first],
    }


def _groups(facts: list[Item]) -> list[Item]:
    """Facts of one value together, the first few by name."""
    found: dict[str, list[Item]] = {}
    for fact in facts:
        found.setdefault(fact["shown"], []).append(fact)
    return [{"shown": shown, "items": items[:_FEW], "more": max(len(items) - _FEW, 0)} for shown, items in found.items()]


def _lines(tree: Item, facts: dict[str, Item]) -> Iterator[Item]:
    """The steps below the judgement itself, each with its facts, indented by how far down they are."""
    told: set[str] = set()
    yield from _below(tree, facts, told, 0)


def _below(step: Item, facts: dict[str, Item], told: set[str], depth: int) -> Iterator[Item]:
    indent = _STEP + _STEP * depth
    own = [name for name in dict.fromkeys(_own(step)) if name not in told and name in facts]
    told.update(own)
    for name in own[:_FEW]:
        yield {"indent": indent, "fact": facts[name]}
    if len(own) > _FEW:
        yield {"indent": indent, "more": len(own) - _FEW}
    alike: dict[tuple[str, str], list[Item]] = {}
    for other in _inner(step):
        if not other.get("again"):
            alike.setdefault((other["id"], other["status"]), []).append(other)
    groups = list(alike.values())
    for first, *rest in groups[:_FEW]:
        yield {"indent": indent, "step": first}
        if depth < _DEEP:
            yield from _below(first, facts, told, depth + 1)
        if rest:
            yield {"indent": indent + _STEP, "likewise": rest[:_FEW], "more": max(len(rest) - _FEW, 0)}
    if len(groups) > _FEW:
        yield {"indent": indent, "more": len(groups) - _FEW}


def _nested(lines: list[Item]) -> list[Item]:
    """The same lines as a tree: each with those that are indented below it."""
    top: list[Item] = []
    above: list[Item] = []
    for line in lines:
        node: Item = {"line": line, "inside": []}
        while above and above[-1]["line"]["indent"] >= line["indent"]:
            above.pop()
        (above[-1]["inside"] if above else top).append(node)
        above.append(node)
    return top


def _every_line(step: Item, depth: int) -> Iterator[Item]:
    """The whole tree for auditors: helpers and repeated steps as well."""
    yield {"indent": _STEP * depth, "step": step}
    for other in step.get("steps", ()):
        yield from _every_line(other, depth + 1)


def _own(step: Item) -> Iterator[str]:
    """Facts that a step looks at, itself or through helpers."""
    yield from (fact["name"] for fact in step.get("facts", ()))
    for other in step.get("steps", ()):
        if other["kind"] == "helper":
            yield from _own(other)


def _inner(step: Item) -> Iterator[Item]:
    """Judgements that a step rests on, those behind helpers included."""
    for other in step.get("steps", ()):
        if other["kind"] == "helper":
            yield from _inner(other)
        else:
            yield other


def _flip(flip: Item) -> Item:
    """Ways to change a status: each a few changes; where many are needed together, the first few of them. None is shown twice."""
    found = [{"changes": changes[:_TOGETHER], "more": max(len(changes) - _TOGETHER, 0), "all": len(changes)} for changes in flip["sets"]]
    ways = [way for number, way in enumerate(found) if way not in found[:number]]
    becomes = "holds" if flip["to"] == "met" else "ends" if flip["from"] == "met" else "excluded"
    return {**flip, "becomes": becomes, "ways": ways[:_WAYS], "others": len(found) - len(ways[:_WAYS]) + flip["more"]}
