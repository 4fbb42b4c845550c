"""Where a parameter or a fact stands in the files of a rulebook; only asked for what has changed."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from euthymia.comparison.rules_changed import Place
from euthymia.rulebook.rulebook import Rulebook
from euthymia.source import read_file


class Places:
    """Files of two rulebooks, read again for their line numbers when somebody asks."""

    def __init__(self, before: Rulebook, after: Rulebook) -> None:
        self._sides = (_Lines(Path(before.folder)), _Lines(Path(after.folder)))

    def __call__(self, kind: Literal["parameters", "facts"], name: str, after: bool) -> Place:
        lines = self._sides[after]
        return (lines.parameters if kind == "parameters" else lines.facts).get(name, (f"rules/{kind}", 0))


class _Lines:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def parameters(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for path in sorted(self.folder.glob("parameters/*.yaml")):
            document = read_file(path)
            for number, entry in enumerate(document.data["parameters"]):
                found[entry["id"]] = (f"rules/parameters/{path.name}", document.line(("parameters", number, "value")))
        return found

    @cached_property
    def facts(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for path in sorted(self.folder.glob("facts/*.yaml")):
            document = read_file(path)
            record = document.data["record"]
            for number, entry in enumerate(document.data["facts"]):
                name = entry["name"] if record == "none" else f"{record}.{entry['name']}"
                found[name] = (f"rules/facts/{path.name}", document.line(("facts", number, "name")))
        return found
