"""The command `euthymia`. Arguments in, text out; nothing is decided here."""

from euthymia.cli.main import main

__all__ = ["main"]
