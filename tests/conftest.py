"""Shared by all tests: the shipped rulebook, loaded once, repeatable generated examples, a database server, and a light process."""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bench.postgres import Server
from hypothesis import HealthCheck, settings

from euthymia.consultation import Consultation
from euthymia.render.document import document
from euthymia.render.page import html_page, text_page
from euthymia.render.words import Words
from euthymia.resources import bundled
from euthymia.source import read_document, read_file, read_model

Assess = Callable[[Path | str], dict[str, Any]]
Page = Callable[[Path | str, str], str]
Light = Callable[..., Future[Any]]

settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def on() -> date:
    """The day on which generated patients are assessed."""
    return date(2026, 11, 20)


@pytest.fixture(scope="session")
def consultation() -> Consultation:
    """The shipped rulebook, ready for use."""
    return Consultation()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Of this run of the tests: what one worker has made there, the others read."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def assess(consultation: Consultation, words: Words, on: date, run_folder: Path) -> Assess:
    """The document of a patient, from a file or as text, made once for each. Nobody may change it."""
    made: dict[Path | str, dict[str, Any]] = {}

    def assessed(source: Path | str) -> dict[str, Any]:
        if source not in made:
            made[source] = kept(run_folder / f"{_name(source)}.json", lambda: anew(source))
        return made[source]

    def anew(source: Path | str) -> dict[str, Any]:
        read = read_document(source, "patient") if isinstance(source, str) else read_file(source)
        return document(consultation.assess(consultation.read_document(read, on), on), words)

    return assessed


@pytest.fixture(scope="session")
def text_of(assess: Assess, run_folder: Path) -> Page:
    """The page of a patient as plain text, made once for each."""
    return partial(_page, run_folder, "text", lambda of, to: text_page(assess(of), to, bundled("templates"), colour=False, width=90))


@pytest.fixture(scope="session")
def html_of(assess: Assess, run_folder: Path) -> Page:
    """The page of a patient as HTML, made once for each."""
    return partial(_page, run_folder, "html", lambda of, to: html_page(assess(of), to, bundled("templates")))


def _page(folder: Path, form: str, make: Page, source: Path | str, audience: str) -> str:
    return kept(folder / f"{_name(source)}-{audience}-{form}.json", lambda: make(source, audience))


def kept(path: Path, make: Callable[[], Any]) -> Any:
    """What the file holds, or what is made and put there."""
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(make()), encoding="utf-8")
        part.replace(path)
    return json.loads(path.read_text(encoding="utf-8"))


def _name(source: Path | str) -> str:
    return hashlib.sha256(str(source).encode()).hexdigest()


@pytest.fixture(scope="session")
def words() -> Words:
    """The shipped words for statuses and units."""
    return read_model(bundled("templates") / "words.yaml", Words).model


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server that is started when a test first asks for it."""
    server = Server()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def light() -> Iterator[Light]:
    """Runs a function in a process with a single thread, which may fork; the process of the tests itself has several."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool.submit
