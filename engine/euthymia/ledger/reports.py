"""What a verification and a replay found, in words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from euthymia.ledger.replay import Replayed
    from euthymia.ledger.verify import Verified

_FIRST = 20


def of_verification(found: "Verified", anchors: int) -> list[str]:
    """`anchors`: how many were given."""
    lines = [f"{found.records} records are as they were written"]
    if found.forgotten:
        lines[0] += f"; the content of {found.forgotten} was erased, as a later record says"
    if found.clock_went_back:
        lines.append(f"The clock had gone back at records {', '.join(map(str, found.clock_went_back))}; the order is that of the numbers.")
    if found.fault is not None:
        lines.append(f"NOT WHOLE: {found.fault}")
        return lines
    if found.key_given:
        lines.append("All are signed as the ledger demands, at the end with the key that was given.")
    elif found.signed:
        lines.append("They are signed, but no public key was given: who could write could have signed it all anew with another one.")
    else:
        lines.append("They are not signed: who could write could have written it all anew.")
    if anchors:
        lines.append(f"{found.anchors} of {anchors} anchors fit.")
    else:
        lines.append("No anchor was given: whether records were cut off at the end cannot be told.")
    return lines


def of_replay(result: "Replayed") -> list[str]:
    """Of a record that is not the same. The differences may cite what a patient told."""
    if result.forgotten:
        return [f"record {result.number}: erased; it cannot be replayed"]
    lines = [f"record {result.number}, written by euthymia {result.version}: another answer today"]
    if result.refused:
        return [*lines, f"  today's program refuses what it once read: {result.refused}"]
    more = [f"  … and {len(result.differences) - _FIRST} more"] if len(result.differences) > _FIRST else []
    return [*lines, *(f"  {line}" for line in result.differences[:_FIRST]), *more]
