"""What auditors ask of recorded decisions, done in processes of their own. Each call opens the ledger itself, to be read only."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from euthymia.assess import Reasoning
from euthymia.comparison.document import comparison
from euthymia.comparison.mixtures import Side
from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.listing import Filters
from euthymia.ledger.opening import open_store
from euthymia.ledger.replay import Day
from euthymia.ledger.rulebooks import old_rulebooks
from euthymia.ledger.searching import Found, newest
from euthymia.ledger.store import Row, Store
from euthymia.render.derivation import derivation_graph
from euthymia.render.page import html_fragment, html_page
from euthymia.render.why_document import NoSuchId, why_document
from euthymia.web.charts import work

Item = dict[str, Any]
_A_PAGE = 50
_PATIENCE = 4.0  # seconds of looking; the rest is looked through when it is asked for
_KEPT = 3  # rulebooks of other days kept at hand


@contextmanager
def reading(where: str) -> Iterator[Store]:
    """The ledger at this place, as long as the context lasts. Raises InputError."""
    with closing(open_store(where, writable=False)) as store, of_the_ledger(store.where):
        yield store


@contextmanager
def of_the_ledger(where: str) -> Iterator[None]:
    """What is wrong with a record is told of the ledger: where that is kept is nobody's business."""
    try:
        yield
    except InputError as error:
        problems = error.problems
        raise InputError([Problem("ledger", 0, "", on_a_page(one.message)) if one.file == where else one for one in problems]) from None


def on_a_page(message: str) -> str:
    """The ledger's messages name commands; here these are pages."""
    return message.replace("`euthymia ledger verify`", "verifying")


def search(where: str, filters: Filters, before: int | None) -> Found:
    """One page of records, the newest first; fewer where looking takes long."""
    until = time.monotonic() + _PATIENCE
    with reading(where) as store:
        return newest(store, filters, before, _A_PAGE, lambda: time.monotonic() > until)


def page_of_that_day(where: str, number: int, audience: str) -> str:
    """The page that was shown, whole."""
    with reading(where) as store:
        row = assessment(store, number, "answer")
    return html_page({"program": row.sealed.data["program"], **row.part("answer")[0].value}, audience, work.own().templates)


def compared(where: str, before: int, after: int) -> str:
    """What changed between two records, and by which cause, as part of a page."""
    with reading(where) as store:
        one, other = (_side(store, number) for number in (before, after))
    own = work.own()
    return html_fragment(comparison(one, other, own.words), "comparison", own.templates)


def _side(store: Store, number: int) -> Side:
    day = Day(assessment(store, number, "facts"), _Kept(store))
    return Side(day.document, day.consultation, day.on, day.row.sealed.content["rulebook"])


def assessment(store: Store, number: int, *parts: str) -> Row:
    """Raises InputError for a record of another kind, an erased one, and one that is not what was sealed."""
    row = Ledger(store, _no_clock).of_kind(number, "assessment", *parts)
    if not row.parts:
        raise InputError([Problem("record", 0, "", f"record {number} was erased; its decision cannot be made again")])
    return row


def _no_clock() -> Any:
    raise NotImplementedError  # nothing is written here


# ---------------------------------------------------------------- why


@dataclass(frozen=True, slots=True)
class Why:
    """The words; the drawing, where one judgement was asked about; else the judgements that were meant, by their places."""

    asked: str
    words: str
    drawing: str | None
    judgements: tuple[tuple[int, str], ...]


def why(where: str, number: int, name: str) -> Why:
    """By the facts and the rules of that day. Raises InputError for a name that nothing of the record has."""
    with reading(where) as store:
        row = assessment(store, number, "facts", "derivation")
        reasoning = Day(row, _Kept(store)).reasoning()
    own = work.own()
    names = judgement_names(row)
    try:
        found = why_document(reasoning, own.words, name)
    except NoSuchId as error:
        raise InputError([Problem("name", 0, "", str(error))]) from None
    words = html_fragment(found, "why", own.templates, prefix="why-")
    meant = tuple((place, one) for place, one in enumerate(names, 1) if one.partition("@")[0] == name)
    single = name if name in names else meant[0][1] if len(meant) == 1 else None
    drawing = None if single is None else _drawing(reasoning, single, f"/audit/{number}", row)
    return Why(name, words, drawing, () if single else meant)


def judgement_names(row: Row) -> list[str]:
    """`GF-E-A4@t1`, in the order of the record's derivation."""
    steps = row.part("derivation")[0].value
    return [step["rule"] if step["unit"] is None else f"{step['rule']}@{step['unit']}" for step in steps]


def _drawing(reasoning: Reasoning, name: str, record: str, row: Row) -> str:
    """Each box leads on: addresses hold places in lists, never the name of a trial."""
    rules = {judged: f"{record}/why/{place}" for place, judged in enumerate(judgement_names(row), 1)}
    facts = {fact: f"{record}/facts#f{place}" for place, fact in enumerate(fact_names(row), 1)}

    def href(kind: str, called: str) -> str | None:
        return {"rule": rules, "fact": facts}.get(kind, {}).get(called)

    own = work.own()
    return html_fragment(derivation_graph(reasoning, name, own.words, href), "derivation", own.templates, prefix="drawn-")


def fact_names(row: Row) -> list[str]:
    """`trial.drug@t1` for each fact as it was told, in the order of the record."""
    facts = [opening.value for opening in row.part("facts")]
    units = {tuple(fact["at"][:2]): fact["is"] for fact in facts if len(fact["at"]) == 3 and fact["at"][2] == "id"}
    return [_fact_name(fact["at"], units) for fact in facts]


def _fact_name(at: list[Any], units: dict[tuple[Any, ...], Any]) -> str:
    if len(at) == 3:
        return f"{at[0].removesuffix('s')}.{at[2]}@{units.get((at[0], at[1]), at[1] + 1)}"
    return ".".join(map(str, at))


# ---------------------------------------------------------------- rules of other days


class _Kept:
    """Rulebooks as `replay.Day` wants them: one that is in force today, or was asked for lately, is not read again."""

    _others: dict[str, Consultation] = {}  # noqa: RUF012  what is kept between calls

    def __init__(self, store: Store) -> None:
        self._store = store

    def consultation(self, wanted: str) -> Consultation:
        own = work.own().consultation
        if wanted == own.rulebook.digest:
            return own
        if wanted not in self._others:
            with old_rulebooks(self._store) as rulebooks:
                made = rulebooks.consultation(wanted)
            for oldest in list(self._others)[: 1 - _KEPT]:
                del self._others[oldest]
            self._others[wanted] = made
        return self._others[wanted]


def told_value(told: Any) -> tuple[str, Item]:
    """A fact as it was told, in words, and with whom it came from."""
    given = told if isinstance(told, dict) and "value" in told else {"value": told}
    return _shown(given["value"]), {name: str(given[name]) for name in ("source", "date", "note") if given.get(name)}


def _shown(value: Any) -> str:
    match value:
        case "unknown":
            return "asked, not known"
        case list():
            return ", ".join(map(_shown, value)) or "none"
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
