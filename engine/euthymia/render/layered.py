"""Where boxes and arrows stand in a drawing of what rests on what. Positions only, the same for any order of what is given.

A box stands in a layer below all boxes that have an arrow to it. A layer of many boxes takes several rows. An arrow that passes rows
goes down a lane between their boxes; arrows to one box share its lanes, so that many arrows stay legible.
"""

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

from euthymia.render.layers import Edge, downwards, layers, natural
from euthymia.render.placing import Lane, Rows, across, rows_of

Item = dict[str, Any]

BOX = 200
MARGIN = 12
_PAD, _LINE = 9, 16
_NEAR, _FAR, _STEP = 34, 84, 1.5
# Letters that surely fit into a box, in the sizes that the drawing has, and lines at most.
_FITTING = {"head": (24, 2), "label": (25, 3), "foot": (24, 2), "code": (22, 2)}


def layered(nodes: Iterable[Mapping[str, Any]], edges: Iterable[Edge], centre: str | None = None) -> Item:
    """Boxes and arrows with their places. A node has an `id` and `said`: pairs of a kind of line (head, label, foot, code) and a text.

    All else that a node holds stays with its box. What leads to the `centre` stands right above it. Edges are given the most weighty
    first: of a circle, the lighter arrows point upwards.
    """
    held = {str(node["id"]): node for node in sorted(nodes, key=lambda node: natural(str(node["id"])))}
    arrows = [edge for edge in dict.fromkeys(edges) if edge[0] != edge[1] and held.keys() >= set(edge)]
    down = downwards(held, arrows)
    above = layers(held, down, centre)
    turned = {(end, start) for start, end in set(arrows) - set(down)}
    rows = rows_of(above, down, turned)
    lines = {name: _lines(node["said"]) for name, node in held.items()}
    middles, width = across(rows, BOX)
    tops, bottoms = _heights(rows, lines)
    places = _Places(rows, middles, tops, bottoms)
    boxes = [_box(held[name], lines[name], places, above[name]) for name in _reading_order(held, rows, middles)]
    tall = {box["id"]: box["y"] + box["height"] for box in boxes}
    return {
        "width": round(width + 2 * MARGIN),
        "centre": centre,
        "height": round(bottoms[-1] + MARGIN) if bottoms else 2 * MARGIN,
        "boxes": boxes,
        "arrows": [_arrow(edge, places, tall, upwards=edge[::-1] in turned) for edge in sorted(arrows, key=_by_name)],
    }


def _by_name(edge: Edge) -> Any:
    return [natural(name) for name in edge]


def _reading_order(names: Iterable[str], rows: Rows, middles: Mapping[Lane, float]) -> list[str]:
    """From the top left: the order in which the boxes are reached by keyboard."""
    return sorted(names, key=lambda name: (rows.of[name], middles[name, rows.of[name]], natural(name)))


def _lines(said: Iterable[tuple[str, str]]) -> list[Item]:
    """What stands in a box, wrapped, each line with its place below the top of the box."""
    found: list[Item] = []
    for kind, text in said:
        letters, most = _FITTING[kind]
        for piece in wrap(text, letters, max_lines=most, placeholder="…"):
            found.append({"kind": kind, "words": piece, "y": _PAD + _LINE * (len(found) + 1) - 4})
    return found


def _heights(rows: Rows, lines: Mapping[str, list[Item]]) -> tuple[list[int], list[int]]:
    """Top and bottom of every row; between two rows the more room the more arrows pass."""
    tops, bottoms = list[int](), list[int]()
    for number, row in enumerate(rows.rows):
        gap = min(_FAR, _NEAR + round(_STEP * len(rows.links[number - 1]))) if number else 0
        tops.append(bottoms[-1] + gap if bottoms else MARGIN)
        tallest = max((_height(lines[name]) for name, _ in row if rows.of.get(name) == number), default=0)
        bottoms.append(tops[-1] + tallest)
    return tops, bottoms


def _height(lines: list[Item]) -> int:
    return 2 * _PAD + _LINE * len(lines)


class _Places:
    def __init__(self, rows: Rows, middles: Mapping[Lane, float], tops: list[int], bottoms: list[int]) -> None:
        self.rows = rows
        self.row = rows.of
        self.tops = tops
        self.bottoms = bottoms
        self._middles = middles

    def x(self, lane: Lane) -> int:
        return round(self._middles[lane]) + MARGIN


def _box(node: Mapping[str, Any], lines: list[Item], places: _Places, layer: int) -> Item:
    row = places.row[str(node["id"])]
    middle = places.x((str(node["id"]), row))
    given = {key: value for key, value in node.items() if key != "said"}
    return given | {
        "layer": layer,
        "x": middle - BOX // 2,
        "y": places.tops[row],
        "width": BOX,
        "height": _height(lines),
        "middle": middle,
        "lines": [{**line, "y": places.tops[row] + line["y"]} for line in lines],
    }


def _arrow(edge: Edge, places: _Places, ends: Mapping[str, int], *, upwards: bool) -> Item:
    """The way of one arrow, always written from the upper box to the lower one."""
    upper, lower = (edge[1], edge[0]) if upwards else edge
    row, x = places.row[upper], places.x((upper, places.row[upper]))
    drawn = [f"M{x} {ends[upper]}"]
    for below in range(row + 1, places.row[lower] + 1):
        top, bottom = places.bottoms[below - 1], places.tops[below]
        half, to = round((top + bottom) / 2), places.x(places.rows.lane((upper, lower), below))
        if (below > row + 1) or ends[upper] < top:  # a line without length would turn the head of an arrow aside
            drawn.append(f"V{top}")
        drawn.append(f"C{x} {half} {to} {half} {to} {bottom}")
        x = to
    return {"from": edge[0], "to": edge[1], "upwards": upwards, "path": "".join(drawn)}
