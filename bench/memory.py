"""Memory of a process that decides again and again: `python -m bench.memory 300 1500` prints KB after each number."""

import resource
import sys
from itertools import cycle
from pathlib import Path

from bench import patients
from bench.timing import progress
from euthymia.consultation import Consultation
from euthymia.inference.agreement import decide


def used() -> int:
    """Resident memory in KB; the greatest so far where the system does not tell the present."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pages * 4


def main(numbers: list[int]) -> None:
    consultation = Consultation()
    people = cycle([patients.small(consultation), *patients.several(consultation, 50)])  # several, for an engine remembers the last ones
    done = 0
    for number in numbers:
        for _ in range(number - done):
            decide(consultation.engines, next(people))
        done = number
        progress(f"  {done:,} decisions")
        print(used())


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
