"""Accounts, for the administrator: who may sign in, in which role. Nothing of a patient is to be seen here."""

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from euthymia.clinic.accounts import Account
from euthymia.errors import InputError
from euthymia.ledger.record import ROLES
from euthymia.web.guard import Signed, TheForm, TheHouse
from euthymia.web.house import House

router = APIRouter(include_in_schema=False)


@router.get("/accounts")
def accounts(request: Request, house: TheHouse) -> Response:
    return _page(request, house)


@router.post("/accounts")
def add(request: Request, house: TheHouse, form: TheForm) -> Response:
    """The first password is made here, shown once, and must be changed at the first sign-in."""
    password = _first_password()
    try:
        account = house.accounts.add(str(form.get("name") or ""), str(form.get("role") or ""), password, must_change=True)
    except InputError as error:
        return _page(request, house, 422, problems=[f"{problem.file}: {problem.message}" for problem in error.problems])
    return _page(request, house, 201, shown=(account.name, password))


@router.post("/accounts/{account}/password")
def reset(request: Request, account: str, house: TheHouse) -> Response:
    found, password = _known(house, account), _first_password()
    house.accounts.change_password(found.id, password, must_change=True)
    return _page(request, house, shown=(found.name, password))


@router.post("/accounts/{account}/closed")
def close(request: Request, account: str, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """Nobody closes the account that they are using: somebody must be left who can open it again."""
    found = _known(house, account)
    if found.id == session.account.id:
        return _page(request, house, 422, problems=["this is your own account; another administrator can close it"])
    house.accounts.close(found.id, closed=form.get("closed") == "yes")
    return RedirectResponse("/accounts", 303)


def _page(
    request: Request, house: House, status: int = 200, *, problems: list[str] | None = None, shown: tuple[str, str] | None = None
) -> Response:
    given = {"accounts": house.accounts.all(), "roles": ROLES, "problems": problems or [], "shown": shown, "now": house.now().isoformat()}
    return house.pages.show(request, "accounts", status, patients=house.handovers.numbers(), **given)


def _known(house: House, account: str) -> Account:
    found = house.accounts.by_id(account)
    if found is None:
        raise HTTPException(404)
    return found


def _first_password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(5))
