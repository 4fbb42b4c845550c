"""Drawings of what rests on what: derivations of judgements, maps of rules, and the overview of the topics."""

import re
import time
from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest

from euthymia.assess import Reasoning
from euthymia.consultation import Consultation
from euthymia.render.derivation import derivation_graph
from euthymia.render.page import html_fragment
from euthymia.render.reduced import MOST
from euthymia.render.rulebook_map import Maps, rulebook_map, topic_map
from euthymia.render.words import Words
from euthymia.resources import bundled
from euthymia.rulebook.load import load_rulebook
from tests.evidence import Page
from tests.shared import ON, ROOT

TEMPLATES = bundled("templates")
HEADINGS = tuple(sorted({rule for _, rule in load_rulebook(bundled("rules")).about.assessment.headings}))
EXAMPLES = ("complete", "nakama-2014")
_SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)

every_heading = pytest.mark.parametrize("name", HEADINGS)
every_example = pytest.mark.parametrize("example", EXAMPLES)


@pytest.fixture(scope="module")
def reasoned(consultation: Consultation) -> Any:
    """The reasoning about an example."""

    @cache
    def found(example: str) -> Reasoning:
        return consultation.reason(consultation.read(ROOT / "examples" / f"{example}.yaml", ON), ON)

    return found


def listed(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield item
        yield from listed(item["items"])


@every_heading
@every_example
def test_the_list_holds_all_that_is_drawn(example: str, name: str, reasoned: Any, words: Words) -> None:
    """And all that is not drawn, whose number is told; every arrow leads to a box."""
    made = derivation_graph(reasoned(example), name, words)
    drawing = made["drawing"]
    boxes = {box["id"]: box for box in drawing["boxes"]}
    names = {item["id"] for item in listed([made["list"]])}
    assert len(boxes) <= MOST and boxes.keys() - names <= {"more:more"}
    assert len(names) == len(boxes.keys() & names) + drawing["more"]
    assert {end for arrow in drawing["arrows"] for end in (arrow["from"], arrow["to"])} <= boxes.keys()
    assert {arrow["to"] for arrow in drawing["arrows"]} == boxes.keys() - {f"rule:{name}"}
    if drawing["more"]:
        assert boxes["more:more"]["word"] == f"and {drawing['more']} more"


@every_heading
@every_example
def test_the_reasons_and_what_is_missing_are_drawn(example: str, name: str, reasoned: Any, words: Words) -> None:
    """All reasons of a settled judgement; of what could still settle an open one the first, and all of it in the list."""
    judged = reasoned(example).named(name)
    made = derivation_graph(reasoned(example), name, words)
    boxes = {box["name"]: box for box in made["drawing"]["boxes"]}
    assert {reason.name for reason in judged.because} <= boxes.keys()
    assert {f"fact:{fact}" for fact in judged.needs} <= {item["id"] for item in listed([made["list"]])}
    assert set(judged.needs[:12]) <= boxes.keys()
    for fact in boxes.keys() & set(judged.needs):
        assert boxes[fact]["open"] and boxes[fact]["word"] in ("not asked", "asked, not known")


@every_example
def test_the_reasons_of_every_judgement_are_drawn(example: str, reasoned: Any, words: Words) -> None:
    """Of each with a reason, also of those about one trial; a sample of them."""
    reasoning = reasoned(example)
    for key in reasoning.keys[::13]:
        made = derivation_graph(reasoning, str(key), words)
        assert {reason.name for reason in reasoning.judgement(key).because} <= {box["name"] for box in made["drawing"]["boxes"]}, key


@every_heading
@every_example
def test_unknown_never_looks_like_no(example: str, name: str, reasoned: Any, words: Words) -> None:
    """What cannot be told and what is missing has a dashed border, a word and a sign; nothing else has the border."""
    made = derivation_graph(reasoned(example), name, words)
    page = html_fragment(made, "derivation", TEMPLATES)
    drawn = _SVG.findall(page)[0]
    assert list(Page(page).faults()) == []
    for group, box in zip(groups(drawn), made["drawing"]["boxes"], strict=True):
        rect = next(part for part in group if part.tag.endswith("rect"))
        head = next(part for part in group if part.get("class") == "head").text or ""
        is_open = box["state"] in ("undetermined", "unknown", "not_asked")
        assert ("stroke-dasharray" in rect.attrib) == box["open"] == is_open
        assert head.startswith("? ") == is_open
        if box["kind"] == "rule":
            assert head.endswith(words.states[box["state"]])


def groups(drawn: str) -> list[ElementTree.Element]:
    return [element for element in ElementTree.fromstring(drawn).iter() if (element.get("class") or "").startswith("box ")]


def test_a_judgement_of_one_trial_shows_its_facts(reasoned: Any, words: Words) -> None:
    """With the value as shown and who said it."""
    made = derivation_graph(reasoned("complete"), "GF-E-A4@t1", words)
    boxes = {box["name"]: box for box in made["drawing"]["boxes"]}
    assert boxes["GF-E-A4@t1"]["word"] == "met"
    assert boxes["trial.weeks_at_adequate_dose@t1"]["word"] == "11 weeks"
    with pytest.raises(KeyError):
        derivation_graph(reasoned("complete"), "GF-E-A4@t99", words)


def test_a_drawing_is_accessible_and_bears_a_strict_policy(reasoned: Any, words: Words) -> None:
    """Title and description, no small letters, no style of its own; an image, or a group where boxes are links."""
    for href in (None, lambda kind, name: f"/{kind}/{name}?a=1&b=2"):
        made = derivation_graph(reasoned("nakama-2014"), "GF-E-A1", words, *([href] if href else []))
        page = html_fragment(made, "derivation", TEMPLATES)
        root = ElementTree.fromstring(_SVG.findall(page)[0])
        assert root.get("role") == ("group" if href else "img")
        labelled = {element.get("id") for element in root.iter() if element.tag.endswith(("title", "desc"))}
        assert set((root.get("aria-labelledby") or "").split()) <= labelled
        assert min(int(element.attrib["font-size"]) for element in root.iter() if element.tag.endswith("text")) >= 12
        assert not any("style" in element.attrib or element.tag.endswith(("script", "style")) for element in root.iter())
        links = [element for element in root.iter() if element.tag.endswith("}a")]
        assert len(links) == (len(made["drawing"]["boxes"]) - 1 if href else 0)
        assert 'href="/rule/GF-E-A1?a=1&amp;b=2"' in page if href else "<a " not in page


def test_the_same_is_drawn_with_the_same_bytes(consultation: Consultation, words: Words) -> None:
    """From a reasoning made anew, and in any order of questions."""
    pages = []
    for others in ((), ("GF-E-00", "GF-H-01")):
        reasoning = consultation.reason(consultation.read(ROOT / "examples" / "nakama-2014.yaml", ON), ON)
        for other in others:
            derivation_graph(reasoning, other, words)
        pages.append(html_fragment(derivation_graph(reasoning, "criterion-a", words), "derivation", TEMPLATES))
    assert pages[0] == pages[1]


# --- the rulebook ---------------------------------------------------------------------------------------------------------------------


def test_every_rule_has_a_map(consultation: Consultation, words: Words) -> None:
    """All of them in a few seconds, each with what it reads, what it refers to and what uses it."""
    rulebook, maps, start = consultation.rulebook, Maps(consultation.rulebook, words), time.monotonic()
    for rule in rulebook.rules:
        made = maps.of(rule.id)
        uses = {item["id"] for item in made["uses"]}
        assert uses >= {f"fact:{name}" for name in rule.reads} | {f"rule:{name}" for name in rule.refers_to}
        assert {f"rule:{other.id}" for other in rulebook.rules if rule.id in other.refers_to} <= {item["id"] for item in made["used_by"]}
        drawn = {box["id"] for box in made["drawing"]["boxes"]} - {"more:more"}
        assert drawn - {f"rule:{rule.id}"} <= {item["id"] for item in listed([*made["uses"], *made["used_by"]])}
    assert time.monotonic() - start < 10


def test_a_map_leads_up_to_what_is_shown_and_down_to_what_is_read(consultation: Consultation, words: Words) -> None:
    """From a fact and a number to the headings, models and alerts; the page says nothing that is not bound."""
    made = rulebook_map(consultation.rulebook, "GF-E-A4", words)
    assert {"fact:trial.weeks_at_adequate_dose", "parameter:medication_trial_minimum_weeks"} <= {item["id"] for item in made["uses"]}
    ends = {item["id"] for item in listed(made["used_by"])}
    assert {"heading:A:criterion-a", "rule:GF-E-00", "rule:GF-K-01", "model:dtd"} <= ends
    page = html_fragment(made, "rulebook_map", TEMPLATES)
    assert list(Page(page).faults()) == []
    assert page == html_fragment(rulebook_map(consultation.rulebook, "GF-E-A4", words), "rulebook_map", TEMPLATES)


def test_the_topics_are_drawn_with_what_they_use(consultation: Consultation, words: Words) -> None:
    """Each with its number of rules; two that use each other have an arrow each way."""
    made = topic_map(consultation.rulebook, words)
    assert {topic["name"] for topic in made["topics"]} == {rule.topic for rule in consultation.rulebook.rules}
    assert sum(int(topic["word"].split()[0]) for topic in made["topics"]) == len(consultation.rulebook.rules)
    arrows = {(arrow["from"], arrow["to"]) for arrow in made["drawing"]["arrows"]}
    assert {("topic:refractoriness", "topic:behavioural-toxicity"), ("topic:behavioural-toxicity", "topic:refractoriness")} <= arrows
    assert list(Page(html_fragment(made, "topic_map", TEMPLATES)).faults()) == []
