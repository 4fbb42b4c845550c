"""euthymia schema: the JSON Schema of a kind of file, for editors."""

import json
from typing import Annotated

import typer

from euthymia import schemas
from euthymia.cli.common import RulesOption, show
from euthymia.errors import InputError, Problem
from euthymia.facts.catalogue_files import read_catalogue
from euthymia.resources import bundled


def schema(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(schemas.NAMES)}.")],
    rules: RulesOption = None,
) -> None:
    """Print the JSON Schema of a kind of file."""
    if name not in schemas.NAMES:
        raise InputError([Problem("schema", 0, "", f"found '{name}'; allowed: {', '.join(schemas.NAMES)}")])
    made = schemas.schema(name, lambda: read_catalogue((rules or bundled("rules")) / "facts"))
    show(json.dumps(made, ensure_ascii=False, indent=1))
