"""Records as FHIR R4 resources, one on each line: AuditEvent for each record, Provenance for each assessment.

The standard's codes are used where it has them; kinds, roles and pseudonyms are identified by URNs of our own.
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

from euthymia.ledger.record import Sealed
from euthymia.ledger.sound import require_sound
from euthymia.ledger.store import Row, Store

Resource = dict[str, Any]

NOT_CARRIED = (
    "The facts that were told, the derivation, the answer and the clinician's note: neither resource has a place for them.",
    "The sealed text and the commitments: only the digest of a record is given, as a detail. No chain can be verified from them.",
    "The rulebook: only its digest is given. No decision can be replayed from these resources.",
    "Signatures are of the ledger's checkpoint (docs/ledger-format.md), not of the resource that carries them.",
    "A pseudonym is given as an identifier, not as a reference to a Patient or Practitioner: the ledger knows none.",
)
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_OBJECT_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_SIGNATURE = "urn:iso-astm:E1762-95:2013"
_ACTIONS = {"opening": "C", "key": "U", "assessment": "E", "response": "C", "erasure": "D"}


def resources(store: Store, step: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Lines of FHIR NDJSON; the first, an OperationOutcome, says what the others do not carry."""
    yield json.dumps(_statement(), ensure_ascii=False)
    for row in store.rows(parts=("patient",)):
        require_sound(row, store.where, ("patient",))
        yield json.dumps(_audit_event(row), ensure_ascii=False)
        if row.kind == "assessment":
            yield json.dumps(_provenance(row), ensure_ascii=False)
        step()


def _statement() -> Resource:
    issues = [{"severity": "information", "code": "informational", "diagnostics": text} for text in NOT_CARRIED]
    return {"resourceType": "OperationOutcome", "id": "not-carried", "issue": issues}


def _audit_event(row: Row) -> Resource:
    sealed = row.sealed
    return {
        "resourceType": "AuditEvent",
        "id": f"record-{sealed.number}",
        "type": {"system": _DICOM, "code": "110100", "display": "Application Activity"},
        "subtype": [{"system": "urn:euthymia:record-kind", "code": sealed.kind}],
        "action": _ACTIONS[sealed.kind],
        "recorded": sealed.at,
        "outcome": "0",
        "agent": [_asker(sealed), _program(sealed)],
        "source": {"observer": {"display": f"euthymia ledger {sealed.data['ledger']}"}},
        "entity": list(_entities(row)),
    }


def _asker(sealed: Sealed) -> Resource:
    who = {"identifier": {"system": "urn:euthymia:asker", "value": sealed.by.name}}
    return {"role": [{"text": sealed.by.role}], "who": who, "requestor": True}


def _program(sealed: Sealed) -> Resource:
    program = sealed.data["program"]
    return {"who": {"display": f"{program['name']} {program['version']}"}, "requestor": False}


def _entities(row: Row) -> Iterator[Resource]:
    sealed = row.sealed
    details = [{"type": "sha256", "valueString": sealed.hash}]
    if sealed.kind == "response":
        details += [
            {"type": name, "valueString": str(sealed.content[name])} for name in ("to", "verdict", "reason") if sealed.content[name]
        ]
    record = {"system": _OBJECT_TYPE, "code": "2", "display": "System Object"}
    yield {"what": {"identifier": _record(sealed, sealed.number)}, "type": record, "detail": details}
    if sealed.subject is not None:
        patient = {"what": {"identifier": _patient(row)}, "type": {"system": _OBJECT_TYPE, "code": "1", "display": "Person"}}
        yield patient | {"role": {"system": _OBJECT_ROLE, "code": "1", "display": "Patient"}}


def _patient(row: Row) -> Resource:
    """The pseudonym; where it was erased, the random name that stands for it."""
    if row.part("patient"):
        return {"system": "urn:euthymia:patient", "value": row.part("patient")[0].value}
    return {"system": "urn:euthymia:subject", "value": row.sealed.subject}


def _record(sealed: Sealed, number: int) -> Resource:
    return {"system": "urn:euthymia:record", "value": f"{sealed.data['ledger']}/{number}"}


def _provenance(row: Row) -> Resource:
    sealed = row.sealed
    entities = [{"role": "source", "what": {"identifier": {"system": "urn:euthymia:rulebook", "value": sealed.content["rulebook"]}}}]
    if sealed.data["previous"]:
        entities.append({"role": "source", "what": {"identifier": _record(sealed, sealed.data["previous"])}})
    made: Resource = {
        "resourceType": "Provenance",
        "id": f"provenance-{sealed.number}",
        "target": [{"identifier": _record(sealed, sealed.number)}],
        "occurredDateTime": sealed.content["on"],
        "recorded": sealed.at,
        "agent": [
            {"type": _participant("author"), "who": {"identifier": {"system": "urn:euthymia:asker", "value": sealed.by.name}}},
            {"type": _participant("assembler"), "who": _program(sealed)["who"]},
        ],
        "entity": entities,
    }
    return made if sealed.signature is None else made | {"signature": [_signature(sealed, sealed.signature)]}


def _participant(code: str) -> Resource:
    return {"coding": [{"system": _PARTICIPANT, "code": code}]}


def _signature(sealed: Sealed, signature: str) -> Resource:
    return {
        "type": [{"system": _SIGNATURE, "code": "1.2.840.10065.1.12.1.14", "display": "Source Signature"}],
        "when": sealed.at,
        "who": {"display": f"euthymia ledger {sealed.data['ledger']}"},
        "sigFormat": "application/octet-stream",
        "data": base64.b64encode(bytes.fromhex(signature)).decode("ascii"),
    }
