"""What a ledger costs. `python -m bench.ledger FILE` verifies one, and prints how many records it read, in how many seconds and KB."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from bench import postgres
from bench.measures import Sizes
from bench.patients import EXAMPLES
from bench.timing import ON, ROOT, Row, alternating, progress, seconds, told
from euthymia.assess import Assessment
from euthymia.consultation import Consultation
from euthymia.facts.patient_file import PatientFile
from euthymia.ledger.commitments import opened
from euthymia.ledger.contents import Asked, assessment_draft, stored_rulebook
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.opening import open_store
from euthymia.ledger.record import Asker, Draft
from euthymia.ledger.replay import PARTS_NEEDED, Replayed, replay
from euthymia.ledger.rulebooks import old_rulebooks
from euthymia.ledger.store import StoredRulebook
from euthymia.ledger.verify import verify
from euthymia.progress import progress as steps
from euthymia.render.document import Explain, document
from euthymia.render.words import Words, read_words
from euthymia.resources import bundled

BY = Asker("clinician", "c-1")
ASKED = Asked("headings", answers=False, audience="clinician", format="text")
NOT_THERE = "not measured: its programs come with `python3 tasks.py check`"
PATIENTS = 1_000
AT_ONCE = 1_000


@dataclass(frozen=True)
class Example:
    """An example patient, and what is recorded of him."""

    name: str
    consultation: Consultation
    words: Words

    @cached_property
    def file(self) -> PatientFile:
        return self.consultation.read(EXAMPLES / f"{self.name}.yaml", ON)

    def assessed(self) -> tuple[Assessment, dict[str, Any]]:
        """As the command `assess` does before it records."""
        self.consultation.engines.pool.forget()  # as about a patient never seen before
        assessment = self.consultation.assess(self.file, ON)
        return assessment, document(assessment, self.words, Explain[ASKED.explain.upper()], answers=ASKED.answers)

    def made(self, assessment: Assessment, answer: dict[str, Any]) -> tuple[Draft, StoredRulebook]:
        draft = assessment_draft(self.name, self.file.document.data, assessment, answer, ASKED, BY)
        return draft, stored_rulebook(assessment)

    @cached_property
    def recorded(self) -> tuple[Draft, StoredRulebook]:
        return self.made(*self.assessed())

    def small(self, patients: int) -> list[Draft]:
        """For each of so many patients one in the form of an assessment, with next to nothing in it."""
        draft, names = self.recorded[0], [f"p-{patient}" for patient in range(patients)]
        return [replace(draft, patient=name, parts={"patient": (opened(name),), "answer": (opened({}),)}) for name in names]


def ledger(consultation: Consultation, sizes: Sizes) -> Iterator[Row]:
    """What is written lies in a temporary folder on a disk, and goes at the end."""
    examples = [Example(name, consultation, read_words(bundled("templates"))) for name in sizes.recorded]
    few = max(sizes.repeats // 5, 1)
    with tempfile.TemporaryDirectory(prefix="euthymia-bench-", dir=_on_disk()) as name:
        folder = Path(name)
        for example in examples:
            yield _cost(example, folder / f"cost-{example.name}.sqlite", few)
        yield from _one_by_one(examples[0], folder / "one-by-one.sqlite", sizes.appended, few)
        for example in examples:
            yield _size(example, folder / f"size-{example.name}.sqlite", sizes.appended)
        yield _checked(examples[0], folder / f"size-{examples[0].name}.sqlite", few)
        yield from _chain(examples[0], folder / "chain.sqlite", sizes.chain)


# ---------------------------------------------------------------- writing


def _cost(example: Example, path: Path, repeats: int) -> Row:
    """Recording against the assessment that is recorded."""
    progress(f"  recording {example.name}")
    assessed = example.assessed()
    with closing(open_store(str(path), writable=True)) as store:
        chain = Ledger(store, _clock())
        assessing, recording = alternating([example.assessed, lambda: chain.append(*example.made(*assessed))], repeats)
    what, share = f"recording an assessment ({example.name})", f"{recording / assessing:.0%}"
    return Row(what, f"assessing {told(assessing)}", f"recording {told(recording)}", share)


def _one_by_one(example: Example, path: Path, several: int, repeats: int) -> Iterator[Row]:
    """Records a second, each on the disk before the next is begun, in a file and in PostgreSQL where that is there."""
    with ExitStack() as open_ones:
        places = [str(path)]
        if postgres.is_there():
            progress("  starting PostgreSQL")
            places.append(open_ones.enter_context(postgres.running(_on_disk())).new_database())
        stores = [open_ones.enter_context(closing(open_store(where, writable=True))) for where in places]
        for what, draft in ((example.name, example.recorded[0]), ("small ones", example.small(1)[0])):
            progress(f"  recording one by one: {what}")
            acts = [_appending(Ledger(store, _clock()), draft, example.recorded[1], several) for store in stores]
            file, *team = alternating(acts, repeats)
            other, ratio = (_each_second(several, team[0]), f"{file / team[0]:.2f} ×") if team else (NOT_THERE, "")
            yield Row(f"records flushed one by one ({what})", f"SQLite {_each_second(several, file)}", f"PostgreSQL {other}", ratio)


def _appending(chain: Ledger, draft: Draft, rulebook: StoredRulebook, several: int) -> Callable[[], object]:
    return lambda: [chain.append(draft, rulebook) for _ in range(several)]


def _size(example: Example, path: Path, several: int) -> Row:
    """By how much the file grows, against the canonical JSON of the same records."""
    draft, rulebook = example.recorded
    sizes = []
    for number in (1, several):
        with closing(open_store(str(path), writable=True)) as store:
            chain = Ledger(store, _clock())
            texts = sum(len(chain.append(draft, rulebook).body.encode()) for _ in range(number))
        sizes.append(path.stat().st_size)  # the last one to close it brings everything into the file
    grown = (sizes[1] - sizes[0]) / several
    stood_for = texts / several + sum(len(opening.text.encode()) for part in draft.parts.values() for opening in part)
    name = f"size of a record ({example.name})"
    return Row(name, f"canonical JSON {stood_for / 1024:.0f} KB", f"in the SQLite file {grown / 1024:.0f} KB", f"{grown / stood_for:.2f} ×")


# ---------------------------------------------------------------- checking


def _checked(example: Example, path: Path, few: int) -> Row:
    """Records of whole assessments, seen to be as they were written, and made again."""
    progress("  verifying and replaying")
    with closing(open_store(str(path), writable=False)) as store, old_rulebooks(store) as rulebooks:
        rows = list(store.rows(parts=PARTS_NEEDED, kinds=("assessment",)))[:few]
        number = store.count()
        verified = seconds(lambda: _require_whole(verify(store).fault), few)
        replayed = seconds(lambda: [_made_again(replay(row, rulebooks, example.words)) for row in rows], 1)
    one, other = f"verify {_each_second(number, verified)}", f"replay {_each_second(len(rows), replayed)}"
    return Row("recorded assessments checked", one, other, f"{replayed / len(rows) / verified * number:.0f} ×")


def _chain(example: Example, path: Path, number: int) -> Iterator[Row]:
    """Many small records, verified by a process of its own, against a tenth of them."""
    progress(f"  {number:,} small records: writing and verifying a tenth, then all")
    _lengthen(path, example, max(number // 10, 1))
    few = _verified(path)
    _lengthen(path, example, number - max(number // 10, 1))
    many = _verified(path)
    one, other = (f"{found.records:,} records {found.kilobytes / 1024:.1f} MB" for found in (few, many))
    yield Row("verify, small records: memory of the process", one, other, f"{many.kilobytes / few.kilobytes:.2f} ×")
    one, other = (f"{found.records:,} records {told(found.seconds)}" for found in (few, many))
    yield Row("the same: time", one, other, f"{many.seconds / few.seconds:.1f} ×")


def _lengthen(path: Path, example: Example, number: int) -> None:
    """Append so many small records, many in one transaction."""
    small, rulebook = example.small(PATIENTS), example.recorded[1]
    with closing(open_store(str(path), writable=True)) as store, steps("records written", number) as step:
        chain = Ledger(store, _clock())
        for first in range(0, number, AT_ONCE):
            for _ in chain.append_all([small[place % PATIENTS] for place in range(first, min(first + AT_ONCE, number))], rulebook):
                step()


@dataclass(frozen=True, slots=True)
class Verified:
    """What a process says that verified a ledger and did nothing else."""

    records: int
    seconds: float
    kilobytes: int


def _verified(path: Path) -> Verified:
    command = [sys.executable, "-m", "bench.ledger", str(path)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    records, taken, kilobytes = done.stdout.split()
    return Verified(int(records), float(taken), int(kilobytes))


def main(path: str) -> None:
    with closing(open_store(path, writable=False)) as store, steps("records verified", store.count()) as step:
        started = time.perf_counter()
        found = verify(store, step=step)
        taken = time.perf_counter() - started
    _require_whole(found.fault)
    print(found.records, taken, _peak())


def _peak() -> int:
    """KB that this program held at most. Linux begins `ru_maxrss` with what the process held that started this one, so not that."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


# ---------------------------------------------------------------- what all of them need


def _clock() -> Callable[[], datetime]:
    """A second later each time."""
    moments = count()
    return lambda: datetime(ON.year, ON.month, ON.day, tzinfo=UTC) + timedelta(seconds=next(moments))


def _each_second(number: int, taken: float) -> str:
    return f"{number / taken:.1f} a second"


def _require_whole(fault: object) -> None:
    """A measurement of something that went wrong is none."""
    if fault is not None:
        raise RuntimeError(str(fault))


def _made_again(replayed: Replayed) -> Replayed:
    if not replayed.same:
        raise RuntimeError(str(replayed))
    return replayed


def _on_disk() -> Path:
    """Where temporary files lie on a disk: on some systems those of the usual place lie in memory."""
    places = [Path(tempfile.gettempdir()), Path("/var/tmp"), ROOT]
    return next((place for place in places if not _in_memory(place)), ROOT)


def _in_memory(folder: Path) -> bool:
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return False
    above = [(len(point), kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(above)[1] in ("tmpfs", "ramfs")


if __name__ == "__main__":
    main(sys.argv[1])
