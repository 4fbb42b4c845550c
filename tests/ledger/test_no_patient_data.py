"""Nothing of a patient reaches logs or the report of a defect while a record is written."""

import logging
import traceback

import pytest

from euthymia.errors import Defect
from euthymia.ledger.sql_store import SqlWriting
from tests.ledger.conftest import Maker
from tests.ledger.making import BY, draft, ledger_in

MARK = "Zyxwv"


def test_a_statement_that_the_database_refuses_is_reported_without_its_values(
    store_maker: Maker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL cites the value that is there twice; the report of the defect does not."""
    caplog.set_level(logging.DEBUG)
    honest = SqlWriting.add_patient

    def twice(writing: SqlWriting, subject: str, pseudonym: str) -> None:
        honest(writing, subject, pseudonym)
        honest(writing, f"{subject}0", pseudonym)

    monkeypatch.setattr(SqlWriting, "add_patient", twice)
    with pytest.raises(Defect) as raised:
        ledger_in(store_maker()).append(draft(MARK))
    out, err = capfd.readouterr()
    report = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert "refused a statement" in report
    assert "add_patient" in report
    assert MARK not in report + out + err + caplog.text


def test_recording_logs_and_prints_nothing(store_maker: Maker, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """With logging at its most talkative: written, read, erased."""
    caplog.set_level(logging.DEBUG)
    ledger = ledger_in(store_maker())
    number = ledger.append(draft(MARK)).number
    assert ledger.store.row(number, ("patient",)) is not None
    ledger.erase(MARK, BY)
    out, err = capfd.readouterr()
    assert MARK not in out + err + caplog.text
