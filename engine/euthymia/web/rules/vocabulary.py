"""Words that an editor of rule files can complete, by what they are."""

from typing import Any

from pydantic import BaseModel

from euthymia.rulebook import files
from euthymia.rulebook.conditions import STATUSES
from euthymia.rulebook.definition_files import DefinitionEntry
from euthymia.rulebook.lines import STATUS_WORDS
from euthymia.rulebook.option_files import ArgumentEntry, OptionEntry, TraitEntry
from euthymia.rulebook.rulebook import Rulebook

_MODELS: tuple[type[BaseModel], ...] = (
    files.RuleEntry, files.TextEntry, files.RuleFile, files.ParameterEntry, files.Reading, OptionEntry, ArgumentEntry, TraitEntry,
    DefinitionEntry,
)  # fmt: skip
_IN_CONDITIONS = ("all", "any", "not", "at_least", "of", "where", "some", "none", "every", "holds", "latest_trial", "first_known", "once",
                  "distinct")  # fmt: skip


def vocabulary(rulebook: Rulebook) -> dict[str, Any]:
    """Sorted, each word once."""
    keys = {info.alias or name for model in _MODELS for name, info in model.model_fields.items()}
    own = [rule.id for rule in rulebook.rules if rule.part_of is None]
    values = {value for name in rulebook.facts for value in rulebook.facts[name].choices}
    return {
        "key": sorted({*keys, *_IN_CONDITIONS} - {"schema_"}),
        "fact": sorted(rulebook.facts),
        "number": [f"${name}" for name in sorted(rulebook.parameters)],
        "rule": sorted([*own, *(text.id for text in rulebook.texts)]),
        "status": [*STATUSES, *STATUS_WORDS],
        "reading": sorted(rulebook.readings),
        "source": sorted(rulebook.works),
        "value": sorted(values),
    }
