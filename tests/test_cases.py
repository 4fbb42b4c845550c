"""Every case of the guideline authors holds, on both engines."""

from pathlib import Path

import pytest

from euthymia.cases.coverage import uncovered
from euthymia.cases.files import read_cases
from euthymia.cases.run import Variant, run, variants
from euthymia.consultation import Consultation
from euthymia.render.words import Words

HERE = Path(__file__).parent
EXAMPLES = list(read_cases(HERE / "examples"))  # those of the rules run by `euthymia rules test`, on all processors
FILES = [*read_cases(HERE / "rules"), *EXAMPLES]


@pytest.mark.parametrize(("path", "checked"), EXAMPLES, ids=[str(path.relative_to(HERE)) for path, _ in EXAMPLES])
def test_what_a_case_file_says_follows(path: Path, checked: object, consultation: Consultation, words: Words) -> None:
    """Each patient of the file gets the statuses, reasons and sentences that its case expects; evaluator and durable_rules agree on it."""
    failures = list(run(consultation, words, list(variants(path, checked))))  # type: ignore[arg-type]
    assert not failures, "\n".join(map(str, failures))


def test_every_rule_has_a_case_for_every_status_it_can_take(consultation: Consultation) -> None:
    """Met, not met, undetermined and, where a rule may not apply, not applicable."""
    found: list[Variant] = [variant for path, checked in FILES for variant in variants(path, checked)]
    assert [(rule.id, missing) for rule, missing in uncovered(consultation.rulebook, found)] == []


def test_a_wrong_expectation_is_reported_as_a_readable_difference(consultation: Consultation, words: Words, tmp_path: Path) -> None:
    """The author sees file, line, the case's sentence, what was expected, what was found, and why."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        "schema: euthymia.cases/1\ncases:\n"
        "  - case: Three weeks are long enough\n"
        "    given: {trials: [{id: t1, modality: medication, weeks_at_adequate_dose: 3}]}\n"
        "    expect: {GF-E-A4@t1: met}\n"
    )
    ((path, checked),) = read_cases(wrong)
    (variant,) = variants(path, checked)
    (failure,) = run(consultation, words, [variant])
    assert str(failure).startswith(f"{wrong}:3: Three weeks are long enough\n    GF-E-A4@t1: expected met, found not_met")
    assert "trial.weeks_at_adequate_dose@t1" in str(failure)


def test_a_patient_of_several_cases_is_judged_once(
    consultation: Consultation, words: Words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each case has its own expectations of him; another patient, or another day, is judged anew."""
    file = tmp_path / "cases.yaml"
    file.write_text(
        "schema: euthymia.cases/1\ncases:\n"
        "  - {case: One, given: {diagnosis: {mdd: yes}}, expect: {GF-E-00: met}}\n"
        "  - {case: Two, given: {diagnosis: {mdd: yes}}, expect: {GF-E-00: not_met}}\n"
        "  - {case: Three, given: {diagnosis: {mdd: no}}, expect: {GF-E-00: met}}\n"
        "  - {case: Four, on: 2026-01-01, given: {diagnosis: {mdd: yes}}, expect: {GF-E-00: met}}\n"
    )
    ((path, checked),) = read_cases(file)
    judged = []
    honest = Consultation.reason
    monkeypatch.setattr(Consultation, "reason", lambda self, read, on: judged.append(on) or honest(self, read, on))
    failures = list(run(consultation, words, list(variants(path, checked))))
    assert [failure.case for failure in failures] == ["One", "Two", "Three", "Four"]
    assert len(judged) == 3
