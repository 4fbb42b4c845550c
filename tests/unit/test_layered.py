"""Boxes and arrows of a drawing: nothing overlaps, arrows lead down, and the order of what is given makes no difference."""

import re
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.render.layered import MARGIN, layered

NAMES = [f"n{number}" for number in range(24)]
TEXT = "A statement that takes more than one line of a box, and some take as many as there may be of them in one box"


def node(name: str) -> dict[str, Any]:
    return {"id": name, "said": [("head", "met"), ("label", TEXT[: 7 * (1 + int(name[1:]) % 15)]), ("code", name)]}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Up to 24 boxes without a circle."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    pairs = list(combinations(names, 2))
    return [node(name) for name in names], draw(st.lists(st.sampled_from(pairs), unique=True, max_size=40)) if pairs else []


@settings(max_examples=60)
@given(graphs(), st.integers(), st.booleans())
def test_a_drawing_is_sound(graph: tuple[list[dict[str, Any]], list[tuple[str, str]]], seed: int, central: bool) -> None:
    """No two boxes overlap, all lie inside, every arrow leads to a lower layer, and any order gives the same."""
    nodes, edges = graph
    centre = nodes[0]["id"] if central else None
    drawn = layered(nodes, edges, centre)
    boxes = {box["id"]: box for box in drawn["boxes"]}
    assert boxes.keys() == {item["id"] for item in nodes}
    for one, other in combinations(drawn["boxes"], 2):
        apart = one["x"] + one["width"] < other["x"] or other["x"] + other["width"] < one["x"]
        assert apart or one["y"] + one["height"] < other["y"] or other["y"] + other["height"] < one["y"]
    for box in drawn["boxes"]:
        assert box["x"] >= MARGIN - 1 and box["x"] + box["width"] <= drawn["width"] - MARGIN + 1
        assert box["y"] + box["height"] <= drawn["height"] - MARGIN
        assert all(box["y"] < line["y"] < box["y"] + box["height"] for line in box["lines"])
    assert {(arrow["from"], arrow["to"]) for arrow in drawn["arrows"]} == set(edges)
    for arrow in drawn["arrows"]:
        assert boxes[arrow["from"]]["layer"] < boxes[arrow["to"]]["layer"] and not arrow["upwards"]
    assert not list(crossed(drawn))
    Random(seed).shuffle(nodes)
    Random(seed).shuffle(edges)
    assert layered(nodes, edges, centre) == drawn


def crossed(drawn: dict[str, Any]) -> Any:
    """Arrows that pass through a box, at the places where they run straight down."""
    for arrow in drawn["arrows"]:
        x, y = map(int, re.findall(r"\d+", arrow["path"].partition("V")[0].partition("C")[0]))
        for kind, numbers in re.findall(r"([VC])([\d ]+)", arrow["path"]):
            values = [int(value) for value in numbers.split()]
            if kind == "V":
                for box in drawn["boxes"]:
                    if box["x"] < x < box["x"] + box["width"] and y < box["y"] + box["height"] and box["y"] < values[0]:
                        yield arrow["path"], box["id"]
                y = values[0]
            else:
                x, y = values[-2:]


def test_layers_are_the_longest_way_from_the_top() -> None:
    """And what leads to the centre stands right above it."""
    nodes = [node(name) for name in ("n0", "n1", "n2", "n3", "n4")]
    edges = [("n0", "n1"), ("n1", "n2"), ("n0", "n2"), ("n4", "n2"), ("n2", "n3")]
    assert {box["id"]: box["layer"] for box in layered(nodes, edges)["boxes"]} == {"n0": 0, "n1": 1, "n2": 2, "n3": 3, "n4": 0}
    assert {box["id"]: box["layer"] for box in layered(nodes, edges, "n2")["boxes"]} == {"n0": 0, "n1": 1, "n2": 2, "n3": 3, "n4": 1}


def test_of_a_circle_the_lightest_arrow_points_upwards() -> None:
    """The one that is given last; an arrow from a box to itself is left out."""
    drawn = layered([node("n0"), node("n1"), node("n2")], [("n2", "n1"), ("n1", "n0"), ("n0", "n2"), ("n0", "n0")])
    assert {(arrow["from"], arrow["to"]): arrow["upwards"] for arrow in drawn["arrows"]} == {
        ("n0", "n2"): True,
        ("n1", "n0"): False,
        ("n2", "n1"): False,
    }


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(NAMES[:9]), st.sampled_from(NAMES[:9])), unique=True, max_size=30))
def test_circles_are_drawn_as_well(edges: list[tuple[str, str]]) -> None:
    """Every arrow once; those that point upwards pass no box and share no way with others."""
    drawn = layered([node(name) for name in NAMES[:9]], edges)
    boxes = {box["id"]: box for box in drawn["boxes"]}
    assert [(arrow["from"], arrow["to"]) for arrow in drawn["arrows"]] == sorted({edge for edge in edges if edge[0] != edge[1]})
    assert all((boxes[arrow["from"]]["layer"] > boxes[arrow["to"]]["layer"]) == arrow["upwards"] for arrow in drawn["arrows"])
    assert not list(crossed(drawn))


def test_a_wide_layer_takes_several_rows() -> None:
    """Of no more than five boxes."""
    nodes = [node(name) for name in NAMES[:13]]
    drawn = layered(nodes, [("n0", name) for name in NAMES[1:13]])
    rows = [box["y"] for box in drawn["boxes"] if box["layer"] == 1]
    assert len(set(rows)) == 3 and max(rows.count(row) for row in rows) <= 5


@pytest.mark.parametrize("edges", [[], [("n0", "nowhere")]])
def test_little_is_drawn_as_well(edges: list[tuple[str, str]]) -> None:
    """Nothing at all, one box, and an arrow to a box that is not there."""
    assert layered([], edges)["boxes"] == []
    assert [box["id"] for box in layered([node("n0")], edges)["boxes"]] == ["n0"]
