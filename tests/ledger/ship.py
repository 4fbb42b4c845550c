"""Makes `shipped.sqlite` anew: decisions that today's program must still come to.

`python -m tests.ledger.ship`, after a change that was meant.
What changed in the answers is what `euthymia ledger replay --all --ledger tests/ledger/shipped.sqlite` tells before.
"""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from euthymia.cli.common import shipped_words
from euthymia.consultation import Consultation
from euthymia.ledger.contents import Asked, assessment_draft, stored_rulebook
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.opening import open_store
from euthymia.ledger.record import Asker
from euthymia.render.document import Explain, document
from tests.shared import ON, ROOT

SHIPPED = Path(__file__).with_name("shipped.sqlite")
EXAMPLES = ("complete", "only-an-age")
ASKED = Asked("headings", answers=False, audience="clinician", format="text")


def record(ledger: Ledger, consultation: Consultation, names: tuple[str, ...]) -> None:
    """One record for each example, as `assess --record` writes it."""
    words = shipped_words()
    for name in names:
        file = consultation.read(ROOT / "examples" / f"{name}.yaml", ON)
        assessment = consultation.assess(file, ON)
        answer = document(assessment, words, Explain[ASKED.explain.upper()], answers=ASKED.answers)
        draft = assessment_draft(name, file.document.data, assessment, answer, ASKED, Asker("clinician", "example"))
        ledger.append(draft, stored_rulebook(assessment))


def main() -> None:
    """The file anew, without side files, so that it can be read where nothing can be written."""
    SHIPPED.unlink(missing_ok=True)
    with closing(open_store(str(SHIPPED), writable=True)) as store:
        record(Ledger(store, lambda: datetime(ON.year, ON.month, ON.day, 12, tzinfo=UTC)), Consultation(), EXAMPLES)
        store.scrub()


if __name__ == "__main__":
    main()
