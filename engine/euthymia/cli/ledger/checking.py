"""euthymia ledger verify, replay, check, head: is the record true, and does the answer follow?"""

import json
from pathlib import Path
from typing import Annotated

import typer

from euthymia import certificate
from euthymia.cli.common import WRONG_INPUT, shipped_words, show
from euthymia.cli.recording import KeyOption, LedgerOption, readable
from euthymia.errors import InputError, Problem
from euthymia.ledger.anchor import anchor_of, read_anchor
from euthymia.ledger.export import ndjson
from euthymia.ledger.replay import PARTS_NEEDED
from euthymia.ledger.replay import replay as replayed
from euthymia.ledger.reports import of_replay
from euthymia.ledger.rulebooks import old_rulebooks
from euthymia.progress import progress
from euthymia.render.clean import clean_text


def verify(
    anchor: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="A head that was kept elsewhere; may be given again.")] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(envvar="EUTHYMIA_LEDGER_PUBLIC_KEY", metavar="FILE", help="The public key with which records must be signed."),
    ] = None,
    ledger: LedgerOption = None,
    key: KeyOption = None,
) -> None:
    """Check that every record is as it was written and none is missing; name the first that was changed, removed, inserted or reordered."""
    from euthymia.ledger import signing  # noqa: PLC0415  other commands need not wait for the library
    from euthymia.ledger.reports import of_verification  # noqa: PLC0415
    from euthymia.ledger.verify import verify as verified  # noqa: PLC0415

    public = signing.read_public(public_key) if public_key is not None else signing.read_key(key).public if key is not None else None
    anchors = [read_anchor(path) for path in anchor or []]
    with readable(ledger) as opened, progress("records verified", opened.store.count()) as step:
        found = verified(opened.store, anchors, public, step)
    show("\n".join(of_verification(found, len(anchors))))
    if found.fault is not None:
        raise SystemExit(WRONG_INPUT)


def replay(
    number: Annotated[int | None, typer.Argument(help="The number of an assessment.", metavar="[ID]", min=1)] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Every assessment.")] = False,
    ledger: LedgerOption = None,
) -> None:
    """Make a decision again, by the facts and the rules of its day, and compare every byte."""
    if (number is None) is not all_of_them:
        raise InputError([Problem("ID", 0, "", "name one assessment, or give --all")])
    with readable(ledger) as opened, old_rulebooks(opened.store) as rulebooks:
        every = opened.store.rows(kinds=("assessment",), parts=PARTS_NEEDED)
        rows = every if number is None else [opened.of_kind(number, "assessment", *PARTS_NEEDED)]
        words, results = shipped_words(), []
        with progress("replayed", 1 if number else opened.store.count(("assessment",))) as step:
            for row in rows:
                result = replayed(opened.sound(row, *PARTS_NEEDED), rulebooks, words)
                results.append((result.same, result.forgotten))
                if not result.same:
                    show("\n".join(map(clean_text, of_replay(result))))
                step()
    same, forgotten = sum(same for same, _ in results), sum(forgotten for _, forgotten in results)
    show(f"{same} of {len(results) - forgotten} answers are the same byte by byte" + (f"; {forgotten} were erased" if forgotten else ""))
    if same + forgotten < len(results):
        raise SystemExit(WRONG_INPUT)


def check(ledger: LedgerOption = None) -> None:
    """Confirm every step of every recorded derivation by a checker that shares no code with the engines."""
    with readable(ledger) as opened, progress("records checked", opened.store.count()) as step:
        report = certificate.check(ndjson(opened.store, step))
    forgotten = f"; {report.forgotten} were erased" if report.forgotten else ""
    summary = f"{report.records} records, {report.steps} steps of their derivations, {len(report.faults)} faults{forgotten}"
    show("\n".join([*map(clean_text, report.faults), summary]))
    if report.faults:
        raise SystemExit(WRONG_INPUT)


def head(ledger: LedgerOption = None) -> None:
    """Print the head of the chain, to be kept elsewhere: with it, `verify --anchor` shows when something was cut off or written anew."""
    with readable(ledger) as opened:
        row = opened.store.head()
    assert row is not None
    show(json.dumps(anchor_of(row.sealed), indent=1))
