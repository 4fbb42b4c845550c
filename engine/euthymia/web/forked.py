"""What every process of the server begins with: the rules, read once in the process that all of them are forked from.

So a process that died is replaced at once, by the rules that the server began with, and the memory is shared.
"""

import gc
import os
from pathlib import Path

from euthymia.consultation import Consultation
from euthymia.errors import EngineFault, InputError

RULES = "EUTHYMIA_FORKED_RULES"  # the folder; set by the server before the first process begins


def consultation_for(rules: Path) -> Consultation:
    """Raises InputError with every mistake in rules that are read only now."""
    return _READ[rules] if rules in _READ else Consultation(rules)


def _read() -> dict[Path, Consultation]:
    """Nothing where the rules cannot be read: whoever needs them tells so."""
    if not (folder := os.environ.get(RULES)):
        return {}
    try:
        made = {Path(folder): Consultation(Path(folder))}
    except (InputError, EngineFault):
        return {}
    gc.collect()
    gc.freeze()  # what is shared is not to be copied only to be counted
    return made


_READ = _read()
