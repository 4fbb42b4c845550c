"""Where things stand in the drawing of problems and their links: names on a ring, links as lines between them. Positions only."""

from math import cos, pi, sin
from textwrap import shorten
from typing import Any

Item = dict[str, Any]
_WIDTH, _BOX, _TALL, _GAP = 760, 190, 44, 26
_MOST_DRAWN = 14


def network(ranking: Item) -> Item | None:
    """Boxes in their order around a ring and arrows for the links; nothing for fewer than two problems or more than can be read."""
    nodes = ranking["ranked"]
    if not 2 <= len(nodes) <= _MOST_DRAWN:
        return None
    radius_y = max(90.0, len(nodes) * (_TALL + _GAP) / (2 * pi) * 1.35)
    height = 2 * radius_y + _TALL + 40
    centre = (_WIDTH / 2, height / 2)
    places = {}
    for number, node in enumerate(nodes):
        angle = 2 * pi * number / len(nodes) - pi / 2
        places[node["id"]] = (centre[0] + (_WIDTH / 2 - _BOX / 2 - 12) * cos(angle), centre[1] + radius_y * sin(angle))
    return {
        "width": _WIDTH,
        "height": round(height),
        "boxes": [_box(node, places[node["id"]]) for node in nodes],
        "arrows": [_arrow(places[node["id"]], places[other]) for node in nodes for other in node["links"] if other != node["id"]],
    }


def _box(node: Item, middle: tuple[float, float]) -> Item:
    return {
        "x": round(middle[0] - _BOX / 2, 1),
        "y": round(middle[1] - _TALL / 2, 1),
        "width": _BOX,
        "height": _TALL,
        "middle": round(middle[0], 1),
        "line": round(middle[1], 1),
        "place": node["place"],
        "label": shorten(node["name"], 26, placeholder="…") if " " in node["name"][:26] else node["name"][:26],
        "name": node["name"],
    }


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> Item:
    """From edge to edge of the boxes."""
    return dict(zip(("x1", "y1", "x2", "y2"), (*_edge(start, end), *_edge(end, start)), strict=True))


def _edge(own: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    across, down = other[0] - own[0], other[1] - own[1]
    share = min(
        (_BOX / 2 + 4) / abs(across) if across else float("inf"),
        (_TALL / 2 + 4) / abs(down) if down else float("inf"),
        1.0,
    )
    return round(own[0] + across * share, 1), round(own[1] + down * share, 1)
