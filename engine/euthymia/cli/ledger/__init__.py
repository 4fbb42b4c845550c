"""euthymia ledger: what auditors read and check, and what is written about records. Its modules are read only when one of these runs."""

from euthymia.cli.ledger.app import ledger_app

__all__ = ["ledger_app"]
