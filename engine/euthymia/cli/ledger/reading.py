"""euthymia ledger list, show, why, diff: what was recorded."""

import json
from datetime import date
from typing import Annotated, Any

import typer

from euthymia.cli.common import TextOrJson, day_asked, shipped_words
from euthymia.cli.common import show as write_out
from euthymia.cli.ledger.lines import columns
from euthymia.cli.pages import Audience, Format, page_writer, show_comparison
from euthymia.cli.recording import LedgerOption, readable
from euthymia.cli.why import WhyAudience, show_why
from euthymia.comparison.document import comparison
from euthymia.comparison.mixtures import Side
from euthymia.errors import InputError, Problem
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.listing import Filters, about, listed
from euthymia.ledger.replay import Day
from euthymia.ledger.responses import responses_to
from euthymia.ledger.rulebooks import old_rulebooks
from euthymia.ledger.store import Row
from euthymia.progress import progress
from euthymia.render.clean import clean

NumberArgument = Annotated[int, typer.Argument(help="The number of a record.", metavar="ID", min=1)]


def listing(  # noqa: PLR0913, PLR0917  the options of a command
    since: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="Recorded on this day or later.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Recorded on this day or earlier.")] = None,
    role: Annotated[str | None, typer.Option(help="Of those who asked in this role.")] = None,
    patient: Annotated[str | None, typer.Option(metavar="PSEUDONYM", help="Of this patient.")] = None,
    kind: Annotated[str | None, typer.Option(help="opening, key, assessment, response or erasure.")] = None,
    rule: Annotated[str | None, typer.Option(metavar="ID", help="In which this rule was met, or had the status of --status.")] = None,
    status: Annotated[str | None, typer.Option(help="met, not_met, undetermined or not_applicable; of the rule of --rule.")] = None,
    alert: Annotated[str | None, typer.Option(metavar="ID|SEVERITY", help="In which this alert, or one so grave, was met.")] = None,
    format: Annotated[TextOrJson, typer.Option(help="How to write it; JSON has one record on each line.")] = TextOrJson.text,
    ledger: LedgerOption = None,
) -> None:
    """List records: when, who, whose, and in short what came out."""
    filters = Filters(_day(since), _day(until), role, patient, kind, rule, status, alert)
    with readable(ledger) as opened, progress("records read", opened.store.count()) as step:
        found = listed(opened.store, filters, step)
        if format is TextOrJson.json:
            for item in found:
                write_out(json.dumps(item, ensure_ascii=False))
            return
        rows = [_cells(clean(item)) for item in found]
    write_out(columns([("ID", "when (UTC)", "who", "what", "patient", "about"), *rows]) if rows else "no record is so")


def _day(text: str | None) -> date | None:
    return None if text is None else day_asked(text)


def _cells(item: dict[str, Any]) -> tuple[Any, ...]:
    when = item["at"][:19].replace("T", " ") + (" (clock went back)" if item["clock_went_back"] else "")
    patient = item["patient"] or ("erased" if item["erased"] else "")
    return item["number"], when, f"{item['role']}:{item['name']}", item["kind"], patient, about(item)


def show(
    number: NumberArgument,
    audience: Annotated[Audience, typer.Option(help="For whom.")] = Audience.auditor,
    format: Annotated[Format, typer.Option(help="How to write it; JSON holds the record and all that it commits to.")] = Format.text,
    ledger: LedgerOption = None,
) -> None:
    """Show a record, and of an assessment the page of that day."""
    with readable(ledger) as opened:
        row = opened.row(number, "patient", "facts", "answer", "response")
        answers = responses_to(opened.store, row)
    if format is Format.json:
        parts = {name: [opening.value for opening in row.part(name)] for name in row.parts}
        write_out(json.dumps({"record": row.sealed.data, "hash": row.sealed.hash, "parts": parts}, ensure_ascii=False, indent=1))
        return
    if format is Format.text:
        write_out(_heading(row, answers))
    if row.part("answer"):
        program = {"program": row.sealed.data["program"]}
        write_out(page_writer(format, audience, several=False, to_file=False)(program | row.part("answer")[0].value))
    elif format is Format.html:
        raise InputError([Problem("--format html", 0, "", f"record {number} holds no page (any more); --format text tells what it holds")])


def _heading(row: Row, answers: list[Row]) -> str:
    """What the record says of itself."""
    sealed, data = row.sealed, row.sealed.data
    lines = [
        ("record", f"{sealed.number}, {sealed.kind}"),
        ("written", f"{sealed.at} by {sealed.by}"),
        ("digest", sealed.hash),
        ("signature", sealed.signature or "none"),
        ("program", f"{data['program']['name']} {data['program']['version']}"),
    ]
    if data["previous"]:
        lines.append(("before", f"record {data['previous']} of the same patient"))
    if sealed.kind == "assessment":
        lines += _of_assessment(row)
    if data["commitments"] and not row.parts:
        lines.append(("content", "erased; what is shown here is all that is left"))
    if row.part("patient"):
        lines.append(("patient", row.part("patient")[0].value))
    lines += _of_response(row) if sealed.kind == "response" else []
    for answer in answers:
        lines.append(("response", f"record {answer.sealed.number}: {answer.sealed.content['verdict']} by {answer.sealed.by}"))
    return columns(clean(lines))


def _of_assessment(row: Row) -> list[tuple[str, str]]:
    content = row.sealed.content
    statuses = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in content["shape"]["statuses"].items())
    return [
        ("assessed", f"on {content['on']}; shown to the {content['asked']['audience']} as {content['asked']['format']}"),
        ("rulebook", content["rulebook"]),
        ("engines", f"durable_rules {content['engines']['durable_rules']} and the evaluator agreed on {content['engines']['judgements']}"),
        ("shape", f"{content['shape']['facts']} facts told; judgements: {statuses}"),
    ]


def _of_response(row: Row) -> list[tuple[str, str]]:
    content = row.sealed.content
    said = row.part("response")[0].value if row.part("response") else {"rules": [], "note": None}
    lines = [("response", f"{content['verdict']} record {content['to']}" + (f": {content['reason']}" if content["reason"] else ""))]
    lines += [("about", ", ".join(said["rules"]))] if said["rules"] else []
    return lines + ([("note", said["note"])] if said["note"] else [])


def why(
    number: NumberArgument,
    name: Annotated[str, typer.Argument(help="A rule, recommendation, alert or definition by its id.", metavar="RULE")],
    format: Annotated[TextOrJson, typer.Option(help="How to write it.")] = TextOrJson.text,
    audience: Annotated[WhyAudience, typer.Option(help="For whom.")] = WhyAudience.auditor,
    ledger: LedgerOption = None,
) -> None:
    """Say why something was met, not met or open in a record, by the facts and the rules of its day."""
    with readable(ledger) as opened, old_rulebooks(opened.store) as rulebooks:
        reasoning = Day(remembered(opened, number), rulebooks).reasoning()
        show_why(reasoning, name, format, audience)


def diff(
    before: NumberArgument,
    after: NumberArgument,
    format: Annotated[Format, typer.Option(help="How to write it.")] = Format.text,
    ledger: LedgerOption = None,
) -> None:
    """Say what changed between two records, and whether the patient, the rules or the clock is the cause."""
    with readable(ledger) as opened, old_rulebooks(opened.store) as rulebooks:
        days = [Day(remembered(opened, number), rulebooks) for number in (before, after)]
        one, other = (Side(day.document, day.consultation, day.on, day.row.sealed.content["rulebook"]) for day in days)
        show_comparison(comparison(one, other, shipped_words()), format)


def remembered(ledger: Ledger, number: int) -> Row:
    """An assessment whose facts have not been erased."""
    row = ledger.of_kind(number, "assessment", "facts")
    if not row.parts:
        raise InputError([Problem(ledger.store.where, 0, "", f"record {number} was erased; its decision cannot be made again")])
    return row
