"""Questions as data and in words: what is asked, what it would settle, and what each answer would do."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from euthymia.explain.answers import Answers, Effect
from euthymia.explain.possible_answers import Answer, Range
from euthymia.explain.questions import Question
from euthymia.facts.catalogue import Declaration
from euthymia.facts.observation import number
from euthymia.facts.patient import Patient
from euthymia.render.words import Words, plain, unit_of, with_unit
from euthymia.rulebook.conditions import MET
from euthymia.rulebook.rulebook import Rulebook

Item = dict[str, Any]
Asked = TypeVar("Asked")
FEW = 5  # questions beside those of safety of which it is told what each answer would do
_NAMED = 2  # effects that are named before the rest becomes a number


def by_fact(questions: Iterable[Asked], fact: Callable[[Asked], str]) -> dict[str, list[Asked]]:
    """The same fact of several trials together, at the place of the first."""
    found: dict[str, list[Asked]] = {}
    for question in questions:
        found.setdefault(fact(question).partition("@")[0], []).append(question)
    return found


def grouped(questions: Iterable[Question]) -> list[list[Question]]:
    return list(by_fact(questions, lambda question: question.fact).values())


def first_groups(groups: list[list[Question]]) -> list[list[Question]]:
    """Those of safety and the first FEW others."""
    return groups[: sum(group[0].now for group in groups) + FEW]


def shown_question(question: Question, rulebook: Rulebook, patient: Patient, words: Words) -> Item:
    """One question as every document and page has it."""
    fact = rulebook.facts[question.fact.partition("@")[0]]
    unit = unit_of(patient, question.fact)
    return {
        "fact": question.fact,
        "label": words.fact_name(fact, unit),
        "name": fact.label,
        "ask": fact.ask,
        **({"about": words.unit_name(unit)} if unit is not None else {}),
        "settles": list(question.settles),
        "asked_by": list(question.asked_by),
        "asked_because": list(dict.fromkeys(rulebook.by_id[name.partition("@")[0]].title for name in question.asked_by)),
        "advice": list(question.advice),
        "now": question.now,
        "changes": fact.changes,
        "effort": fact.effort,
    }


def telling(answers: list[Item]) -> list[Item]:
    """Answers with their effects; none where no answer does anything by itself."""
    return answers if any(answer["settles"] for answer in answers) else []


class ShownAnswers:
    """What answers to questions would do, in words."""

    def __init__(self, answers: Answers, words: Words) -> None:
        self.answers = answers
        self.rulebook = answers.rulebook
        self.words = words
        self._place = {key: number for number, key in enumerate(self._by_weight())}
        self._text: dict[str, str] = words.asking

    def of(self, question: Question) -> list[Item]:
        """For each group of answers that do the same: the answers, what they settle, raise and leave open, and all that in a sentence."""
        fact = self.rulebook.facts[question.fact.partition("@")[0]]
        effects = self.answers.of(question)
        return [self._one(fact, effect, alone=len(effects) == 1) for effect in effects]

    def among(self, names: Iterable[str], most: int = _NAMED) -> list[str]:
        """The weightiest of these judgements, by their titles."""
        rules = sorted({name.partition("@")[0] for name in names}, key=self._place.__getitem__)
        return [self._text["title"].format(title=self.rulebook.by_id[rule].title) for rule in rules[:most]]

    def _one(self, fact: Declaration, effect: Effect, *, alone: bool) -> Item:
        settled = [self._judgement(str(key)) | {"status": status} for key, status in effect.settles]
        settled.sort(key=lambda item: self._place[item["id"]])
        left = sorted((self._judgement(str(key)) for key in effect.leaves_open), key=lambda item: self._place[item["id"]])
        answer = self.words.listed((self._answer(fact, one) for one in effect.answers), "or")
        return {
            "answer": answer,
            "values": [value for one in effect.answers for value in one.written[: max(len(one.words), 1)]],
            "settles": settled,
            "leaves_open": left,
            "said": f"{self._text['any_answer'] if alone else answer}: {self._said(settled, left)}",
        }

    def _said(self, settled: list[Item], left: list[Item]) -> str:
        if not settled:
            return self._text["settles_nothing"]
        raised = [item for item in settled if item["alert"] and item["status"] == MET]
        others = [item for item in settled if item not in raised]
        parts = []
        if raised:
            key = "raises" if len(raised) == 1 else "raises_several"
            parts.append(self._text[key].format(titles=self._few([self._quoted(item) for item in raised])))
        if others:
            parts.append(self._text["settles"].format(titles=self._few([self._with_status(item) for item in others])))
        if len(left) > _NAMED:
            parts.append(self._text["leaves_many"].format(n=len(left)))
        elif left:
            parts.append(self._text["leaves_open"].format(titles=self.words.listed(map(self._quoted, left))))
        return self._text["between"].join(parts)

    # --- judgements -----------------------------------------------------------------------------------------------------

    def _judgement(self, name: str) -> Item:
        rule_id, _, unit = name.partition("@")
        rule = self.rulebook.by_id[rule_id]
        return {"id": rule_id, **({rule.about: unit} if unit else {}), "title": rule.title, "alert": rule.alert is not None}

    def _by_weight(self) -> list[str]:
        """Rules as they are named: grave alerts, headline results, other alerts, other advice, the rest; each group as in the rulebook."""
        headline = {rule for _, rule in self.rulebook.about.assessment.headings}
        severity = {"critical": 0, "warning": 1, "notice": 3}

        def weight(rule_id: str) -> int:
            rule = self.rulebook.by_id[rule_id]
            if rule.alert is not None:
                return severity[rule.alert]
            return 2 if rule_id in headline else 4 if rule.advice else 5

        return sorted((rule.id for rule in self.rulebook.rules), key=weight)

    def _quoted(self, item: Item) -> str:
        unit = item.get("trial") or item.get("problem")
        title = self._text["title"].format(title=item["title"])
        return title if unit is None else self.words.words["in_unit"].format(label=title, unit=unit)

    def _with_status(self, item: Item) -> str:
        return self._text["as_status"].format(title=self._quoted(item), status=self.words.states[item["status"]])

    def _few(self, found: list[str]) -> str:
        shown = found[:_NAMED] if len(found) > _NAMED + 1 else found
        more = len(found) - len(shown)
        return self.words.listed([*shown, *([self._text["more"].format(n=more)] if more else [])])

    # --- answers --------------------------------------------------------------------------------------------------------

    def _answer(self, fact: Declaration, answer: Answer) -> str:
        if answer.range is not None:
            return self._range(fact, answer.range)
        if answer.kind in ("nothing", "something"):
            return self._text[answer.kind]
        listed = self.words.listed([plain(word) for word in answer.words], "or")
        return self._text["only"].format(member=listed) if answer.kind == "only" else listed

    def _range(self, fact: Declaration, span: Range) -> str:
        low, high = span.low, span.high
        if fact.type == "integer":  # whole numbers need no "more than"
            low = low if low is None or low[1] else (low[0] + 1, True)
            high = high if high is None or high[1] else (high[0] - 1, True)
        if low is None and high is not None and high[1] and fact.minimum == high[0]:
            low = high
        first = "" if low is None else with_unit(number(low[0]), fact.unit)
        last = "" if high is None else with_unit(number(high[0]), fact.unit)
        if low is not None and high is not None:
            if low == high:
                return first
            start = self._text["from"] if low[1] else self.words.words["more_than"]
            end = self._text["to" if high[1] else "below"]
            return self._text["range"].format(low=start.format(low=first), high=end.format(high=last))
        if low is not None:
            return self.words.words["or_more" if low[1] else "more_than"].format(low=first)
        if high is not None:
            return self.words.words["or_less" if high[1] else "less_than"].format(high=last)
        return self.words.words["any_number"]
