"""`euthymia ask`: the next questions, and what each answer would do."""

import json
from pathlib import Path

import pytest

from tests.command import Done, euthymia
from tests.shared import ROOT

EXAMPLES = ROOT / "examples"


def ask(*arguments: str | Path, cwd: Path) -> Done:
    """Run the command as a user would, on a fixed day."""
    return euthymia("ask", *arguments, "--on", "2026-11-20", cwd=cwd)


def test_suicide_stands_first_and_answers_say_what_they_do(tmp_path: Path) -> None:
    """Titles instead of ids; what a yes and what a no would do; and how many questions there are beside these."""
    done = ask(EXAMPLES / "only-an-age.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    page = " ".join(done.stdout.split())
    assert page.index("1. Now: Has the risk of suicide and self-harm been assessed") < page.index("2. Now:")
    assert "yes: raises the alerts “Suicidal thoughts or self-harm call for an urgent assessment”" in page
    assert "further questions; --all lists them" in page
    assert "suicide and self-harm been assessed at this evaluation? [risk.assessed]" in page
    assert "GF-" not in page
    assert "\x1b" not in done.stdout


def test_json_holds_every_answer_with_its_effect(tmp_path: Path) -> None:
    """One document, in the order of the assessment's questions; each question with its answers and what they settle and leave open."""
    done = ask(EXAMPLES / "complete.yaml", "--format", "json", "--all", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["schema"] == "euthymia.questions/1"
    assert document["further"] == 0
    assert document["settled"] is False
    assert all("answers" in question for question in document["questions"])
    by_fact = {question["fact"]: question for question in document["questions"]}
    answers = by_fact["current.weeks_since_discontinuation"]["answers"]
    assert [answer["answer"] for answer in answers] == ["less than 4 weeks", "from 4 weeks to 6 weeks", "more than 6 weeks"]
    for question in document["questions"]:
        for answer in question["answers"]:
            assert {*answer} == {"answer", "values", "settles", "leaves_open", "said"}
            assert {item["status"] for item in answer["settles"]} <= {"met", "not_met", "not_applicable"}


def test_same_file_same_bytes(tmp_path: Path) -> None:
    """Twice the same."""
    runs = [ask(EXAMPLES / "only-an-age.yaml", "--format", "json", cwd=tmp_path).stdout for _ in range(2)]
    assert runs[0] == runs[1] != ""


def test_the_order_is_that_of_the_assessment(tmp_path: Path) -> None:
    """Nothing is ordered twice in two places."""
    document = json.loads(ask(EXAMPLES / "complete.yaml", "--format", "json", "--all", cwd=tmp_path).stdout)
    assessed = json.loads(euthymia("assess", EXAMPLES / "complete.yaml", "--format", "json", "--on", "2026-11-20").stdout)
    facts = [question["fact"] for question in assessed["questions"]]
    names = list(dict.fromkeys(fact.partition("@")[0] for fact in facts))
    grouped = sorted(facts, key=lambda fact: names.index(fact.partition("@")[0]))
    assert [question["fact"] for question in document["questions"]] == grouped


@pytest.mark.parametrize("text", ["patient: {age_years: 144}\n", None], ids=["mistake", "missing"])
def test_a_wrong_file_is_an_error(tmp_path: Path, text: str | None) -> None:
    """Exit code 2 and the mistake; nothing on standard output."""
    if text is not None:
        (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    done = ask("p.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "p.yaml" in done.stderr
    assert "Traceback" not in done.stderr
