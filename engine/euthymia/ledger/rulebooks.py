"""Rulebooks as the ledger keeps them: the files of the day as they were, and their conditions as plain data."""

import json
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from euthymia.consultation import Consultation
from euthymia.errors import InputError, Problem
from euthymia.ledger.canonical import canonical, digest
from euthymia.ledger.compiled import compiled
from euthymia.ledger.store import Store, StoredRulebook
from euthymia.rulebook.load import digest_of
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Packed:
    """A rulebook ready to be stored."""

    stored: StoredRulebook
    compiled_digest: str


_packed: dict[tuple[str, str], Packed] = {}  # by folder and digest


def packed_rulebook(rulebook: Rulebook) -> Packed:
    """Made once. Raises InputError when the files are no longer those that were read."""
    key = rulebook.folder, rulebook.digest
    if key not in _packed:
        _packed[key] = _pack(rulebook)
    return _packed[key]


def _pack(rulebook: Rulebook) -> Packed:
    folder = Path(rulebook.folder)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.yaml")}
    if digest_of(files) != rulebook.digest:
        raise InputError([Problem(rulebook.folder, 0, "", "was changed while it was in use; nothing was recorded. Repeat the command")])
    texts = {name: content.decode("utf-8") for name, content in files.items()}
    text = canonical(compiled(rulebook))
    return Packed(StoredRulebook(rulebook.digest, _zipped(canonical(texts)), _zipped(text)), digest(text))


def files_of(stored: StoredRulebook) -> dict[str, str]:
    """Text of every rule file by its path. Raises ValueError when the bytes are not what was stored."""
    files = json.loads(_unzipped(stored.files))
    if not isinstance(files, dict):
        raise ValueError("not an object")
    return files


def compiled_text(stored: StoredRulebook) -> str:
    return _unzipped(stored.compiled)


def _zipped(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8"), 9)


def _unzipped(content: bytes) -> str:
    try:
        return zlib.decompress(content).decode("utf-8")
    except zlib.error as error:
        raise ValueError(str(error)) from None


class OldRulebooks:
    """Consultations with the rules of their day, made once for each rulebook while the context lasts."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._made: dict[str, Consultation] = {}

    def consultation(self, wanted: str) -> Consultation:
        """Raises InputError when the ledger does not hold the rulebook, or this program cannot read it."""
        if wanted not in self._made:
            stored = self._store.rulebook(wanted)
            if stored is None:
                raise InputError([Problem(self._store.where, 0, "", f"does not hold the rulebook {wanted}")])
            self._made[wanted] = Consultation(self._unpacked(stored, len(self._made)))
        return self._made[wanted]

    def _unpacked(self, stored: StoredRulebook, number: int) -> Path:
        folder = self._folder / str(number) / "rules"
        for name, text in files_of(stored).items():
            path = folder / name
            if not path.resolve().is_relative_to(folder.resolve()):
                raise InputError([Problem(self._store.where, 0, "", f"the rulebook {stored.digest} names a file outside its folder")])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        return folder


@contextmanager
def old_rulebooks(store: Store) -> Iterator[OldRulebooks]:
    """Rules are unpacked into a temporary folder; it never holds anything of a patient."""
    with tempfile.TemporaryDirectory(prefix="euthymia-rules-") as folder:
        yield OldRulebooks(store, Path(folder))


class Compiled:
    """The compiled rulebooks of a ledger, read once each. Raises InputError where one cannot be read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rules: dict[str, dict[str, Any]] = {}

    def rules(self, wanted: str) -> dict[str, Any]:
        """The rules of one rulebook by their ids."""
        if wanted not in self._rules:
            stored = self._store.rulebook(wanted)
            try:
                rules = [] if stored is None else json.loads(compiled_text(stored))["rules"]
            except (ValueError, KeyError):
                message = f"holds the rulebook {wanted} in a form that cannot be read; `euthymia ledger verify` tells more"
                raise InputError([Problem(self._store.where, 0, "", message)]) from None
            self._rules[wanted] = {rule["id"]: rule for rule in rules}
        return self._rules[wanted]

    def every(self) -> dict[str, Any]:
        """The rules of all rulebooks; of several with one id, that of the last."""
        return {name: rule for wanted in self._store.digests() for name, rule in self.rules(wanted).items()}

    def alerts(self, wanted: str) -> dict[str, str]:
        """Severity of each alert of one rulebook."""
        return {name: rule["alert"] for name, rule in self.rules(wanted).items() if rule["alert"]}
