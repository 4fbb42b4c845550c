"""What a page shows of an explanation."""

from typing import Any

from euthymia.render.whys import outlook


def would_change(*sets: str) -> dict[str, Any]:
    """Each set a text of one letter for each change."""
    flip = {"from": "undetermined", "to": "met", "sets": [[{"fact": letter} for letter in found] for found in sets], "more": False}
    (shown,) = outlook({"would_change": [flip], "holds": []})["flips"]
    return dict(shown)


def test_ways_that_are_alike_in_what_is_named_are_told_once() -> None:
    """Of many changes the first four are named; the others are counted."""
    shown = would_change("abcdef", "abcdeg")
    assert [len(way["changes"]) for way in shown["ways"]] == [4]
    assert shown["others"] == 1


def test_ways_that_differ_in_what_is_named_are_all_told() -> None:
    """Up to three; that there are more is said."""
    assert len(would_change("ab", "ac")["ways"]) == 2
    assert would_change("ab", "ac")["others"] == 0
    shown = would_change("a", "b", "c", "d")
    assert (len(shown["ways"]), shown["others"]) == (3, 1)
