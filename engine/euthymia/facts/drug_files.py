"""The file of the drug table, read and checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from euthymia.errors import InputError, Problem, found
from euthymia.facts.catalogue import Catalogue
from euthymia.facts.drug_table import DrugFile, DrugTable, spelling
from euthymia.source import Document, Limits, read_model

_LIMITS = Limits(size=1_000_000, depth=12, values=50_000)


def read_drugs(path: Path, facts: Catalogue) -> DrugTable:
    """The table in `path`; an empty one where there is no such file. Raises InputError with every mistake."""
    if not path.exists():
        return DrugTable(())
    checked = read_model(path, DrugFile, _LIMITS)
    problems = list(_problems(checked.document, checked.model, facts))
    if problems:
        raise InputError(problems)
    return DrugTable(tuple(checked.model.drugs))


def _problems(document: Document, file: DrugFile, facts: Catalogue) -> Iterator[Problem]:
    """Names used twice, classes that no trial may have, doses without a unit or a source."""
    classes = facts["trial.drug_class"].values if "trial.drug_class" in facts else ()
    seen: dict[tuple[str, ...], str] = {}
    ids: set[str] = set()
    for number, drug in enumerate(file.drugs):
        place = ("drugs", number)
        if drug.id in ids:
            yield document.problem((*place, "id"), f"'{drug.id}' is in the table twice")
        ids.add(drug.id)
        for name in dict.fromkeys((drug.label, *drug.names)):
            if seen.setdefault(spelling(name), drug.id) != drug.id:
                yield document.problem(
                    (*place, "names"), f"'{found(name)}' also names {seen[spelling(name)]}; every name belongs to one drug"
                )
        if drug.class_ is not None and drug.class_ not in classes:
            yield document.problem((*place, "class"), f"found '{found(drug.class_)}'; allowed: {', '.join(classes)}")
        lacking: list[Any] = [name for name in ("lenient", "default", "strict") if drug.dose is not None and name not in drug.sources]
        if lacking:
            yield document.problem((*place, "sources"), f"no source for the {' and the '.join(lacking)} dose")
        if drug.dose is not None and (drug.unit is None or drug.per is None):
            yield document.problem(place, "a dose needs `unit` and `per`")
