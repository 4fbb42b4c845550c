"""A file that is changed while it stays the file of whoever wrote it."""

import json
import os
from pathlib import Path

import pytest

from euthymia.errors import InputError
from euthymia.source import read_document
from euthymia.source.editing import changed_text, new_text, save, text_on_disk, writable

TEXT = """\
# a comment
patient: {age_years: 44}   # beside
trials:
  - id: t1        # the first
    modality: medication
  - {id: t2, modality: psychotherapy}
"""


def test_one_value_changes_and_everything_else_stays() -> None:
    """In the style of what stands around it."""
    made = changed_text(TEXT, "p.yaml", [(("trials", "t2", "adherence"), "unknown"), (("risk", "assessed"), "no")])
    assert made == TEXT.replace("psychotherapy}", "psychotherapy, adherence: unknown}") + "risk:\n  assessed: no\n"


def test_lists_without_indentation_stay_so() -> None:
    """As many write them."""
    text = "trials:\n- id: t1\n  modality: medication\n"
    assert changed_text(text, "p.yaml", [(("trials", "t1", "drug"), "lithium")]) == text + "  drug: lithium\n"


@pytest.mark.parametrize("word", ["12", "true", "null", "2025", "a: b", "# no comment", "- x", "yes", "é 日", "'quoted'", "1e3", "~"])
def test_every_word_reads_back_as_itself(word: str) -> None:
    """A name that looks like a number stays a name."""
    made = changed_text(TEXT, "p.yaml", [(("trials", "t1", "drug"), word), (("diagnosis", "medical_drugs"), [word, "b"])])
    data = read_document(made, "p.yaml").data
    assert (data["trials"][0]["drug"], data["diagnosis"]["medical_drugs"]) == (word, [word, "b"])


def test_line_ends_of_the_file_are_kept() -> None:
    """Those of Windows as well."""
    made = changed_text(TEXT.replace("\n", "\r\n"), "p.yaml", [(("risk", "assessed"), "no")])
    assert made.count("\n") == made.count("\r\n")


def test_every_example_takes_an_answer(root: Path) -> None:
    """Nothing but the answered lines differs."""
    for path in sorted((root / "examples").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        made = changed_text(text, path.name, [(("area", "methods_noted"), "yes")])
        assert [line for line in text.splitlines() if line.split("#")[0].rstrip() not in made] == [], path.name


def test_json_keeps_its_order() -> None:
    """New keys come last."""
    made = json.loads(changed_text('{"b": {"x": 1}, "a": {}}', "p.json", [(("b", "y"), "no"), (("trials", "t1", "drug"), "lithium")]))
    assert list(made) == ["b", "a", "trials"]
    assert made["trials"] == [{"id": "t1", "drug": "lithium"}]


@pytest.mark.parametrize("name", ["p.yaml", "p.json"])
def test_a_new_file_reads_as_one(name: str) -> None:
    """With its schema and nothing else."""
    assert read_document(new_text(name), name).data == {"schema": "euthymia.patient/1"}


def test_saving_replaces_the_whole_file_and_keeps_its_mode(tmp_path: Path) -> None:
    """Through a link as well; nothing is left beside it."""
    file, link = tmp_path / "p.yaml", tmp_path / "link.yaml"
    file.write_text("a: 1\n", encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    save(link, "a: 2\n")
    assert (link.is_symlink(), text_on_disk(file), file.stat().st_mode & 0o777) == (True, "a: 2\n", 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.yaml", "p.yaml"]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no half of the new one."""
    file = tmp_path / "p.yaml"
    file.write_text("a: 1\n", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        save(file, "a: 2\n")
    assert [path.name for path in tmp_path.iterdir()] == ["p.yaml"]
    assert text_on_disk(file) == "a: 1\n"


def test_what_cannot_be_written_is_told_beforehand(tmp_path: Path) -> None:
    """A folder in place of a file, a folder that is not there, a file marked as read-only."""
    locked = tmp_path / "p.yaml"
    locked.write_text("a: 1\n", encoding="utf-8")
    locked.chmod(0o444)
    for path in (tmp_path, tmp_path / "nowhere" / "p.yaml", locked):
        with pytest.raises(InputError):
            writable(path)
