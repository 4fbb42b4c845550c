"""What a rulebook says of itself: use, population, limits, validation and the 13 source attributes."""

from typing import Any

from euthymia.rulebook.rulebook import Rulebook


def about_rulebook(rulebook: Rulebook) -> dict[str, Any]:
    """As plain data. An attribute that was left empty says so."""
    about = rulebook.about
    attributes = {
        name: {key: value for key, value in attribute.items() if value is not None} or {"value": "not provided"}
        for name, attribute in about.attributes.model_dump().items()
    }
    return {
        "name": about.name,
        "version": about.version,
        "digest": rulebook.digest,
        "intended_use": about.intended_use,
        "not_for": about.not_for,
        "population": about.population,
        "limits": about.limits,
        "validation": about.validation,
        "attributes": attributes,
    }
