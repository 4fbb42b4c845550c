"""YAML and JSON are read alike, with lines, and nothing in them is guessed at."""

import json
from pathlib import Path
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.source import read_document, read_file
from euthymia.source.text import Limits, plain_scalar
from tests.shared import ON, ROOT


def mistakes(text: str, name: str = "p.yaml", limits: Limits | None = None) -> list[str]:
    """Every mistake in a text, those that leave it readable included."""
    try:
        problems = read_document(text, name, limits).problems
    except InputError as error:
        problems = error.problems
    assert problems
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("12", 12), ("-3", -3), ("012", 12), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1.5e3", 1500.0),
        ("1_000", "1_000"), ("0x1F", "0x1F"), (".inf", ".inf"), ("12:30", "12:30"), ("2025-01-31", "2025-01-31"),
        ("9" * 16, "9" * 16), ("t1", "t1"),
    ],
)  # fmt: skip
def test_an_unquoted_word_means_what_yaml_1_2_says(text: str, value: Any) -> None:
    """`no` is a word, dates are text, and numbers that nobody means stay words."""
    found = plain_scalar(text)
    assert (found, type(found)) == (value, type(value))


SAME = [
    {"patient": {"age_years": 44, "sex": "female"}},
    {"trials": [{"id": "t1", "modality": "medication", "weeks_total": 4.5, "dose_adequate": True}, {"id": 2, "modality": "other"}]},
    {"diagnosis": {"mdd": None, "medical_drugs": [], "primary_problem": "“Ä” / \\ \" ' 😀 # not: a comment"}},
    {"risk": {"assessed": {"value": False, "note": "- [x] {y}: *z &a !b"}}},
]


@pytest.mark.parametrize("data", SAME, ids=str)
@pytest.mark.parametrize("options", [{}, {"indent": 2}, {"indent": "\t"}, {"separators": (",", ":")}, {"ensure_ascii": False}], ids=str)
def test_json_is_read_like_yaml(data: Any, options: dict[str, Any]) -> None:
    """However JSON is laid out, the data are those that JSON means, under any file name."""
    text = json.dumps(data, **options)
    assert read_document(text, "p.json").data == data
    assert read_document(text, "p.yaml").data == data


def test_an_example_as_json_gives_the_same_patient(consultation: Consultation, tmp_path: Path) -> None:
    """A whole file, once as YAML and once as JSON."""
    path = ROOT / "examples" / "complete.yaml"
    (tmp_path / "p.json").write_text(json.dumps(read_file(path).data), encoding="utf-8")
    assert consultation.read(tmp_path / "p.json", ON).patient == consultation.read(path, ON).patient


def test_a_character_in_two_halves_is_joined() -> None:
    """JSON may write a character beyond the first 65,536 as two escapes, in capitals or not."""
    assert read_document('{"a": "\\ud83d\\ude00 \\uD83D\\uDE00"}', "p.json").data == {"a": "😀 😀"}


@pytest.mark.parametrize("text", ['{"a": "\\ud83d"}', '{"a": "\\ude00\\ud83d"}', '{"a": "\\ud83dx"}'])
def test_half_a_character_is_refused(text: str) -> None:
    """One half of a character is no text; no error comes later when it is written."""
    (told,) = mistakes(text, "p.json")
    assert told.startswith("p.json:")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: &x 2\n", "p.yaml:2: b: anchors (&name) are not allowed"),
        ("a: 1\nb: *x\n", "p.yaml:2:"),
        ("a: !!python/object:os.system x\n", "p.yaml:1: a: tags (tag:yaml.org,2002:python/object:os.system) are not allowed"),
        ("a: 1\nb: 2\na: 3\n", "p.yaml:3: a: given twice (first on line 1); keep one"),
        ("a:\n  b: 1\n  b: 1\n", "p.yaml:3: a.b: given twice (first on line 2); keep one"),
        ("a: 1\n---\nb: 1\n", "p.yaml:2: a second document (---) in one file; only one is read"),
        ("", "p.yaml:1: the file is empty"),
        ("# nothing\n", "p.yaml:1: the file is empty"),
        ("[a]: 1\n", "p.yaml:1: a key must be a plain word"),
        ("a: [1\n", "p.yaml:2: not well-formed YAML:"),
        ("a: 1\n b: 2\n", "p.yaml:2: not well-formed YAML:"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_line(text: str, told: str) -> None:
    """Anchors, aliases, tags, repeated keys, several documents and broken text."""
    assert mistakes(text)[0].startswith(told)


def test_all_that_is_not_allowed_is_told_at_once() -> None:
    """One run tells of an anchor, a tag and a repeated key."""
    assert len(mistakes("a: &x 1\nb: !t 2\nb: 3\n")) == 3


@pytest.mark.parametrize("text", ['{"a": 1,}', "{a: 1}", "{'a': 1}", '{"a": NaN', '{"a": 01}', "a: 1"])
def test_a_json_file_holds_json(text: str) -> None:
    """What only YAML allows is refused in a file that is called .json."""
    assert "not well-formed JSON" in mistakes(text, "p.json")[0]


@pytest.mark.parametrize(
    ("text", "limits", "told"),
    [
        ("[" * 5 + "]" * 5, Limits(depth=3), "nested more than 3 levels deep"),
        ("[1, 2, 3, 4]", Limits(values=4), "more than 4 values, the most that is read"),
    ],
)
def test_limits_hold(text: str, limits: Limits, told: str) -> None:
    """Depth and number of values are bounded."""
    assert told in mistakes(text, limits=limits)[0]


def test_a_file_is_read_as_utf8_of_a_bounded_size(tmp_path: Path) -> None:
    """A byte order mark is fine; another encoding and too many bytes are told."""
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_file(path).data == {"a": 1}
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InputError, match=r"p\.yaml:2: not UTF-8 text"):
        read_file(path)
    path.write_bytes(b"a: " + b"x" * 100)
    with pytest.raises(InputError, match="larger than 10 bytes"):
        read_file(path, Limits(size=10))


def test_every_value_has_its_line() -> None:
    """Messages can point at a value, or at the nearest thing around a value that is not there."""
    document = read_document("a: 1\nb:\n  - c: 2\n  -\n    d: 3\n", "p.yaml")
    assert [document.line(path) for path in [("a",), ("b",), ("b", 0, "c"), ("b", 1, "d"), ("b", 1, "e"), ("x",)]] == [1, 2, 3, 5, 5, 1]
