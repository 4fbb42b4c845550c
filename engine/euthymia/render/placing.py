"""The order of boxes and lanes within the rows of a drawing, and where they stand from left to right."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from euthymia.render.layers import Edge, natural, near

Lane = tuple[str, int]  # a box in its own row; above that, the lane that leads to it
Link = tuple[Lane, Lane]
Around = Mapping[Lane, list[Lane]]

IN_A_ROW = 5
_SWEEPS = 4
_BETWEEN, _ASIDE = 20.0, 11.0


@dataclass(frozen=True, slots=True)
class Rows:
    """`links[n]` lead from row n to the next one. `of`: the row of each box. `apart`: edges that share no lane."""

    rows: tuple[tuple[Lane, ...], ...]
    links: tuple[tuple[Link, ...], ...]
    of: Mapping[str, int]
    apart: Collection[Edge]

    def lane(self, edge: Edge, row: int) -> Lane:
        """Where an edge passes a row, or its lower box."""
        return _lane(edge, row, self.of, self.apart)


def _lane(edge: Edge, row: int, of: Mapping[str, int], apart: Collection[Edge]) -> Lane:
    shares = edge not in apart or row == of[edge[1]]
    return (edge[1] if shares else " ".join(edge), row)


def rows_of(layer: Mapping[str, int], edges: Iterable[Edge], apart: Collection[Edge]) -> Rows:
    """Layers cut into rows, lanes added, and all of it ordered so that few arrows cross."""
    arrows = list(edges)
    of = _cut(layer, near(layer, ((end, start) for start, end in arrows)))
    links: list[dict[Link, None]] = [{} for _ in range(max(of.values(), default=-1) + 1)]
    for start, end in arrows:
        here = (start, of[start])
        for row in range(of[start] + 1, of[end] + 1):
            there = _lane((start, end), row, of, apart)
            links[row - 1][here, there] = None
            here = there
    rows: list[dict[Lane, None]] = [{} for _ in links]
    for name, row in of.items():
        rows[row][name, row] = None
    for row, found in enumerate(links[:-1]):
        rows[row + 1] |= {end: None for _, end in found}
    return Rows(_ordered([list(row) for row in rows], links), tuple(tuple(found) for found in links), of, apart)


def _cut(layer: Mapping[str, int], above: Mapping[str, list[str]]) -> dict[str, int]:
    """The row of each box: neighbours of a layer are dealt out to its rows in turn."""
    row, found = 0, dict[str, int]()
    share: dict[str, float] = {}
    for number in range(max(layer.values(), default=-1) + 1):
        names = sorted((name for name in layer if layer[name] == number), key=natural)
        names.sort(key=lambda name: _mean([share[other] for other in above[name] if other in share], 0.5))
        share |= {name: (place + 0.5) / len(names) for place, name in enumerate(names)}
        rows = -(-len(names) // IN_A_ROW)
        found |= {name: row + place % rows for place, name in enumerate(names)}
        row += rows
    return found


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _ordered(rows: list[list[Lane]], links: Iterable[Iterable[Link]]) -> tuple[tuple[Lane, ...], ...]:
    """By the mean place of what each is linked to, downwards and upwards in turn."""
    above, below = _around(rows, links)
    share: dict[Lane, float] = {}
    for row in rows:
        _sort(row, above, share)
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 else reversed(rows):
            _sort(row, above if sweep % 2 else below, share)
    return tuple(map(tuple, rows))


def _around(rows: Iterable[Iterable[Lane]], links: Iterable[Iterable[Link]]) -> tuple[Around, Around]:
    above: dict[Lane, list[Lane]] = {lane: [] for row in rows for lane in row}
    below: dict[Lane, list[Lane]] = {lane: [] for lane in above}
    for found in links:
        for start, end in found:
            above[end].append(start)
            below[start].append(end)
    return above, below


def _sort(row: list[Lane], around: Around, share: dict[Lane, float]) -> None:
    row.sort(key=lambda lane: (_mean([share[other] for other in around[lane]], share.get(lane, 0.5)), natural(lane[0])))
    for place, lane in enumerate(row):
        share[lane] = (place + 0.5) / len(row)


# --- from left to right ---------------------------------------------------------------------------------------------------------------


def across(rows: Rows, box: float) -> tuple[dict[Lane, float], float]:
    """The middle of each box and lane, as near as can be to what it is linked to, and the width of it all."""
    above, below = _around(rows.rows, rows.links)
    packed = [_packed(row, rows.of, box) for row in rows.rows]
    width = max((extent for _, extent in packed), default=box)
    middles: dict[Lane, float] = {}
    for row, (places, extent) in zip(rows.rows, packed, strict=True):
        middles |= {lane: place + (width - extent) / 2 for lane, place in zip(row, places, strict=True)}
    for sweep in range(2 * _SWEEPS):
        found = list(zip(rows.rows, packed, strict=True))
        around = below if sweep % 2 else above
        for row, (places, extent) in reversed(found) if sweep % 2 else found:
            wanted = [_mean([middles[other] for other in around[lane]], middles[lane]) for lane in row]
            middles |= dict(zip(row, _apart(wanted, places, width - extent), strict=True))
    return middles, width


def _packed(row: Iterable[Lane], of: Mapping[str, int], box: float) -> tuple[list[float], float]:
    """The middles of a row that is pushed together at the left, and how wide it is."""
    places, end, last = list[float](), 0.0, None
    for name, number in row:
        is_box = of.get(name) == number
        if last is not None:
            end += _BETWEEN if is_box and last else _ASIDE
        half = box / 2 if is_box else 0.0
        places.append(end + half)
        end, last = end + 2 * half, is_box
    return places, end


def _apart(wanted: list[float], packed: list[float], room: float) -> list[float]:
    """The places nearest to the wanted ones that keep order and distances, within the room that the row may be moved by."""
    blocks: list[tuple[float, int]] = []  # the mean shift of neighbours that push each other, and how many they are
    for want, place in zip(wanted, packed, strict=True):
        shift, number = want - place, 1
        while blocks and blocks[-1][0] > shift:
            other, more = blocks.pop()
            shift, number = (shift * number + other * more) / (number + more), number + more
        blocks.append((shift, number))
    shifts = [min(max(shift, 0.0), room) for shift, number in blocks for _ in range(number)]
    return [place + shift for place, shift in zip(packed, shifts, strict=True)]
