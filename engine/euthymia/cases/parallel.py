"""Many cases on all processors: each process has a rulebook and engines of its own."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from euthymia.cases.run import Failure, Variant, run
from euthymia.consultation import Consultation
from euthymia.render.words import Words

_WORTH_IT = 400
_SHARE = 50
_own: dict[str, Consultation] = {}


def run_all(consultation: Consultation, words: Words, found: list[Variant]) -> Iterator[tuple[int, list[Failure]]]:
    """Number of patients run and what differed, share after share; those about one patient stand together."""
    found = sorted(found, key=lambda variant: variant.patient)
    shares = [found[start : start + _SHARE] for start in range(0, len(found), _SHARE)]
    processes = os.cpu_count() or 1
    if len(found) < _WORTH_IT or processes == 1:
        for share in shares:
            yield len(share), list(run(consultation, words, share))
        return
    folder = Path(consultation.rulebook.folder)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        results = pool.map(_elsewhere, [folder] * len(shares), [words] * len(shares), shares)
        for share, failures in zip(shares, results, strict=True):
            yield len(share), failures


def _elsewhere(folder: Path, words: Words, share: list[Variant]) -> list[Failure]:
    """One share in another process, which reads the rules once."""
    consultation = _own.get(str(folder)) or _own.setdefault(str(folder), Consultation(folder))
    return list(run(consultation, words, share))
