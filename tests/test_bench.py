"""Each measurement of `python -m bench` runs, here with tiny sizes; no time is judged."""

import pytest
from bench import __main__ as bench
from bench import measures, patients
from bench.handwritten import GOAL, Handwritten
from bench.measures import Sizes
from bench.rulebooks import only, times

from euthymia.consultation import Consultation
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.view import views

TINY = Sizes(
    repeats=1, generated=2, trials=(1, 2), rulebooks=(1, 2), evaluations=(1, 2), threads=2, starts=1, started="only-an-age",
    recorded=("only-an-age",), appended=1, chain=20, clinicians=2, minutes=0.01,
)  # fmt: skip
NAMES = (
    "hand-written code", "bare engine", "explanations", "more trials", "more rules", "set-up", "memory", "threads", "commands", "ledger",
    "web",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_measurement_runs(name: str, consultation: Consultation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every measurement yields rows that the table can show."""
    monkeypatch.setattr(patients, "examples", lambda ready: [patients.small(ready)])
    rows = list(bench.measurements(consultation, TINY)[name]())
    assert rows
    assert len(bench.table(rows).splitlines()) == len(rows) + 1


def test_every_measurement_is_tested(consultation: Consultation) -> None:
    """No measurement is left out above."""
    assert tuple(bench.measurements(consultation, TINY)) == NAMES


def test_the_hand_written_code_says_what_the_rules_say(consultation: Consultation) -> None:
    """bench/handwritten.py finds the evaluator's status for every rule, on the examples and on generated patients; change both together."""
    rulebook = only(consultation.rulebook, GOAL)
    evaluator, handwritten = Evaluator(rulebook), Handwritten(rulebook.parameters)
    people = [*patients.examples(consultation), *patients.several(consultation, 50), *patients.near_complete(consultation, 100)]
    differing = {rule for patient in people for rule in measures.differences(evaluator, handwritten, views(patient, rulebook.facts))}
    assert differing == set()


def test_a_rulebook_of_copies_is_judged_like_the_original(consultation: Consultation) -> None:
    """Every copy of a rule has the status of the rule that it was copied from."""
    whole = views(patients.with_trials(consultation, 2), consultation.rulebook.facts)
    found = Evaluator(times(consultation.rulebook, 2)).evaluate_view(whole)
    assert len(found) == 2 * len({key for key in found if not key.rule.endswith("-1")})
    for key, status in found.items():
        if key.rule.endswith("-1"):
            assert status == found[key._replace(rule=key.rule.removesuffix("-1"))]


def test_an_unknown_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Only --long is known; anything else gets the help, on stderr."""
    assert bench.main(["--short"]) == 2
    assert "--long" in capsys.readouterr().err
