"""An assessment or a comparison as the page that was asked for."""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from euthymia.cli.common import TextOrJson, show, show_as, text_writer
from euthymia.render.page import html_page
from euthymia.resources import bundled


class Format(StrEnum):
    """How an assessment is written."""

    text = "text"
    json = "json"
    html = "html"


class Audience(StrEnum):
    """For whom an assessment is written."""

    clinician = "clinician"
    patient = "patient"
    auditor = "auditor"


def page_writer(format: Format, audience: Audience, *, several: bool, to_file: bool) -> Callable[[dict[str, Any]], str]:
    """From a document to the text of its page. `several`: JSON documents then stand on one line each."""
    if format is Format.json:
        return lambda data: json.dumps(data, ensure_ascii=False, indent=None if several and not to_file else 1)
    if format is Format.html:
        return lambda data: html_page(data, audience.value, bundled("templates"))
    page = text_writer(to_file=to_file)
    return lambda data: page(data, audience.value)


def show_comparison(data: dict[str, Any], format: Format) -> None:
    """As a document, as text or as one page."""
    if format is Format.html:
        show(html_page(data, "compare", bundled("templates")))
    else:
        show_as(data, "compare", TextOrJson(format.value))
