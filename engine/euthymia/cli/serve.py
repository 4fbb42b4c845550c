"""euthymia serve, euthymia account: the web application, and its first administrator."""

import getpass
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from euthymia.cli.common import RulesOption, now
from euthymia.cli.common import show as write_out
from euthymia.cli.recording import KeyOption
from euthymia.errors import InputError, Problem
from euthymia.resources import bundled

_ENV = "EUTHYMIA_DATABASE"
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database", envvar=_ENV, metavar="PLACE",
        help="A folder for the two SQLite files, or postgresql://user@host/database; a folder of your own when left out.",
    ),
]  # fmt: skip
account_app = typer.Typer(help="Accounts of the web application.", no_args_is_help=True)


def serve(  # noqa: PLR0913, PLR0917  the options of a command
    database: DatabaseOption = None,
    host: Annotated[str, typer.Option(help="Address to listen at; only this machine itself when left out.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="The server's certificate (PEM), to speak TLS.")] = None,
    private_key: Annotated[Path | None, typer.Option(metavar="FILE", help="The key of the certificate.")] = None,
    proxy: Annotated[str | None, typer.Option(metavar="ADDRESS", help="A proxy that speaks TLS before this server.")] = None,
    name: Annotated[list[str] | None, typer.Option(metavar="HOST", help="A name by which browsers reach it; may be repeated.")] = None,
    rules: RulesOption = None,
    key: KeyOption = None,
    processes: Annotated[int | None, typer.Option(min=1, help="Processes for decisions; as many as processors when left out.")] = None,
) -> None:
    """Serve the web application for clinicians, auditors and guideline authors."""
    from euthymia.web import serving  # noqa: PLC0415  other commands need not wait for the libraries
    from euthymia.web.settings import Settings  # noqa: PLC0415

    place = serving.Place(host, port, certificate, private_key, proxy)
    clinic, ledger = places_of(database)
    settings = Settings(
        database=clinic, ledger=ledger, rules=rules or bundled("rules"), templates=bundled("templates"), clock=now, key=key,
        cases=_beside("tests/rules"), examples=_beside("examples"), secure=place.tls or proxy is not None, proxied=proxy is not None,
        hosts=("localhost", "127.0.0.1", "[::1]", host, *(name or ())), processes=processes,
    )  # fmt: skip
    serving.serve(settings, place)


@account_app.command("add")
def add_account(
    name: Annotated[str, typer.Argument(help="Name or short code.")],
    role: Annotated[str, typer.Option(help="clinician, auditor, author or administrator.")] = "administrator",
    database: DatabaseOption = None,
) -> None:
    """Make an account; the password is asked for, or read from standard input. The first one is that of an administrator."""
    from euthymia.clinic.accounts import Accounts  # noqa: PLC0415
    from euthymia.clinic.store import Store  # noqa: PLC0415

    with closing(Store(places_of(database)[0])) as store:
        Accounts(store, now).add(name, role, _password(), must_change=False)
    write_out(f"{role} {name} may sign in.")


@account_app.command("password")
def change_password(name: Annotated[str, typer.Argument()], database: DatabaseOption = None) -> None:
    """Give an account a new password, and end its sessions: for who has lost it, an administrator among them."""
    from euthymia.clinic.accounts import Accounts  # noqa: PLC0415
    from euthymia.clinic.store import Store  # noqa: PLC0415

    with closing(Store(places_of(database)[0])) as store:
        accounts = Accounts(store, now)
        found = next((account for account in accounts.all() if account.name == name), None)
        if found is None:
            raise InputError([Problem("NAME", 0, "", "has no account")])
        accounts.change_password(found.id, _password(), must_change=False)
    write_out("The password was changed.")


def places_of(database: str | None) -> tuple[str, str]:
    """Where accounts and charts are kept, and where the ledger is: two files of a folder, or one PostgreSQL database."""
    if database and "://" in database:
        if not database.startswith(("postgresql://", "postgres://")):
            scheme = database.partition("://")[0]
            raise InputError([Problem("--database", 0, "", f"found {scheme}://…; allowed: a folder, or postgresql://user@host/database")])
        return database, database
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    folder = Path(database).expanduser() if database else Path(home) / "euthymia"
    if folder.exists() and not folder.is_dir():
        raise InputError([Problem("--database", 0, "", f"{folder} is a file; a folder is needed")])
    return str(folder / "clinic.sqlite"), str(folder / "ledger.sqlite")


def _password() -> str:
    """Typed twice at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise InputError([Problem("password", 0, "", "was not repeated correctly; nothing was changed")])
    return first


def _beside(name: str) -> Path | None:
    """A folder of the checkout that is not part of an installed package."""
    folder = bundled("rules").parent / name
    return folder if folder.is_dir() else None
