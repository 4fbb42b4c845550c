"""Templates say nothing of their own: a claim put into any place of them is found, and what carries each fixed sentence is there."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from jinja2 import nodes

from euthymia.comparison.document import comparison
from euthymia.comparison.mixtures import Side
from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.render.bound import literal_sentences, parsed, templates
from euthymia.render.bound_folder import unbound_in
from euthymia.render.carriers import Macros, macros_of, uncarried, unmarked
from euthymia.render.document import document
from euthymia.render.said import CarriedBy, Saying, SentenceFile, read_sentence_file, read_sentences
from euthymia.render.wording import HOLE, is_sentence, sentences_in
from euthymia.render.words import Words
from euthymia.resources import bundled
from euthymia.source import read_file, read_model
from tests.shared import ON, ROOT

TEMPLATES = bundled("templates")
CLAIM = "Ketamine is safe for everyone."

SENTENCES = [
    "Nothing follows.",
    "No alert",
    f"{HOLE} is resistant",
    f"{HOLE} failed",
    f"{HOLE} weeks.",
    "Not a medical device",
    "Order: by number, which says nothing of merit",
    "the treatment that everybody here would choose first",
    "Choose with the patient.",
    "Really (so they say)!",
]
LABELS = ["Alerts", "Rests on:", "Missing: ", f"Missing: {HOLE}.", "Strength: ", "Where the sources disagree", f"{HOLE} to {HOLE}",
          f"({HOLE})", "no", "none", "Suicide risk:", f"Studies: {HOLE}.", HOLE, f"{HOLE}, {HOLE}."]  # fmt: skip


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_is_told(text: str) -> None:
    """By its length, a verb or a denial, or its full stop."""
    assert list(sentences_in(text))


@pytest.mark.parametrize("text", LABELS)
def test_a_label_is_no_sentence(text: str) -> None:
    """Names and what stands before a value."""
    assert not list(sentences_in(text))


def test_the_templates_say_nothing_that_is_not_carried() -> None:
    """Not one of them; and no exception or sentence is left over."""
    assert [str(item) for item in unbound_in(TEMPLATES)] == []


@pytest.mark.parametrize(
    ("template", "source"),
    [
        ("html/x.html.j2", f"<p>{CLAIM}</p>"),
        ("html/x.html.j2", "<p>Ketamine <strong>is</strong> safe</p>"),
        ("html/x.html.j2", "<p>Ketamine {{ drug }}\nis safe</p>"),
        ("html/x.html.j2", '<p aria-label="Ketamine is safe">Drugs</p>'),
        ("html/x.html.j2", "<svg><title>Ketamine is safe</title></svg>"),
        ("html/x.html.j2", "{% if a %}<p>Drugs{% else %} are safe{% endif %}</p>"),
        ("html/x.html.j2", "{{ 'Ketamine is safe' if a else 'Drugs' }}"),
        ("html/x.html.j2", "{{ a or 'Ketamine is safe' }}"),
        ("html/x.html.j2", "{% macro x() %}Ketamine is safe{% endmacro %}"),
        ("html/x.html.j2", "{% set x = 'Ketamine is safe' %}{{ x }}"),
        ("html/x.html.j2", "{% set x %}Ketamine is safe{% endset %}{{ x }}"),
        ("html/x.html.j2", "{{ {'a': 'Ketamine is safe'}[a] }}"),
        ("html/x.html.j2", "{{ m.claim(item, 'Ketamine is safe') }}"),
        ("html/x.html.j2", "{{ a | default('Ketamine is safe') }}"),
        ("html/x.html.j2", "{% block x %}Ketamine is safe{% endblock %}"),
        ("html/x.html.j2", "{% for x in y %}{{ x }}{% else %}Ketamine is safe{% endfor %}"),
        ("text/x.txt.j2", "{{ ('Ketamine ' ~ what ~ ' is safe') | wrap }}"),
        ("text/x.txt.j2", "{{ ('Trials' ~ (' are' if many else ' is') ~ ' enough') | wrap }}"),
        ("text/x.txt.j2", "{{ [a, 'Ketamine is safe'] | join }}"),
        ("text/x.txt.j2", "Ketamine {{ x }} helps"),
    ],
)
def test_a_claim_is_found_wherever_it_is_put(template: str, source: str) -> None:
    """In text, attributes, branches, constants, macros, blocks, and put together from pieces."""
    assert list(literal_sentences(template, source))


@pytest.mark.parametrize("name", [name for name, _ in templates(TEMPLATES)])
def test_a_claim_added_to_any_template_is_found(name: str) -> None:
    """At its end, as a macro would hold it."""
    source = (TEMPLATES / name).read_text(encoding="utf-8") + "{% macro added() %}<p>" + CLAIM + "</p>{% endmacro %}"
    assert [item.found for item in literal_sentences(name, source)] == [f"<p>{CLAIM}</p>" if name.endswith(".txt.j2") else CLAIM]


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ item.text }}</p>",
        "<p>{{ item['brief'] }}</p>",
        "{{ items | map(attribute='title') | join('; ') }}",
        "{% set x = item.text %}{{ x }}",
        "{{ item.text if item.text else '' }}",
        "{{ say('no-alert') }}",
        "{{ m.status(item.text) }}",
        "{{ m.differs(row) }}",
    ],
)
def test_in_html_what_says_something_goes_through_a_macro_that_marks_it(source: str) -> None:
    """Printed alone, through a variable or through a macro that marks nothing, it is found; handed to one that does, it is not."""
    macros = Macros(frozenset({"claim", "leads"}), frozenset({"differs"}))
    assert list(unmarked("html/x.html.j2", source, macros))
    assert not list(unmarked("html/x.html.j2", "{{ m.claim(item, item.text) }}{{ m.leads('a', say('no-alert')) }}", macros))
    assert not list(unmarked("html/x.html.j2", "{% if item.text %}{{ item.trial }}{% endif %}", macros))


def test_macros_are_told_apart_by_what_they_print() -> None:
    """One that marks a sentence, one that hands on to it, and one that only gives words."""
    source = (
        "{% macro claim(x) %}<summary data-said='a'>{{ x.text }}</summary>{% endmacro %}".replace("'", '"')
        + "{% macro line(x) %}{{ claim(x) }}{% endmacro %}{% macro words(x) %}{{ x.title }}{% endmacro %}"
        + "{% macro more(x) %}{{ words(x) }}{% endmacro %}"
    )
    assert macros_of([source]) == Macros(frozenset({"claim"}), frozenset({"words", "more"}))


@pytest.mark.parametrize(
    ("source", "carried"),
    [
        ("{% for item in items %}{{ item.text }}{% endfor %}", False),
        ("{% for item in items %}{{ item.text ~ item.id }}{% endfor %}", True),
        ("{% for item in items %}{{ item.text }}{{ m.cited(item) }}{% endfor %}", True),
        ("{% for item in items %}{{ item.text }}{{ m.cited(other) }}{% endfor %}", False),
        ("{% for item in items %}{{ item.text }}{% endfor %}{% for item in others %}{{ item.id }}{% endfor %}", False),
        ("{% for item in items %}{{ item.id }}{% for side in item.sides %}{{ side.text }}{% endfor %}{% endfor %}", True),
        ("{% for item in items %}{{ item.text }}{% if item.id %}.{% endif %}{% endfor %}", False),
        ("{% macro x(row) %}{{ row.counts.brief }}{{ row.counts.id }}{% endmacro %}", True),
        ("{% macro x(row) %}{{ row.counts.brief }}{% endmacro %}{{ row.counts.id }}", False),
        ("{{ m.named(items) }}{{ items | map(attribute='title') | list }}", True),
        ("{{ items | map(attribute='title') | list }}", False),
        ("{% set all = item.population | list %}{{ item.id }}{{ all | map(attribute='text') | join }}", True),
    ],
)
def test_in_text_what_says_something_stands_with_its_id_or_source(source: str, carried: bool) -> None:
    """That of the same item, in the same scope or in one around it; a condition prints nothing."""
    assert (not list(uncarried("text/x.txt.j2", source))) is carried


def test_an_exception_or_a_sentence_that_nobody_needs_is_found(tmp_path: Path) -> None:
    """So that the list stays a list of exceptions."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    file = folder / "sentences.yaml"
    text = file.read_text(encoding="utf-8")
    more = "exceptions:\n  - {template: html/none.html.j2, found: item.text, why: none}\n"
    file.write_text(
        text.replace("exceptions:\n", more, 1) + "  spare:\n    says: Spare.\n    carried_by: {part: alerts}\n", encoding="utf-8"
    )
    assert [item.why for item in unbound_in(folder)] == ["an exception that nothing needs", "a sentence that no template says"]


@pytest.mark.parametrize("carried_by", ["{}", "{rule: GF-A-01, fact: risk.assessed}", "{test: tests/x.py}", "{nobody: x}"])
def test_a_sentence_is_carried_by_exactly_one_thing(carried_by: str, tmp_path: Path) -> None:
    """Of a known kind."""
    file = tmp_path / "sentences.yaml"
    file.write_text(f"schema: euthymia.sentences/1\nsentences:\n  a:\n    says: So.\n    carried_by: {carried_by}\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_model(file, SentenceFile)


def test_what_carries_a_sentence_exists(consultation: Consultation, words: Words) -> None:
    """The rule, fact, reading, page of a decision, test, or part of the assessment or of the comparison."""
    rulebook = consultation.rulebook
    made = document(consultation.assess(consultation.read(ROOT / "examples" / "complete.yaml", ON), ON), words)
    side = Side(read_file(ROOT / "examples" / "only-an-age.yaml"), consultation, ON)
    compared = comparison(side, side, words)
    for name, sentence in read_sentences(TEMPLATES).items():
        by = sentence.carried_by
        assert by.rule is None or by.rule in rulebook.by_id or by.rule in {text.id for text in rulebook.texts}, name
        assert by.fact is None or by.fact in rulebook.facts, name
        assert by.reading is None or by.reading in rulebook.readings, name
        assert by.citation is None or by.citation.work in rulebook.works, name
        assert by.decision is None or (ROOT / "docs" / "decisions" / f"{by.decision}.md").is_file(), name
        assert by.part is None or _has(made, by.part), name
        assert by.comparison is None or _has(compared, by.comparison), name
        if by.test is not None:
            file, _, function = by.test.partition("::")
            assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("name", [name for name, _ in templates(TEMPLATES)])
def test_what_carries_a_sentence_stands_in_the_document_of_its_page(name: str) -> None:
    """A part of an assessment carries nothing on the page of a comparison, and the other way round."""
    sentences = read_sentences(TEMPLATES)
    constants = (constant.value for constant in parsed((TEMPLATES / name).read_text(encoding="utf-8")).find_all(nodes.Const))
    kinds = {sentences[value].carried_by.kind for value in constants if isinstance(value, str) and value in sentences}
    assert ("part" if "/compar" in name else "comparison") not in kinds


def test_each_kind_of_carrier_has_a_word(words: Words) -> None:
    """So that any page can say what carries its sentences."""
    assert CarriedBy.model_fields.keys() == words.model_dump()["carriers"].keys()


def test_a_sentence_is_filled_in_once_and_plainly() -> None:
    """One of n, values as they are, and an unknown name or value is an error."""
    sentences = read_sentence_file(TEMPLATES).sentences
    saying = Saying(sentences, {"conclusions": [], "helpers": [], "parts": [], "texts": []})
    assert saying.say("facts-known", n=1) == "One fact is known."
    assert saying.say("facts-known", n=2) == "2 facts are known."
    assert saying.say("latest", name="{on}") == "Latest: {on}."
    assert [item["name"] for item in saying.carried()] == ["facts-known", "latest"]
    for wrong in (lambda: saying.say("nothing"), lambda: saying.say("latest")):
        with pytest.raises(KeyError):
            wrong()


def test_a_value_alone_is_never_a_sentence() -> None:
    """What is filled in is not the template's."""
    assert not is_sentence(HOLE)


def _has(made: dict[str, Any], part: str) -> bool:
    value: Any = made
    for key in part.split("."):
        if key not in value:
            return False
        value = value[key]
    return True
