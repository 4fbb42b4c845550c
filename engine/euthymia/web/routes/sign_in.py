"""Signing in and out, and one's own password."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from euthymia.clinic.sessions import Session
from euthymia.errors import InputError
from euthymia.web.guard import Forbidden, Signed, TheForm, TheHouse, cookie_name
from euthymia.web.house import House

router = APIRouter(include_in_schema=False)
_OWN_SITE = ("same-origin", "none")  # as browsers name it; other programs name nothing
_HOME = {"clinician": "/patients", "auditor": "/audit", "author": "/rules", "administrator": "/accounts"}


@router.get("/")
def home(session: Signed) -> Response:
    return RedirectResponse(_HOME[session.account.role], 303)


@router.get("/sign-in")
def sign_in_page(request: Request, house: TheHouse, next: str = "") -> Response:
    return house.pages.show(request, "sign-in", next=_own_path(next), name="", refused=False)


@router.post("/sign-in")
def sign_in(request: Request, house: TheHouse, form: TheForm) -> Response:
    """The same answer for a wrong name, a wrong password and a locked account. Another site may sign nobody in, as somebody else."""
    if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITE:
        raise Forbidden
    name, password = str(form.get("name") or ""), str(form.get("password") or "")
    account = house.accounts.check(name, password)
    if account is None:
        request.app.state.metrics.refused.inc()
        return house.pages.show(request, "sign-in", 401, next=_own_path(str(form.get("next") or "")), name=name, refused=True)
    return _begun(house, house.sessions.begin(account), _own_path(str(form.get("next") or "")) or "/")


@router.get("/session")
def session_now(session: Signed) -> dict[str, str]:
    """Who is signed in, and the token for what is sent: after signing in again, an open page goes on with it."""
    return {"account": session.account.id, "csrf": session.csrf}


@router.post("/sign-out")
def sign_out(session: Signed, house: TheHouse) -> Response:
    house.sessions.end(session.token)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(cookie_name(house.settings), path="/", secure=house.settings.secure, httponly=True, samesite="strict")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.get("/password")
def password_page(request: Request, house: TheHouse) -> Response:
    return house.pages.show(request, "password", problems=[])


@router.post("/password")
def change_password(request: Request, session: Signed, house: TheHouse, form: TheForm) -> Response:
    """All other sessions end; this browser stays signed in with a new one."""
    old, new, again = (str(form.get(key) or "") for key in ("old", "new", "again"))
    problems = [] if new == again else ["the new password was not repeated correctly"]
    if house.accounts.check(session.account.name, old) is None:
        problems.append("the present password is wrong, or the account is locked for a while")
    elif old == new:
        problems.append("the new password must be another one")
    if not problems:
        try:
            house.accounts.change_password(session.account.id, new, must_change=False)
            return _begun(house, house.sessions.begin(session.account), "/")
        except InputError as error:
            problems = [f"the new password: {problem.message}" for problem in error.problems]
    return house.pages.show(request, "password", 422, problems=problems)


def _begun(house: House, session: Session, where: str) -> Response:
    answer = RedirectResponse(where, 303)
    longest = int(house.settings.longest.total_seconds())
    answer.set_cookie(
        cookie_name(house.settings),
        session.token,
        max_age=longest,
        path="/",
        secure=house.settings.secure,
        httponly=True,
        samesite="strict",
    )
    return answer


def _own_path(text: str) -> str:
    """Only to a place of this application: never to another site."""
    return text if text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable() else ""
