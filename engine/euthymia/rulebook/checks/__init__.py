"""Checks on a whole rulebook. Each is a function from the rulebook to the mistakes it finds."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from euthymia.errors import Problem
from euthymia.rulebook.checks.citations import unknown_citations
from euthymia.rulebook.checks.knowing import misplaced_tests_of_knowing
from euthymia.rulebook.checks.models import unsound_models
from euthymia.rulebook.checks.options import unsound_options
from euthymia.rulebook.checks.possible import never_met
from euthymia.rulebook.checks.report import Found
from euthymia.rulebook.checks.sentences import unsound_sentences
from euthymia.rulebook.checks.whole import unknown_ids

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook

CHECKS: tuple[Callable[["Rulebook"], Iterable[Found]], ...] = (
    unknown_citations,
    misplaced_tests_of_knowing,
    never_met,
    unsound_sentences,
    unknown_ids,
    unsound_options,
    unsound_models,
)


def check(rulebook: "Rulebook") -> Iterator[Problem]:
    """Every mistake that only the whole set shows, with the file and line of what is concerned."""
    for each in CHECKS:
        for mistake in each(rulebook):
            yield mistake.problem(Path(rulebook.folder))
