"""Where the server may listen, and the commands that start it and make its accounts."""

from pathlib import Path

import pytest

from euthymia.clinic.accounts import Accounts
from euthymia.clinic.store import Store
from euthymia.errors import InputError
from euthymia.web.serving import Place, require_safe
from tests.command import euthymia
from tests.web.browser import Clock

HERE = ("127.0.0.1", "127.8.8.8", "::1", "localhost")
ELSEWHERE = ("0.0.0.0", "::", "192.168.1.4", "fe80::1", "clinic.example", "", "localhost.example", "127.0.0.1.example", "0", "2130706433")
GOOD = "correct horse battery"


@pytest.mark.parametrize("proxy", [None, "10.0.0.1"])
@pytest.mark.parametrize("key", [None, "there", "missing"])
@pytest.mark.parametrize("certificate", [None, "there", "missing"])
@pytest.mark.parametrize("host", [*HERE, *ELSEWHERE])
def test_passwords_never_travel_unprotected(tmp_path: Path, host: str, certificate: str | None, key: str | None, proxy: str | None) -> None:
    """This machine only, or TLS with both of its files, or a proxy that was named."""
    (tmp_path / "there").touch()
    files = [None if name is None else tmp_path / name for name in (certificate, key)]
    right = (certificate, key) in ((None, None), ("there", "there")) and (host in HERE or certificate == "there" or proxy is not None)
    place = Place(host, 8000, *files, proxy)
    if right:
        require_safe(place)
        return
    with pytest.raises(InputError) as caught:
        require_safe(place)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--host", "0.0.0.0"], "can be reached from other machines"),
        (["--certificate", "none.pem", "--private-key", "none.key"], "no such file"),
        (["--database", "mysql://x@y/z"], "found mysql://"),
    ],
)
def test_the_server_does_not_begin_where_it_may_not(tmp_path: Path, options: list[str], told: str) -> None:
    """One line and exit code 2; nothing is made."""
    run = euthymia("serve", "--database", tmp_path / "data", *options, cwd=tmp_path)
    assert (run.returncode, run.stdout, len(run.stderr.splitlines())) == (2, "", 1)
    assert told in run.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (["add", "c1"], "short\n", "12 to 200"),
        (["add", "c1", "--role", "king"], f"{GOOD}\n", "found 'king'"),
        (["add", "taken"], f"{GOOD}\n", "has an account already"),
        (["password", "nobody"], f"{GOOD}\n", "has no account"),
    ],
)
def test_an_account_that_cannot_be_made_is_told(tmp_path: Path, arguments: list[str], typed: str, told: str) -> None:
    """One line and exit code 2; the password is not in it."""
    store = Store(str(tmp_path / "clinic.sqlite"))
    Accounts(store, Clock()).add("taken", "auditor", GOOD, must_change=False)
    run = euthymia("account", *arguments, "--database", tmp_path, told=typed)
    assert (run.returncode, run.stdout, len(run.stderr.splitlines())) == (2, "", 1)
    assert told in run.stderr and GOOD not in run.stderr
    accounts = Accounts(store, Clock())
    assert [account.name for account in accounts.all()] == ["taken"] and accounts.check("taken", GOOD) is not None
    store.close()


def test_an_account_is_made_and_given_a_new_password(tmp_path: Path) -> None:
    """From standard input, into a database that only its owner may read; the first one is that of an administrator."""
    made = euthymia("account", "add", "dr-a", "--database", tmp_path / "data", told=f"{GOOD}\n")
    assert (made.returncode, made.stdout, made.stderr) == (0, "administrator dr-a may sign in.\n", "")
    changed = euthymia("account", "password", "dr-a", "--database", tmp_path / "data", told=f"{GOOD} staple\n")
    assert (changed.returncode, changed.stdout, changed.stderr) == (0, "The password was changed.\n", "")
    file = tmp_path / "data" / "clinic.sqlite"
    assert file.stat().st_mode & 0o077 == 0 and file.parent.stat().st_mode & 0o077 == 0
    store = Store(str(file))
    account = Accounts(store, Clock()).check("dr-a", f"{GOOD} staple")
    store.close()
    assert account is not None and account.role == "administrator" and not account.must_change
