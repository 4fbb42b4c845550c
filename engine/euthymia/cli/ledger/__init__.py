"""euthymia ledger: what auditors read and check, and what is written about records."""

from euthymia.cli.ledger.app import ledger_app

__all__ = ["ledger_app"]
