"""Explanations by the shipped rules: every judgement of every example has a why, and what it names is enough, needed, and true."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.assess import Reasoning
from euthymia.consultation import Consultation
from euthymia.explain.changing import Flip
from euthymia.explain.explanation import Explanation
from euthymia.explain.rejudging import changed
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.trace import Key
from tests.generative.patients import read, shipped_patients
from tests.generative.possible import Possible, TooMany
from tests.generative.test_smallest_changes import WANTED, place
from tests.shared import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
_MOST_WAYS = 6


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_judgement_of_every_example_is_explained(consultation: Consultation, on: date, path: Path) -> None:
    """Whatever its status; no fact of a reason can be left out; and every way out really leads out.

    Looked at closely for one judgement in thirty-seven, others in each example.
    """
    reasoning = consultation.reason(consultation.read(path, on), on)
    keys = [key for key in reasoning.decision.statuses if consultation.rulebook.by_id[key.rule].kind != "helper"]
    share = EXAMPLES.index(path) % 37
    for key in keys[share::37]:
        _check(consultation, reasoning, key, reasoning.explanations.of(key))


def test_no_explanation_depends_on_what_was_explained_before(consultation: Consultation, on: date) -> None:
    """The same judgements asked forwards and backwards."""
    file = consultation.read(ROOT / "examples" / "guo-2022.yaml", on)
    forwards, backwards = (consultation.reason(file, on).explanations for _ in range(2))
    keys = list(consultation.reason(file, on).decision.statuses)[::90]
    first = {key: forwards.of(key) for key in keys}
    assert first == {key: backwards.of(key) for key in reversed(keys)}


@settings(max_examples=15)
@given(data=shipped_patients(), chosen=st.integers(0, 10_000))
def test_judgements_of_any_patient_are_explained(consultation: Consultation, on: date, data: dict[str, Any], chosen: int) -> None:
    """The same for generated patients, a few judgements each."""
    reasoning = consultation.reason(read(consultation, data), on)
    keys = list(reasoning.decision.statuses)
    for number in range(4):
        key = keys[(chosen + 211 * number) % len(keys)]
        _check(consultation, reasoning, key, reasoning.explanations.of(key))


def _check(consultation: Consultation, reasoning: Reasoning, key: Key, explanation: Explanation) -> None:
    status = reasoning.decision.statuses[key]
    assert explanation.why.sets
    first = explanation.why.sets[0]
    assert first.tree.key == key
    assert {ground.fact for step in first.tree.all() for ground in step.grounds} >= set(first.facts)
    try:
        assert _possible(consultation, reasoning, key, first.facts) == {status}, f"not enough for {key}"
        for fact in first.facts[:5]:
            fewer = tuple(other for other in first.facts if other != fact)
            assert _possible(consultation, reasoning, key, fewer) != {status}, f"{fact} could be left out for {key}"
    except TooMany:
        pass  # a count over many trials whose names are told apart: too many ways for the slow oracle
    for flip in explanation.flips:
        _check_flip(consultation, reasoning, key, flip)


def _possible(consultation: Consultation, reasoning: Reasoning, key: Key, shown: tuple[str, ...]) -> frozenset[str]:
    return Possible(consultation.rulebook, reasoning.decision.view, frozenset(shown)).statuses(key)


def _check_flip(consultation: Consultation, reasoning: Reasoning, key: Key, flip: Flip) -> None:
    """Judged anew as a whole, by the plain evaluator."""
    evaluator = Evaluator(consultation.rulebook)
    for changes in flip.sets[:2]:
        places = [place(change) for change in changes]
        for number, values in enumerate(product(*(change.values for change in changes))):
            if number == _MOST_WAYS:
                break
            statuses = evaluator.evaluate_view(changed(reasoning.decision.view, dict(zip(places, values, strict=True))))
            assert statuses[key] in WANTED[flip.to], f"{changes} does not make {key} {flip.to}"
