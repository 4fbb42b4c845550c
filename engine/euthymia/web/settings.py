"""How the server is set up. Everything that it may know of the machine comes in here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher


@dataclass(frozen=True, slots=True)
class Settings:
    """`database` holds accounts and charts, `ledger` the records: files, or one PostgreSQL database for both.

    `secure`: the browser reaches the server by TLS. `proxied`: a proxy stands before it and names the client.
    """

    database: str
    ledger: str
    rules: Path
    templates: Path
    clock: Callable[[], datetime]
    key: Path | None = None
    cases: Path | None = None
    examples: Path | None = None
    secure: bool = False
    proxied: bool = False
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    processes: int | None = None
    largest_request: int = 1_000_000  # bytes
    requests_a_minute: int = 600  # by one account or address
    sign_ins_a_minute: int = 20  # by one address
    hasher: PasswordHasher = field(default_factory=PasswordHasher)  # with the library's own cost
