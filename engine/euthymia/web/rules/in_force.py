"""How patients stand by the rules in force: the same whatever an author tries, so that it is worked out once and kept at hand."""

import json
from datetime import date

from euthymia.comparison.mixtures import Mixture, Side, assessed
from euthymia.consultation import Consultation
from euthymia.source import Document


class InForce:
    """The rules in force, and up to `most` patients as they stand by them (each some 0.8 megabytes), with what they told."""

    def __init__(self, consultation: Consultation, most: int = 0) -> None:
        self.consultation = consultation
        self._most = most
        self._kept: dict[tuple[str, date], Mixture] = {}

    def of(self, document: Document, on: date) -> Mixture:
        """Raises InputError with every mistake in a document that these rules cannot read."""
        key = (json.dumps(document.data, sort_keys=True), on)
        found = self._kept.get(key) or assessed(Side(document, self.consultation, on))
        # None makes room for another: of more patients than are kept, the same ones stay at hand each time.
        if len(self._kept) < self._most:
            self._kept[key] = found
        return found

    def __len__(self) -> int:
        """Patients that are kept at hand."""
        return len(self._kept)

    def forget(self) -> None:
        """Keep nobody at hand, nor what the engines remember of anybody."""
        self.consultation.engines.pool.forget()
        self._kept.clear()
