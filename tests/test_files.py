"""Files that are made from others are fresh, and files that belong together stand together."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

from euthymia import schemas
from euthymia.consultation import Consultation
from euthymia.rulebook.coverage import coverage_table
from tests.shared import ROOT

RULES = ROOT / "rules"
NO_CASES = ("facts", "parameters", "schemas")
RULE_FILES = [path for path in sorted(RULES.glob("*/*.yaml")) if path.parent.name not in NO_CASES]
ALL_FILES = [*sorted(RULES.rglob("*.yaml")), *sorted((ROOT / "tests").rglob("*.yaml")), *sorted((ROOT / "examples").glob("*.yaml"))]
SCHEMA_LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_rule_file_has_a_case_file_of_the_same_name(path: Path) -> None:
    """Rules and the cases that prove them are found from one another."""
    assert (ROOT / "tests" / "rules" / path.parent.name / path.name).is_file()


def test_no_case_file_stands_alone() -> None:
    """Every case file under tests/rules belongs to a rule file."""
    cases = {f"{path.parent.name}/{path.name}" for path in (ROOT / "tests" / "rules").rglob("*.yaml")}
    assert cases == {f"{path.parent.name}/{path.name}" for path in RULE_FILES}


@pytest.mark.parametrize("name", schemas.NAMES)
def test_the_committed_schemas_are_those_of_the_program(name: str, consultation: Consultation) -> None:
    """Editors mark what the program would refuse; `python3 tasks.py docs` makes the files anew."""
    committed = json.loads((RULES / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert committed == schemas.schema(name, lambda: consultation.rulebook.facts)


def test_the_table_of_statements_is_fresh(consultation: Consultation) -> None:
    """docs/coverage.md says of every statement of the sources what became of it."""
    assert (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8") == coverage_table(consultation.rulebook) + "\n"


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_names_a_schema_that_exists_and_accepts_it(path: Path) -> None:
    """The header that editors read points to the right schema, and the file fulfils it."""
    first = path.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    match = SCHEMA_LINE.match(first)
    assert match, f"{path} lacks the schema line"
    validator((path.parent / match[1]).resolve()).validate(yaml.load(path.read_text(encoding="utf-8"), Loader=_Plain))


@cache
def validator(path: Path) -> Validator:
    """For a schema that is itself well made."""
    schema = json.loads(path.read_text(encoding="utf-8"))
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


class _Plain(yaml.SafeLoader):
    """YAML 1.2 words: only true and false are truth values, dates stay text."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.split(":")[-1] not in ("bool", "timestamp", "int", "float")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
_Plain.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
_Plain.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789"))


def test_nothing_names_a_download_address_or_this_machine() -> None:
    """Lock files hold hashes only."""
    for path in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in path.read_text(encoding="utf-8")
