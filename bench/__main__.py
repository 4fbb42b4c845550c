"""`python -m bench`: what euthymia's choices cost, as ratios within one run. Progress on stderr, one table on stdout.

--long      when memory is measured, 10,000 decisions instead of 1,500, and a ledger of 1,000,000 records instead of 20,000
"""

import platform
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from bench import measures
from bench.explanations import explanations
from bench.ledger import ledger
from bench.measures import Sizes
from bench.timing import Row, progress
from bench.web import web
from euthymia.cli.ledger.lines import columns
from euthymia.consultation import Consultation

LONG = replace(Sizes(), evaluations=(1_000, 10_000), chain=1_000_000)


def measurements(consultation: Consultation, sizes: Sizes) -> dict[str, Callable[[], Iterator[Row]]]:
    """Every measurement by what it is about."""
    return {
        "hand-written code": lambda: measures.evaluator_against_hand(consultation, sizes),
        "bare engine": lambda: measures.decision_against_bare_engine(consultation, sizes),
        "explanations": lambda: explanations(consultation),
        "more trials": lambda: measures.growth_with_trials(consultation, sizes),
        "more rules": lambda: measures.growth_with_rules(consultation, sizes),
        "set-up": lambda: measures.set_up(sizes),
        "memory": lambda: measures.memory(sizes),
        "threads": lambda: measures.threads(consultation, sizes),
        "commands": lambda: measures.start_up(sizes),
        "ledger": lambda: ledger(consultation, sizes),
        "web": lambda: web(sizes),
    }


def table(rows: list[Row]) -> str:
    """The rows in columns."""
    return columns([("what", "one", "other", "ratio"), *((row.what, row.one, row.other, row.ratio) for row in rows)])


def main(arguments: list[str]) -> int:
    if set(arguments) - {"--long"}:
        print(__doc__, file=sys.stderr)
        return 2
    sizes = LONG if arguments else Sizes()
    progress("compiling the shipped rulebook")
    consultation = Consultation()
    rows: list[Row] = []
    for name, measure in measurements(consultation, sizes).items():
        progress(f"measuring: {name}")
        rows.extend(measure())
    print(table(rows))
    print(f"\nMedians within one run, Python {platform.python_version()}; compare the ratios, not the times.")
    if not arguments:
        short, long = (f"{size.evaluations[1]:,} decisions and {size.chain:,} records" for size in (sizes, LONG))
        print(f"Memory after {short} only; `--long` makes it {long}.")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what was made for a while goes, as after an interrupt
    sys.exit(main(sys.argv[1:]))
