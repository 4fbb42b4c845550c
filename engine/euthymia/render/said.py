"""What pages say of their own: templates/sentences.yaml, each sentence with what carries it, and a note of those that a page has used."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, model_validator

from euthymia.source import read_model

_PLACE = re.compile(r"\{(\w+)\}")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Part):
    """A work of the rulebook and the place in it."""

    work: str
    at: str


class CarriedBy(_Part):
    """Exactly one of these. `part` is one of an assessment, `comparison` one of a comparison: each is said on pages of that only."""

    rule: str | None = None
    fact: str | None = None
    reading: str | None = None
    citation: Place | None = None
    decision: str | None = None
    part: str | None = None
    comparison: str | None = None
    test: str | None = Field(default=None, pattern=r"^tests/[\w/]+\.py::test_\w+$")

    @model_validator(mode="after")
    def _one(self) -> "CarriedBy":
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("a sentence is carried by exactly one thing")
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_dump(exclude_none=True)))


class Sentence(_Part):
    """`one` is said where n is 1."""

    says: str
    one: str | None = None
    carried_by: CarriedBy


class Allowed(_Part):
    """What a template may print although the check would refuse it."""

    template: str
    found: str
    why: str


class SentenceFile(_Part):
    """The file templates/sentences.yaml."""

    schema_: Literal["euthymia.sentences/1"] = Field(alias="schema")
    exceptions: tuple[Allowed, ...] = ()
    sentences: dict[str, Sentence]


class Saying:
    """The sentences of one page. Templates call `say` with a name and what is to be filled in."""

    def __init__(self, sentences: Mapping[str, Sentence], document: Mapping[str, Any]) -> None:
        self._sentences = sentences
        self._document = document
        self._used: dict[str, None] = {}

    def say(self, name: str, /, **values: Any) -> str:
        """The words, filled in and plain. A name or a value that does not exist is an error, not an empty place."""
        sentence = self._sentences[name]
        self._used[name] = None
        text = sentence.one if sentence.one is not None and values.get("n") == 1 else sentence.says
        return _PLACE.sub(lambda place: _plain(values[place[1]]), text)

    def carried(self) -> list[dict[str, Any]]:
        """What the page has said so far, in that order, with what carries it and its sources where it has some."""
        return [self._carried(name, self._sentences[name]) for name in self._used]

    def _carried(self, name: str, sentence: Sentence) -> dict[str, Any]:
        by = sentence.carried_by
        found: dict[str, Any] = {"name": name, "says": _PLACE.sub("…", sentence.says), "kind": by.kind, "sources": []}
        if by.citation is not None:
            work = self._document["references"]["works"].get(by.citation.work, {})
            return found | {"by": by.citation.work, "sources": [{"short": work.get("short", by.citation.work), "at": by.citation.at}]}
        target = str(getattr(by, by.kind))
        return found | {"by": target, "sources": self._sources(target) if by.kind == "rule" else []}

    def _sources(self, rule: str) -> list[dict[str, str]]:
        """Those of the rule, where the rulebook in use has it."""
        parts = ("conclusions", "helpers", "parts", "texts")
        items = (item for part in parts for item in self._document[part] if item["id"] == rule)
        return next((item["sources"] for item in items), [])


@lru_cache(maxsize=4)
def read_sentence_file(folder: Path) -> SentenceFile:
    return read_model(folder / "sentences.yaml", SentenceFile).model


def read_sentences(folder: Path) -> Mapping[str, Sentence]:
    return read_sentence_file(folder).sentences


def _plain(value: object) -> str:
    """A macro of an HTML page gives escaped text; it is escaped once, where the sentence is printed."""
    return value.unescape() if isinstance(value, Markup) else str(value)
