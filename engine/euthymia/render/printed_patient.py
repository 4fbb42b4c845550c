"""What the printed page for the patient shows: that of the page in HTML, with the caring passage first."""

from typing import Any

Item = dict[str, Any]


def for_the_patient(parts: Item, say: Any) -> Item:
    """`parts` as the page has them, `say` the macros that put its sentences together."""
    sentence = parts["say"]

    def line(item: Item) -> Item:
        return {"text": item["text"], "rests": str(say.rests(item)).strip()}

    made = {
        "title": sentence("patient-title"),
        "hand_over": sentence("hand-over"),
        "urgent": None if parts["urgent"] is None else line(parts["urgent"]),
        "care": sentence("care"),
        "what_this_is": sentence("what-this-is"),
        "sections": [*_past(parts, say, line), _asked(parts, say, line), *_own(parts, line)],
    }
    carried = [{"says": item["says"], "by": _by(item, parts["words"]["carriers"])} for item in parts["carried"]()]
    return made | {"carried": carried, "carried_heading": parts["words"]["fixed_sentences"]["patient"]}


def _past(parts: Item, say: Any, line: Any) -> list[Item]:
    sentence = parts["say"]
    treatments = [line(_rests(trial) | {"text": str(say.treatment(trial))}) for trial in parts["treatments"]]
    meaning = [line(item) for item in parts["meaning"]]
    return [
        {
            "heading": sentence("looked-at"),
            "before": "" if treatments else sentence("patient-no-treatment"),
            "lines": treatments,
            "after": sentence("add") if treatments else "",
            "listed": True,
        },
        {
            "heading": sentence("may-mean"),
            "before": sentence("no-fault"),
            "lines": meaning,
            "after": "" if meaning else sentence("nothing-to-tell"),
            "listed": False,
        },
    ]


def _asked(parts: Item, say: Any, line: Any) -> Item:
    sentence = parts["say"]
    areas = [{"text": f"{area}: {say.named(names)}.", "rests": ""} for area, names in parts["asked"].items()]
    lines = [*areas, *(line(item) for item in parts["may_ask"])]
    return {
        "heading": sentence("asked-next"),
        "before": sentence("why-asked") if lines else sentence("nothing-to-ask"),
        "lines": lines,
        "after": "",
        "listed": True,
    }


def _own(parts: Item, line: Any) -> list[Item]:
    own = {"key": "your_part", "before": parts["say"]("your-part"), "lines": [line(item) for item in parts["own_part"]]}
    good = {"key": "good_to_know", "before": "", "lines": [line(item) for item in parts["good_to_know"]]}
    return [part | {"after": "", "listed": False} for part in (own, good) if part["before"] or part["lines"]]


def _rests(trial: Item) -> Item:
    return {"facts": trial["rests"]["facts"], "missing": [], "more": trial["rests"]["more"], "sources": []}


def _by(item: Item, carriers: Item) -> str:
    """What carries a sentence; no ids of rules on this page."""
    sources = "; ".join(f"{source['short']}, {source['at']}" for source in item["sources"])
    return f"{carriers[item['kind']]}: {sources or ('' if item['kind'] == 'rule' else item['by'])}"
