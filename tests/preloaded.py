"""What the server of `command.py` has at hand: the program, and the shipped rules read once."""

from pathlib import Path

from euthymia import cli, consultation
from euthymia.ledger import postgres_store, signing, sqlite_store
from euthymia.resources import bundled
from euthymia.rulebook.rulebook import Rulebook

_SHIPPED = bundled("rules")
_load = consultation.load_rulebook
_read_once = _load(_SHIPPED)


def _loaded(folder: Path) -> Rulebook:
    return _read_once if folder == _SHIPPED else _load(folder)


consultation.load_rulebook = _loaded
PRELOADED = (cli, postgres_store, signing, sqlite_store)
