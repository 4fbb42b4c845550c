"""A graph of reasons that may be too large to draw: all of it as a nested list, the most telling part of it as a drawing."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from euthymia.render.layered import layered
from euthymia.render.layers import Edge, natural

Item = dict[str, Any]
Href = Callable[[str, str], str | None]  # the kind of a node and its name; where its box leads

MOST = 60


def nowhere(_kind: str, _name: str) -> None:
    """No box is a link."""
    return


def node(kind: str, name: str, label: str, word: str, said: list[tuple[str, str]], **more: Any) -> Item:
    """`word` says of which kind it is or how it stands; `said` is what its box shows, as in layered.py."""
    about = {"id": f"{kind}:{name}", "kind": kind, "name": name, "label": label, "word": word, "said": said, "href": None}
    return about | {"state": kind, "open": False, "helper": False, "end": False, "provenance": {}} | more


def rest(number: int, words: Mapping[str, str]) -> Item:
    """The node for what is not drawn."""
    said = words["more"].format(n=number)
    return node("more", "more", words["below"], said, [("head", said), ("label", words["below"])])


class Graph:
    """Nodes and what each of them rests on."""

    def __init__(self, words: Mapping[str, str], href: Href) -> None:
        self._words = words
        self.nodes: dict[str, Item] = {}
        self.below: dict[str, dict[str, int]] = {}
        self._href = href

    def add(self, made: Item) -> str:
        """The id of a node. One that is there already stays as it is."""
        name: str = made["id"]
        if name not in self.nodes:
            self.nodes[name] = made | {"href": self._href(made["kind"], made["name"])}
            self.below[name] = {}
        return name

    def link(self, start: str, end: str, weight: int = 1) -> None:
        self.below[start].setdefault(end, weight)

    def edges(self) -> list[Edge]:
        """The weightiest first."""
        found = [(weight, start, end) for start, ends in self.below.items() for end, weight in ends.items()]
        return [(start, end) for _, start, end in sorted(found, key=lambda edge: (-edge[0], natural(edge[1]), natural(edge[2])))]

    def above(self) -> dict[str, dict[str, int]]:
        """What rests on each node."""
        found: dict[str, dict[str, int]] = {name: {} for name in self.nodes}
        for start, ends in self.below.items():
            for end, weight in ends.items():
                found[end][start] = weight
        return found

    # --- the drawing ------------------------------------------------------------------------------------------------

    def drawn(self, ranked: Iterable[str], centre: str, most: int = MOST) -> Item:
        """Of more nodes than can be read the first ones in rank, and a node for the rest. Arrows lead through what is not drawn."""
        first = list(dict.fromkeys([*ranked, *self.nodes]))
        if len(first) <= most:
            return layered(self.nodes.values(), self.edges(), centre) | {"more": 0}
        kept, left = first[: most - 1], len(first) - most + 1
        others = rest(left, self._words)
        edges = [*self._through(set(kept)), (centre, others["id"])]
        return layered([*(self.nodes[name] for name in kept), others], edges, centre) | {"more": left}

    def _through(self, kept: set[str]) -> list[Edge]:
        return [(start, end) for start in sorted(kept, key=natural) for end in self._next(start, kept)]

    def _next(self, start: str, kept: set[str]) -> list[str]:
        """What is drawn and reached without passing anything that is drawn."""
        waiting, found, seen = [*self.below[start]], list[str](), set[str]()
        while waiting:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            if name in kept:
                found.append(name)
            else:
                waiting += self.below[name]
        return found

    def by_distance(self, start: str, ways: Mapping[str, Mapping[str, int]] | None = None) -> list[str]:
        """The node and all that it leads to, the nearest first."""
        found = {start: None}
        for name in (waiting := [start]):
            fresh = [other for other in (ways or self.below)[name] if other not in found]
            found |= dict.fromkeys(fresh)
            waiting += fresh
        return list(found)

    # --- the list -----------------------------------------------------------------------------------------------------

    def listed(self, start: str, ways: Mapping[str, Mapping[str, int]] | None = None) -> Item:
        """The same as a nested list. What stands in it already is named again without what is below it."""
        return self._listed(start, ways or self.below, set())

    def _listed(self, name: str, ways: Mapping[str, Mapping[str, int]], seen: set[str]) -> Item:
        shown = {key: value for key, value in self.nodes[name].items() if key != "said"}
        if name in seen and ways[name]:
            return shown | {"again": True, "items": []}
        seen.add(name)
        return shown | {"again": False, "items": [self._listed(other, ways, seen) for other in ways[name]]}
