"""Old decisions made again: the same bytes, and every difference told."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.consultation import Consultation
from euthymia.errors import Disagreement, InputError
from euthymia.inference.evaluate import Evaluator
from euthymia.ledger.contents import told_data, told_facts
from euthymia.ledger.differences import differences
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.opening import open_store
from euthymia.ledger.replay import PARTS_NEEDED, Replayed, replay
from euthymia.ledger.rulebooks import OldRulebooks, old_rulebooks
from euthymia.ledger.store import Store
from euthymia.ledger.verify import verify
from euthymia.render.words import Words
from tests.ledger.ship import EXAMPLES, SHIPPED, record


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A copy of the shipped ledger."""
    path = shutil.copy(SHIPPED, tmp_path_factory.mktemp("shipped"))
    with closing(open_store(str(path), writable=False)) as store:
        yield store


@pytest.fixture(scope="module")
def rules(shipped: Store) -> Iterator[OldRulebooks]:
    """The rules of its day, read once."""
    with old_rulebooks(shipped) as found:
        yield found


def replayed(store: Store, rules: OldRulebooks, words: Words, number: int | None = None) -> list[Replayed]:
    found = store.rows(kinds=("assessment",), parts=PARTS_NEEDED)
    return [replay(row, rules, words) for row in found if number in (None, row.sealed.number)]


def test_the_shipped_ledger_is_whole(shipped: Store) -> None:
    found = verify(shipped)
    assert (found.fault, found.records) == (None, len(EXAMPLES) + 1)


def test_todays_program_gives_the_answers_of_the_shipped_ledger(shipped: Store, rules: OldRulebooks, words: Words) -> None:
    """Byte by byte. After a change of the answers that was meant: `python -m tests.ledger.ship`, and a word in CHANGELOG.md."""
    found = replayed(shipped, rules, words)
    assert [result.differences[:20] for result in found] == [()] * len(EXAMPLES)
    assert all(result.same for result in found)


def test_a_program_that_answers_otherwise_is_found(shipped: Store, rules: OldRulebooks, words: Words) -> None:
    """Another word on the page, and where it stands."""
    other = words.model_copy(update={"words": words.words | {"not_known": "no idea"}})
    (found,) = replayed(shipped, rules, other, number=2)
    assert not found.same
    assert any(line.startswith("answer.") and "no idea" in line for line in found.differences)


def test_a_program_that_compiles_the_rules_otherwise_is_found(
    shipped: Store, rules: OldRulebooks, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The conditions of the day are kept beside the text of the rules."""
    monkeypatch.setattr("euthymia.ledger.rulebooks._packed", {})
    monkeypatch.setattr("euthymia.ledger.rulebooks.compiled", lambda rulebook: {"rules": []})
    (found,) = replayed(shipped, rules, words, number=3)
    assert found.differences[0] == "the rules of that day are compiled to other conditions"


def test_a_program_whose_engines_disagree_gives_no_replay(
    shipped: Store, rules: OldRulebooks, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old answer is not confirmed by one engine alone."""
    honest = Evaluator.evaluate_view
    monkeypatch.setattr(Evaluator, "evaluate_view", lambda *given: dict.fromkeys(honest(*given), "met"))
    with pytest.raises(Disagreement):
        replayed(shipped, rules, words, number=3)


def test_the_rules_of_the_day_are_used(tmp_path: Path, consultation: Consultation, words: Words, root: Path) -> None:
    """Two rulebooks in one ledger: each decision is made again with its own, whatever is shipped today."""
    folder = Path(shutil.copytree(root / "rules", tmp_path / "rules"))
    about = folder / "rulebook.yaml"
    about.write_text(about.read_text(encoding="utf-8").replace("version: 0.", "version: 9."), encoding="utf-8")
    with closing(open_store(str(tmp_path / "ledger.sqlite"), writable=True)) as store:
        ledger = Ledger(store, _noon)
        record(ledger, consultation, ("only-an-age",))
        record(ledger, Consultation(folder), ("only-an-age",))
        shutil.rmtree(folder)
        assert len(store.digests()) == 2
        with old_rulebooks(store) as rules:
            assert [result.same for result in replayed(store, rules, words)] == [True, True]
        versions = [row.part("answer")[0].value["rulebook"]["version"] for row in store.rows(1, ("answer",))]
        assert versions[1].startswith("9.") and versions[0] != versions[1]


def test_rules_changed_while_in_use_are_not_recorded(tmp_path: Path, root: Path) -> None:
    """What is stored must be what decided."""
    folder = Path(shutil.copytree(root / "rules", tmp_path / "rules"))
    consultation = Consultation(folder)
    (folder / "readings.yaml").write_text("changed", encoding="utf-8")
    with closing(open_store(str(tmp_path / "ledger.sqlite"), writable=True)) as store:
        with pytest.raises(InputError, match="changed while it was in use"):
            record(Ledger(store, _noon), consultation, ("only-an-age",))
        assert store.head() is None


def _noon() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.dictionaries(st.text(max_size=3), inner, max_size=2),
)
records = st.dictionaries(st.text(max_size=4), values, max_size=4)
files = st.dictionaries(st.text(max_size=4), values | records | st.lists(records, max_size=12), max_size=5)


@given(files, st.randoms(use_true_random=False))
def test_a_file_taken_apart_is_put_together_again(data: dict[str, Any], order: Any) -> None:
    """Whatever it holds, and in whatever order its facts are kept."""
    facts = told_facts(data)
    order.shuffle(facts)
    assert told_data(facts) == data


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["x.a: 1, now 2"]),
        ({"a": 1}, {"a": True}, ["x.a: 1, now True"]),
        ({"a": None}, {}, ["x.a: None, now nothing"]),
        ({}, {"a": "b"}, ['x.a: nothing, now "b"']),
        ([1, 2], [1], ["x[1]: 2, now nothing"]),
        ([{"id": "R", "status": "met"}], [{"id": "R", "status": "not_met"}], ['x[R].status: "met", now "not_met"']),
        ([{"rule": "R", "unit": "t1", "s": 1}], [{"rule": "R", "unit": "t1", "s": 2}], ["x[R@t1].s: 1, now 2"]),
        ("x" * 90 + "a", "x" * 90 + "b", ['x: "…' + "x" * 20 + 'a", now "…' + "x" * 20 + 'b"']),
        ([{"id": "R"}], [{"id": "S"}], ['x[0].id: "R", now "S"']),
    ],
)
def test_a_difference_is_told_by_its_place(then: Any, now: Any, told: list[str]) -> None:
    assert list(differences(then, now, "x")) == told
