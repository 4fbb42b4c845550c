"""Who may do what: every route with the roles that it is open to. What does not stand here is closed to everybody."""

from typing import Final

PUBLIC: Final = frozenset({"public"})
EVERYBODY: Final = frozenset({"clinician", "auditor", "author", "administrator"})
CLINICIAN: Final = frozenset({"clinician"})
AUDITOR: Final = frozenset({"auditor"})
AUTHOR: Final = frozenset({"author"})
ADMINISTRATOR: Final = frozenset({"administrator"})
READERS: Final = frozenset({"clinician", "auditor", "author"})

ACCESS: Final[dict[str, frozenset[str]]] = {
    # ---- signing in, and what keeps the server running
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-out": EVERYBODY,
    "GET /password": EVERYBODY,
    "POST /password": EVERYBODY,
    "GET /": EVERYBODY,
    "GET /static/{name}": PUBLIC,
    "GET /health": PUBLIC,
    "GET /ready": PUBLIC,
    "GET /metrics": PUBLIC,  # numbers only, and only to this machine itself
    "GET /api/openapi.json": EVERYBODY,
    # ---- patients
    "GET /patients": CLINICIAN,
    "POST /patients": CLINICIAN,
    "POST /patients/import": CLINICIAN,
    "GET /patients/{chart}": CLINICIAN,
    "GET /patients/{chart}/standing": CLINICIAN,
    "GET /patients/{chart}/next": CLINICIAN,
    "GET /patients/{chart}/results": CLINICIAN,
    "GET /patients/{chart}/timeline": CLINICIAN,
    "GET /session": EVERYBODY,
    "GET /patients/{chart}/history": CLINICIAN,
    "GET /patients/{chart}/export": CLINICIAN,
    "POST /patients/{chart}/facts": CLINICIAN,
    "POST /patients/{chart}/units": CLINICIAN,
    "POST /patients/{chart}/units/remove": CLINICIAN,
    "POST /patients/{chart}/undo": CLINICIAN,
    "POST /patients/{chart}/why": CLINICIAN,
    "POST /patients/{chart}/label": CLINICIAN,
    "POST /patients/{chart}/remove": CLINICIAN,
    "POST /patients/{chart}/day": CLINICIAN,
    "GET /patients/{chart}/hand-over": CLINICIAN,
    "POST /patients/{chart}/hand-over": CLINICIAN,
    "POST /patients/{chart}/record": CLINICIAN,
    "POST /patients/{chart}/what-if": CLINICIAN,
    "GET /patients/{chart}/differences": CLINICIAN,
    "POST /patients/{chart}/leave": CLINICIAN,
    # ---- recorded decisions of own patients
    "GET /decisions/{number}": CLINICIAN,
    "GET /decisions/{number}/page": CLINICIAN,
    "GET /decisions/{number}/pdf": CLINICIAN,
    "POST /decisions/{number}/respond": CLINICIAN,
    # ---- the same as JSON
    "GET /api/patients": CLINICIAN,
    "POST /api/patients": CLINICIAN,
    "GET /api/patients/{chart}": CLINICIAN,
    "POST /api/patients/{chart}/facts": CLINICIAN,
    "POST /api/patients/{chart}/day": CLINICIAN,
    "GET /api/patients/{chart}/standing": CLINICIAN,
    "GET /api/patients/{chart}/next": CLINICIAN,
    "GET /api/patients/{chart}/assessment": CLINICIAN,
    "POST /api/patients/{chart}/why": CLINICIAN,
    "POST /api/patients/{chart}/record": CLINICIAN,
    "GET /api/decisions/{number}": CLINICIAN,
    # ---- long work: one's own
    "GET /jobs/{job}": READERS,
    "POST /jobs/{job}/stop": READERS,
    # ---- the ledger: pseudonyms, never a clinician's own label
    "GET /audit": AUDITOR,
    "POST /audit": AUDITOR,
    "GET /audit/check": AUDITOR,
    "GET /audit/check/head": AUDITOR,
    "POST /audit/check/verify": AUDITOR,
    "POST /audit/check/replay": AUDITOR,
    "POST /audit/check/steps": AUDITOR,
    "GET /audit/statistics": AUDITOR,
    "POST /audit/statistics": AUDITOR,
    "GET /audit/export": AUDITOR,
    "GET /audit/export/{form}": AUDITOR,
    "POST /audit/compare": AUDITOR,
    "GET /audit/erase": AUDITOR,
    "POST /audit/erase": AUDITOR,
    "GET /audit/{number}": AUDITOR,
    "GET /audit/{number}/page": AUDITOR,
    "GET /audit/{number}/facts": AUDITOR,
    "GET /audit/{number}/judgements": AUDITOR,
    "GET /audit/{number}/why/{place}": AUDITOR,
    "POST /audit/{number}/why": AUDITOR,
    # ---- the rulebook, and an author's own copies of its files
    "GET /rules": AUTHOR,
    "GET /rules/map": AUTHOR,
    "GET /rules/coverage": AUTHOR,
    "GET /rules/file": AUTHOR,
    "GET /rules/words": AUTHOR,
    "GET /rules/edit": AUTHOR,
    "POST /rules/edit": AUTHOR,
    "POST /rules/check": AUTHOR,
    "POST /rules/edit/effects": AUTHOR,
    "GET /rules/edits": AUTHOR,
    "POST /rules/effects": AUTHOR,
    "POST /rules/discard": AUTHOR,
    "GET /rules/patch": AUTHOR,
    "GET /rules/{name}": AUTHOR,
    # ---- accounts
    "GET /accounts": ADMINISTRATOR,
    "POST /accounts": ADMINISTRATOR,
    "POST /accounts/{account}/password": ADMINISTRATOR,
    "POST /accounts/{account}/closed": ADMINISTRATOR,
    "GET /accounts/{account}/hand-over": ADMINISTRATOR,  # a number of patients, and nothing else of them
    "POST /accounts/{account}/hand-over": ADMINISTRATOR,
}


def roles_of(method: str, path: str) -> frozenset[str]:
    """The roles that a route is open to; none where it does not stand in the table."""
    return ACCESS.get(f"{'GET' if method == 'HEAD' else method} {path}", frozenset())
