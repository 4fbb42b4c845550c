"""The subcommands of euthymia ledger."""

import typer

from euthymia.cli.ledger.changing import erase, keygen, respond, scrub, sign
from euthymia.cli.ledger.checking import check, head, replay, verify
from euthymia.cli.ledger.exporting import export
from euthymia.cli.ledger.reading import diff, listing, show, why
from euthymia.cli.ledger.stats import stats

ledger_app = typer.Typer(help="For auditors: what was recorded, whether it is whole, and what followed.", no_args_is_help=True)
ledger_app.command("list")(listing)
for command in (show, why, diff, stats, verify, replay, check, head, export, respond, erase, keygen, sign, scrub):
    ledger_app.command()(command)
