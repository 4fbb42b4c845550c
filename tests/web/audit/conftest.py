"""One server for all tests of the auditor's part; each leaves the records described in audit_house as they were."""

from collections.abc import Iterator

import pytest

from euthymia.consultation import Consultation
from tests.web.audit_house import Browser, Server, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, consultation: Consultation) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("audit"), consultation) as made:
        yield made


@pytest.fixture
def auditor(server: Server) -> Browser:
    return server.browser("auditor")
