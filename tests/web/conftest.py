"""The application with one visitor of each role, made once for each process of the tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from euthymia.consultation import Consultation
from euthymia.web import house
from tests.web.browser import ROLES, Application, Browser

MakeApplication = Callable[..., Application]


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """Shared by tests that leave it as it was but for patients and accounts of their own."""
    made = Application(tmp_path_factory.mktemp("clinic"))
    with made.client:
        yield made


@pytest.fixture(scope="session")
def visitors(application: Application) -> dict[str, Browser]:
    """One of each role, and nobody under the empty name."""
    return {role: application.visitor(role) for role in ("", *ROLES)}


@pytest.fixture
def clinician(application: Application) -> Browser:
    """A clinician without patients."""
    return application.visitor("clinician")


@pytest.fixture
def make_application(tmp_path: Path, consultation: Consultation, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeApplication]:
    """Applications of one test's own, over rules that were read already."""
    monkeypatch.setattr(house, "Consultation", lambda rules: consultation)
    with ExitStack() as open_ones:

        def make(**changed: Any) -> Application:
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            made = Application(folder, **changed)
            open_ones.enter_context(made.client)
            return made

        yield make
