"""What the routes share: stores, workers, pages, and the clock. Made once for each server."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from euthymia.clinic.accounts import Accounts
from euthymia.clinic.charts import Charts
from euthymia.clinic.edits import Edits
from euthymia.clinic.handovers import Handovers
from euthymia.clinic.recordings import Recordings
from euthymia.clinic.sessions import Sessions
from euthymia.clinic.store import Store
from euthymia.consultation import Consultation
from euthymia.errors import InputError
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.opening import open_store
from euthymia.ledger.store import Store as Records
from euthymia.render.words import read_words
from euthymia.web.jobs import Jobs
from euthymia.web.pages import Pages
from euthymia.web.rules.browsing import Browsing
from euthymia.web.settings import Settings
from euthymia.web.workers import Workers

if TYPE_CHECKING:
    from euthymia.ledger.signing import Signer


@dataclass
class House:
    """Raises InputError where a store, the key or the rules cannot be used: before anybody is served."""

    settings: Settings
    store: Store = field(init=False)
    records: Records = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        self.consultation = Consultation(settings.rules)
        self.words = read_words(settings.templates)
        self.browsing = Browsing(self.consultation.rulebook, self.words)
        self.pages = Pages(settings.templates)
        self.signer = self._signer()
        self.store = Store(settings.database)
        try:
            self.records = open_store(settings.ledger, writable=True)
        except BaseException:
            self.store.close()
            raise
        self.accounts = Accounts(self.store, settings.clock, settings.hasher)
        self.sessions = Sessions(self.store, settings.clock, settings.idle, settings.longest)
        self.charts = Charts(self.store, settings.clock)
        self.handovers = Handovers(self.store, settings.clock)
        self.recordings = Recordings(self.store)
        self.edits = Edits(self.store, settings.clock)
        self.workers = Workers(settings.rules, settings.templates, settings.processes)
        self.drug_names = sorted({drug.label for drug in self.consultation.rulebook.drugs.drugs})
        self.jobs = Jobs()
        self.ready = False

    def _signer(self) -> "Signer | None":
        if self.settings.key is None:
            return None
        from euthymia.ledger.signing import read_key  # noqa: PLC0415  read only where something is signed

        return read_key(self.settings.key)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.records, self.settings.clock, self.signer)

    def ledger_alive(self) -> bool:
        """Does the ledger's database answer?"""
        try:
            self.records.head()
        except InputError:
            return False
        return True

    def now(self) -> datetime:
        return self.settings.clock()

    def today(self) -> date:
        """Where the server stands."""
        return self.now().astimezone().date()

    def close(self) -> None:
        self.jobs.stop_all()
        self.workers.stop()
        for store in (self.records, self.store):
            with suppress(Exception):  # the server is ending; the other one is closed all the same
                store.close()
