"""The command itself, with its subcommands and its exit codes."""

import sys
from typing import Annotated

import typer

from euthymia import __version__
from euthymia.cli.ask import ask
from euthymia.cli.assess import assess
from euthymia.cli.common import INTERRUPTED, WRONG_INPUT, stop
from euthymia.cli.compare import compare
from euthymia.cli.interview import interview
from euthymia.cli.ledger import ledger_app
from euthymia.cli.rules import rules_app
from euthymia.cli.schema import schema
from euthymia.cli.serve import account_app, serve
from euthymia.cli.stage import stage
from euthymia.cli.why import why
from euthymia.errors import InputError

app = typer.Typer(
    help="Explained decision support for depression that does not respond to treatment. Not a medical device; the clinician decides.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(assess)
app.command()(stage)
app.command()(why)
app.command()(compare)
app.command()(ask)
app.command()(interview)
app.command()(schema)
app.command()(serve)
app.add_typer(account_app, name="account")
app.add_typer(rules_app, name="rules")
app.add_typer(ledger_app, name="ledger")


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 a defect of the program, 2 the input or the rules are wrong, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except InputError as error:
        stop("\n".join(map(str, error.problems)), WRONG_INPUT)
    except KeyboardInterrupt:
        stop("interrupted", INTERRUPTED)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"euthymia {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)] = False,
) -> None:
    """Explained decision support for depression that does not respond to treatment. Not a medical device; the clinician decides."""
