"""A comparison as one JSON document: what other programs read, and what the page shows."""

from collections.abc import Sequence
from typing import Any

from euthymia import __version__
from euthymia.comparison.alerts import ORDER
from euthymia.comparison.causes import CLOCK, PATIENT, RULES
from euthymia.comparison.compare import Changed, changed
from euthymia.comparison.entries import GROUPS, Entries
from euthymia.comparison.explained import Explaining
from euthymia.comparison.grounds import OtherGrounds, Told, other_grounds
from euthymia.comparison.mixtures import Mixtures, Side, Unreadable
from euthymia.comparison.outcomes import Subject, subjects
from euthymia.comparison.places import Places
from euthymia.comparison.rules_changed import RuleChanges
from euthymia.render.recommendations import CLASSES
from euthymia.render.words import Words
from euthymia.rulebook.base import SEVERITIES
from euthymia.rulebook.conditions import MET, UNDETERMINED

Item = dict[str, Any]


def comparison(before: Side, after: Side, words: Words) -> Item:
    """Both sides assessed and compared, as plain data in a fixed order. Raises InputError with every mistake in both."""
    mixtures = Mixtures(before, after)
    rulebooks = before.consultation.rulebook, after.consultation.rulebook
    rule_changes = RuleChanges(*rulebooks, Places(*rulebooks))
    explaining = Explaining(mixtures.decided, rule_changes, (before.consultation.vocabulary, after.consultation.vocabulary))
    judged = _judged(mixtures)
    found = changed(mixtures.decided, mixtures.differing, judged, explaining) if mixtures.differing else ()
    told = Told(words)
    entries = Entries(mixtures.end(), mixtures.end(mixtures.differing), told)
    other = {item.subject for item in found}
    same = [subject for subject in judged if subject.kind == "rule" and subject not in other]
    grounds = _grounds(mixtures, same, explaining, told, entries)
    return {
        "schema": "euthymia.comparison/1",
        "program": {"name": "euthymia", "version": __version__},
        "before": _side(before),
        "after": _side(after),
        "differing": list(mixtures.differing),
        "inputs": _inputs(mixtures, explaining, entries),
        "unreadable": [_unreadable(item) for item in mixtures.unreadable],
        "judged": len(judged),
        "changes": _changes(found, entries),
        "grounds": [entries.grounds(item) for item in grounds],
        "texts": [entries.reasons.rule(change) for change in rule_changes.texts()],
    }


def _judged(mixtures: Mixtures) -> list[Subject]:
    """Everything that is judged on either side, in a fixed order."""
    ends = [mixtures.end(), mixtures.end(mixtures.differing)]
    return list(dict.fromkeys(subject for end in reversed(ends) for subject in subjects(end.decided)))


def _grounds(mixtures: Mixtures, same: list[Subject], explaining: Explaining, told: Told, entries: Entries) -> Sequence[OtherGrounds]:
    shown = [subject for subject in same if not entries.is_helper(subject)]
    found = other_grounds(mixtures, shown, explaining, told) if mixtures.differing else ()
    return sorted(found, key=lambda item: _weight(item, entries))


def _weight(item: OtherGrounds, entries: Entries) -> int:
    """Alerts that are met first, then advice that is given, then alerts that cannot be told yet."""
    rule = entries.rule(item.subject)
    if rule is None or item.status not in (MET, UNDETERMINED):
        return 3
    if rule.alert:
        return 0 if item.status == MET else 2
    return 1 if item.status == MET and (rule.advice or rule.kind == "option") else 3


def _side(side: Side) -> Item:
    rulebook = side.consultation.rulebook
    return {
        "file": side.document.name,
        "on": side.on.isoformat(),
        "rulebook": {
            "name": rulebook.about.name,
            "version": rulebook.about.version,
            "digest": rulebook.digest,
            "folder": side.rules,
            "not_for": rulebook.about.not_for,
        },
    }


def _unreadable(item: Unreadable) -> Item:
    """A mixture of which the file cannot be read, and the day on which it was read instead to see how the files differ."""
    return {
        "causes": list(item.causes),
        "file": item.file,
        "on": item.on.isoformat(),
        "rules": item.rules,
        "problems": [str(problem) for problem in item.problems],
        "instead": None if item.instead is None else item.instead.isoformat(),
    }


def _inputs(mixtures: Mixtures, explaining: Explaining, entries: Entries) -> Item:
    """How the two sides differ, whatever came of it: facts between the two files, and facts that follow from rules or day."""
    found: Item = {}
    whole = frozenset(mixtures.differing)
    for cause in mixtures.differing:
        alone = [(frozenset[str](), frozenset({cause})), (whole - {cause}, whole)]
        start, end = next(((one, two) for one, two in alone if mixtures.at(one) and mixtures.at(two)), alone[0])
        found[cause] = [entries.reasons.change(change) for change in explaining.changes(start, end)]
    return {cause: found.get(cause, []) for cause in (PATIENT, RULES, CLOCK)}


def _changes(found: tuple[Changed, ...], entries: Entries) -> list[Item]:
    """Alerts first, then advice, the headline and the rest, helpers last; inside each by weight, class, topic and id."""
    told = [entries.change(item) for item in found]
    return sorted(told, key=lambda item: (GROUPS.index(item["group"]), *_rank(item, entries), item["id"]))


def _rank(item: Item, entries: Entries) -> tuple[int, int, str]:
    match item["group"]:
        case "alert":
            return (ORDER.index(item["became"]), SEVERITIES.index(item["severity"]), "")
        case "advice":
            return (CLASSES.index(item["class"] or "treat"), 0, "")
        case "headline":
            return (entries.headline.index(item["id"]) if item["kind"] == "rule" else -1, 0, "")
        case _:
            return (0, 0, item["topic"] if item["group"] == "conclusion" else "")
