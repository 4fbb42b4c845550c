"""The order of trials, keys and files changes nothing, to the byte."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.consultation import Consultation
from euthymia.render.document import document
from euthymia.render.words import Words
from euthymia.source import read_file
from tests.generative.patients import read, shipped_patients, shuffled

pytestmark = pytest.mark.filterwarnings("ignore:The recursion limit will not be reset")

RENAMED = ("facts/risk.yaml", "facts/trial.yaml", "parameters/safety.yaml", "safety/suicide-risk.yaml", "refractoriness/criterion-a.yaml")


def _bytes(consultation: Consultation, words: Words, data: dict[str, Any], on: date) -> str:
    return json.dumps(document(consultation.assess(read(consultation, data, on), on), words), ensure_ascii=False)


@settings(max_examples=7)
@given(data=shipped_patients(), seed=st.integers(0, 10**6))
def test_the_order_inside_a_patient_file_changes_nothing(
    consultation: Consultation, words: Words, on: date, data: dict[str, Any], seed: int
) -> None:
    """Shuffled trials and keys, at every level, give the same JSON to the byte."""
    assert _bytes(consultation, words, shuffled(data, seed), on) == _bytes(consultation, words, data, on)


@pytest.fixture(scope="module")
def renamed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Consultation:
    """The shipped rules from a folder whose files are listed in another order."""
    rules = tmp_path_factory.mktemp("renamed") / "rules"
    shutil.copytree(root / "rules", rules)
    for name in RENAMED:
        path = rules / name
        path.rename(path.with_name(f"zz-{path.name}"))
    return Consultation(rules)


@pytest.mark.parametrize("name", ["complete", "only-an-age", "guo-2022"])
def test_the_order_of_rule_files_changes_nothing(
    consultation: Consultation, renamed: Consultation, words: Words, root: Path, on: date, name: str
) -> None:
    """A rulebook whose files have other names gives the same JSON, but for those names and the digest."""
    data = read_file(root / "examples" / f"{name}.yaml").data
    ours, theirs = (_without_names(json.loads(_bytes(each, words, data, on))) for each in (consultation, renamed))
    assert json.dumps(theirs) == json.dumps(ours)


def _without_names(found: Any) -> Any:
    """The document without the digest and the places of rules."""
    if isinstance(found, dict):
        return {key: _without_names(value) for key, value in found.items() if key not in ("digest", "file", "line")}
    if isinstance(found, list):
        return [_without_names(item) for item in found]
    return found
