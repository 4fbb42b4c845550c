"""The criteria A to E and refractoriness as a programmer would write them without a rule language, to compare times with.

Judges the same views as the evaluator, with the same three truth values. Numbers come from the parameters; the rules themselves are
written out, so whoever changes rules/refractoriness or what it refers to changes this file too. Not part of the program.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from euthymia.inference.evaluate import Truth
from euthymia.inference.trace import Key
from euthymia.inference.view import SCALE, View
from euthymia.rulebook.files import ParameterEntry

GOAL = "GF-E-00"
Judged = dict[str, str]
YES_NO = {True: "met", False: "not_met", None: "undetermined"}
DRUG, TALK, EITHER = ("medication", "combined"), ("psychotherapy", "combined"), ("medication", "psychotherapy", "combined")
AREAS = (
    "stress_allostatic_assessed", "lifestyle_assessed", "illness_behaviour_assessed", "wellbeing_assessed", "relationships_assessed",
    "psychiatric_exam_done",
)  # fmt: skip
DECISIONS = ("appraisal_given", "discussion_offered", "clarification_offered", "shared_decision")
COMPLEXITIES = {
    "complexity-comorbidity": "comorbidity_extensive",
    "complexity-double-depression": "double_depression",
    "complexity-chronicity": "chronic_depression",
    "complexity-anxiety-first": "anxiety_preceded_depression",
}


# ---- three truth values -----------------------------------------------------------------------------------------------


def every(*parts: Truth) -> Truth:
    return False if False in parts else None if None in parts else True


def either(*parts: Truth) -> Truth:
    return True if True in parts else None if None in parts else False


def negated(part: Truth) -> Truth:
    return None if part is None else not part


def status(applies: Truth, when: Truth) -> str:
    return "not_applicable" if applies is False else "undetermined" if applies is None else YES_NO[when]


def met(found: str, *wanted: str) -> Truth:
    return None if found == "undetermined" else found in (wanted or ("met",))


class Numbers:
    """The parameters that the rules compare with, in thousandths."""

    def __init__(self, parameters: Mapping[str, ParameterEntry]) -> None:
        self._parameters = parameters

    def __getattr__(self, name: str) -> int:
        value: Any = self._parameters[name].value
        number = int(value * SCALE)
        setattr(self, name, number)
        return number

    def words(self, name: str) -> frozenset[str]:
        value: Any = self._parameters[name].value
        return frozenset(value)


class Handwritten:
    """All rules that lead to refractoriness."""

    def __init__(self, parameters: Mapping[str, ParameterEntry]) -> None:
        self.numbers = Numbers(parameters)
        self.evidence_based = self.numbers.words("evidence_based_psychotherapies")
        self.trials_needed = self.numbers.adequate_trials_needed // SCALE

    def judge(self, whole: View) -> dict[Key, str]:
        """The status of every rule for the patient and for each trial."""
        patient = Patient(whole)
        patient.simple_ones()
        trials = [Trial(view, patient, self) for view in whole.units["trial"]]
        for trial in trials:
            trial.judge()
        self._latest(patient, whole)
        self._criteria(patient, trials)
        found = {Key(rule): result for rule, result in patient.found.items()}
        for trial in trials:
            found.update({Key(rule, trial.view.unit): result for rule, result in trial.found.items()})
        return found

    def _latest(self, patient: "Patient", whole: View) -> None:
        """Did the latest trial leave the patient unchanged or worse?"""
        numbers = self.numbers
        patient.rule("GF-A-06", latest(whole, lambda trial: _got_worse(trial, numbers)))
        unchanged = latest(whole, lambda trial: _unchanged(trial, numbers))
        patient.rule("GF-A-11", every(negated(patient.met("GF-A-06")), unchanged))
        patient.rule("latest-not-assessable", latest(whole, lambda trial: _not_assessable(trial, numbers)))
        rated = latest(whole, lambda trial: trial.from_(SCORE, numbers.kellner_no_change_score))
        rated_alone = every(patient.met("latest-not-assessable"), rated)
        patient.rule("latest-unchanged-or-worse", either(patient.met("GF-A-11"), patient.met("GF-A-06"), rated_alone))

    def _criteria(self, patient: "Patient", trials: list["Trial"]) -> None:
        closed = patient.view.facts.get("process.treatment_history_complete") == "yes"
        counts = Counts(trials, closed)
        self._criterion_a(patient, counts)
        self._criterion_b(patient, counts)
        patient.rule("criterion-c", every(*(patient.met(f"GF-E-C{n}") for n in range(1, 7))))
        _criterion_d(patient, trials)
        patient.rule("criterion-e", every(*(patient.met(f"GF-E-E{n}") for n in range(1, 5))))
        parts = ["latest-unchanged-or-worse", *(f"criterion-{letter}" for letter in "abcde")]
        patient.rule(GOAL, every(patient.says("diagnosis.mdd", "yes"), *map(patient.met, parts)))

    def _criterion_a(self, patient: "Patient", counts: "Counts") -> None:
        patient.rule("GF-E-A1", counts.different_drugs(self.trials_needed))
        patient.rule("GF-E-A2", counts.some(lambda trial: every(trial.met("GF-E-A9"), trial.one_of("trial.modality", *TALK))))
        patient.rule("GF-E-A3", counts.some(lambda trial: every(trial.met("GF-E-A9"), trial.one_of("trial.modality", *DRUG))))
        patient.rule("criterion-a", every(*(patient.met(f"GF-E-A{n}") for n in (1, 2, 3))))

    def _criterion_b(self, patient: "Patient", counts: "Counts") -> None:
        counted = counts.some(lambda trial: trial.met("GF-E-A9"))
        unsuited = counts.some(lambda trial: every(trial.met("GF-E-A9"), negated(trial.says("trial.indication_appropriate", "yes"))))
        fitting = counts.some(lambda trial: every(trial.met("GF-E-A9"), trial.says("trial.addressed_complexity", "yes")))
        patient.rule("GF-E-B1", negated(unsuited), counted)
        patient.rule("GF-E-B2", either(negated(patient.met("case-is-complex")), fitting), counted)
        patient.rule("criterion-b", every(patient.met("GF-E-B1"), patient.met("GF-E-B2")), counted)


class Judge:
    """Facts of one view and the statuses found for it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.found: Judged = {}

    def rule(self, name: str, when: Truth, applies: Truth = True) -> None:
        self.found[name] = status(applies, when)

    def met(self, rule: str, *wanted: str) -> Truth:
        return met(self.found[rule], *wanted)

    def says(self, fact: str, word: str) -> Truth:
        value = self.view.facts.get(fact)
        return None if value is None else value == word

    def one_of(self, fact: str, *words: str) -> Truth:
        value = self.view.facts.get(fact)
        return None if value is None else value in words

    def from_(self, fact: str, bound: int) -> Truth:
        value = self.view.facts.get(fact)
        return None if value is None else True if value[0] >= bound else False if value[1] < bound else None

    def under(self, fact: str, bound: int) -> Truth:
        return negated(self.from_(fact, bound))

    def first(self, *options: tuple[str, Callable[[], Truth]]) -> Truth:
        """The first option whose fact is known decides."""
        return next((judge() for fact, judge in options if fact in self.view.facts), None)


class Patient(Judge):
    def simple_ones(self) -> None:
        """Rules that read facts about the patient only."""
        for number, fact in enumerate(AREAS, 1):
            self.rule(f"GF-E-C{number}", self.says(f"area.{fact}", "yes"))
        for number, fact in enumerate(DECISIONS, 1):
            self.rule(f"GF-E-E{number}", self.says(f"process.{fact}", "yes"))
        for rule, fact in COMPLEXITIES.items():
            self.rule(rule, self.says(f"diagnosis.{fact}", "yes"))
        illnesses = self.view.facts.get("diagnosis.medical_comorbidities")
        self.rule("complexity-medical", None if illnesses is None else bool(illnesses))
        self.rule("case-is-complex", either(*(self.met(rule) for rule in (*COMPLEXITIES, "complexity-medical"))))
        self.rule("GF-C-05", self.says("diagnosis.bipolar_disorder", "yes"))
        self.rule("GF-C-06", self.says("diagnosis.vascular_dementia", "yes"))
        anxious = self.says("diagnosis.anxiety_disorder", "yes"), self.says("diagnosis.anxiety_disorder_main", "yes")
        self.rule("GF-C-07", every(*anxious))
        self.rule("misdiagnosis", either(self.met("GF-C-05"), self.met("GF-C-06"), self.met("GF-C-07")))


class Trial(Judge):
    def __init__(self, view: View, patient: Patient, rules: Handwritten) -> None:
        super().__init__(view)
        self.patient = patient
        self.rules = rules
        self.drug = self.one_of("trial.modality", *DRUG)
        self.talk = self.one_of("trial.modality", *TALK)
        self.either = self.one_of("trial.modality", *EITHER)

    def judge(self) -> None:
        self._long_enough()
        self._failed()
        self._shortcomings()
        self._counts()

    def _long_enough(self) -> None:
        numbers = self.rules.numbers
        needed = numbers.medication_trial_minimum_weeks
        dose, total, weeks = "trial.weeks_at_adequate_dose", "trial.weeks_total", "trial.psychotherapy_weeks"
        self.rule("GF-E-A4", self.first((dose, lambda: self.from_(dose, needed)), (total, lambda: self.from_(total, needed))), self.drug)
        self.rule("GF-E-A5", self.from_(weeks, numbers.psychotherapy_trial_minimum_weeks), self.talk)
        self.rule("GF-E-A6", self.says("trial.dose_adequate", "yes"), self.drug)
        self.rule("GF-E-A8", self.says("trial.adherence", "adequate"), self.either)
        by_weeks = self.from_(weeks, numbers.psychotherapy_minimum_weeks_situation_c)
        by_sessions = self.from_("trial.sessions_attended", numbers.psychotherapy_minimum_sessions_situation_c)
        self.rule("psychotherapy-length-for-situation-c", either(by_weeks, by_sessions), self.talk)
        enough = self.from_("trial.sessions_attended", numbers.psychotherapy_minimum_sessions_criterion_a)
        good = self.says("trial.psychotherapy_quality", "adequate")
        self.rule("psychotherapy-exposure-sufficient", either(enough, good), self.talk)

    def _failed(self) -> None:
        stopped = self.one_of("trial.stop_reason", "intolerance", "patient_choice")
        short = either(self.met("GF-E-A4", "not_met"), self.met("GF-E-A5", "not_met"))
        self.rule("ended-early", every(stopped, short))
        no_response = self.says("trial.initial_response", "no")
        self.rule("GF-E-A7", every(no_response, negated(self.met("ended-early")), _no_effect(self, self.rules.numbers)))
        self.rule("failed-or-no-remission", either(self.met("GF-E-A7"), self.says("trial.remission", "no")))
        current = self.says("trial.episode", "current")
        returned = self.says("trial.symptoms_returned_on_maintenance", "yes")
        self.rule("trial-lost-effect", every(self.says("trial.initial_response", "yes"), returned, current), self.drug)
        before = self.says("trial.same_drug_worked_before", "yes"), self.says("trial.drug_free_interval_before", "yes")
        self.rule("trial-restart-failed", every(*before, self.met("GF-E-A7"), current), self.drug)

    def _shortcomings(self) -> None:
        needed = self.rules.numbers.medication_trial_minimum_weeks
        dose, total = "trial.weeks_at_adequate_dose", "trial.weeks_total"
        short = self.first((dose, lambda: self.under(dose, needed)), (total, lambda: self.under(total, needed)))
        brief = every(self.talk, negated(self.met("psychotherapy-length-for-situation-c")))
        self.rule("GF-C-02", either(every(self.drug, short), brief), self.either)
        self.rule("GF-C-03", self.says("trial.dose_adequate", "no"), self.drug)
        self.rule("GF-C-04", self.says("trial.metabolic_inducer", "yes"), self.drug)
        self.rule("psychotherapy-evidence-based", self._evidence_based(), self.talk)
        unproven = self.met("psychotherapy-evidence-based", "not_met")
        self.rule("GF-C-08", every(self.met("failed-or-no-remission"), unproven), self.talk)
        self.rule("GF-C-10", self.says("trial.adherence", "inadequate"))
        flags = [self.met(rule) for rule in ("GF-C-02", "GF-C-03", "GF-C-04", "GF-C-08", "GF-C-10")]
        self.rule("inadequate-by-flag", either(*flags, self.patient.met("misdiagnosis")))

    def _evidence_based(self) -> Truth:
        stated, kind = "trial.psychotherapy_evidence_based", "trial.psychotherapy_type"
        listed = self.one_of(kind, *self.rules.evidence_based) or None
        return self.first((stated, lambda: self.says(stated, "yes")), (kind, lambda: listed))

    def _counts(self) -> None:
        """Does the trial count for criterion A?"""
        demands = ("GF-E-A4", "GF-E-A5", "GF-E-A6", "psychotherapy-exposure-sufficient")
        fulfilled = [self.met(rule, "met", "not_applicable") for rule in demands]
        current = self.says("trial.episode", "current")
        sound = negated(self.met("inadequate-by-flag"))
        self.rule("GF-E-A9", every(self.either, self.met("GF-E-A7"), self.met("GF-E-A8"), current, sound, *fulfilled))


class Counts:
    """How many trials fulfil something; with an open history more may exist."""

    def __init__(self, trials: list[Trial], closed: bool) -> None:
        self.trials = trials
        self.closed = closed

    def some(self, test: Callable[[Trial], Truth]) -> Truth:
        return _some((test(trial) for trial in self.trials), self.closed)

    def different_drugs(self, needed: int) -> Truth:
        """At least so many trials count, one drug taken once."""
        results = [(trial, trial.met("GF-E-A9")) for trial in self.trials]
        if _fewest([trial for trial, result in results if result is True]) >= needed:
            return True
        possible = [trial for trial, result in results if result is not False]
        names = {trial.view.facts["trial.drug"] for trial in possible if "trial.drug" in trial.view.facts}
        most = len(names) + sum("trial.drug" not in trial.view.facts for trial in possible)
        return False if self.closed and most < needed else None


def _some(results: Iterable[Truth], closed: bool) -> Truth:
    found = list(results)
    return True if True in found else None if None in found or not closed else False


def _fewest(trials: list[Trial]) -> int:
    """At least so many different ones: unnamed drugs may all be one of those that are named."""
    named = {trial.view.facts["trial.drug"] for trial in trials if "trial.drug" in trial.view.facts}
    unnamed = [trial for trial in trials if "trial.drug" not in trial.view.facts]
    without = ("psychotherapy", "neuromodulation")
    drugless = [trial for trial in unnamed if "trial.drug" in trial.view.excluded or trial.one_of("trial.modality", *without)]
    return len(drugless) + max(len(named), len(unnamed) > len(drugless))


def _criterion_d(patient: Patient, trials: list[Trial]) -> None:
    lost = _some((trial.met("trial-lost-effect") for trial in trials), closed=True)
    restarted = _some((trial.met("trial-restart-failed") for trial in trials), closed=True)
    returned = patient.says("episode.origin", "return_on_maintenance")
    without_effect = patient.says("episode.origin", "restart_without_effect")
    patient.rule("GF-E-D1", every(patient.says("toxicity.loss_of_effect", "no"), negated(returned), negated(lost)))
    patient.rule("GF-E-D2", every(patient.says("toxicity.rechallenge_failure", "no"), negated(without_effect), negated(restarted)))
    patient.rule("criterion-d", every(patient.met("GF-E-D1"), patient.met("GF-E-D2")))


# ---- the effect of one trial ------------------------------------------------------------------------------------------

SCORE, OUTCOME, FALL = "trial.kellner_score", "trial.outcome", "trial.percent_reduction"


def _no_effect(trial: Judge, numbers: Numbers) -> Truth:
    return trial.first(
        (SCORE, lambda: trial.from_(SCORE, numbers.kellner_failure_score)),
        (OUTCOME, lambda: trial.one_of(OUTCOME, "non_response", "deterioration")),
        (FALL, lambda: trial.under(FALL, numbers.percent_reduction_failure)),
    )


def _got_worse(trial: Judge, numbers: Numbers) -> Truth:
    return trial.first(
        (SCORE, lambda: trial.from_(SCORE, numbers.kellner_deterioration_minimum)),
        (OUTCOME, lambda: trial.says(OUTCOME, "deterioration")),
        (FALL, lambda: trial.under(FALL, numbers.percent_reduction_no_change)),
    )


def _unchanged(trial: Judge, numbers: Numbers) -> Truth:
    score = numbers.kellner_no_change_score
    return trial.first(
        (SCORE, lambda: every(trial.from_(SCORE, score), trial.under(SCORE, score + 1))),
        (OUTCOME, lambda: trial.says(OUTCOME, "non_response")),
        (FALL, lambda: trial.under(FALL, numbers.percent_reduction_failure)),
    )


def _not_assessable(trial: Judge, numbers: Numbers) -> Truth:
    return trial.first(
        (SCORE, lambda: trial.under(SCORE, numbers.kellner_best_score)),
        (OUTCOME, lambda: trial.says(OUTCOME, "not_assessable")),
        (FALL, lambda: trial.under(FALL, numbers.percent_reduction_lowest)),
    )


def latest(whole: View, test: Callable[[Judge], Truth]) -> Truth:
    """The latest trial, or all trials alike when it is not known which is the latest."""
    if whole.latest is not None:
        return test(Judge(whole.latest))
    results = {test(Judge(view)) for view in whole.units["trial"]}
    closed = whole.facts.get("process.treatment_history_complete") == "yes"
    return results.pop() if closed and len(results) == 1 else None
