"""euthymia rules: what guideline authors check and run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from euthymia.cases.coverage import uncovered
from euthymia.cases.files import read_cases
from euthymia.cases.parallel import run_all
from euthymia.cases.run import Failure, Variant, variants
from euthymia.cli.common import WRONG_INPUT, RulesOption, shipped_words, show
from euthymia.consultation import Consultation
from euthymia.errors import EngineFault, InputError, Problem
from euthymia.inference.agreement import Engines
from euthymia.progress import progress
from euthymia.resources import bundled
from euthymia.rulebook.coverage import coverage_table
from euthymia.rulebook.load import load_rulebook

rules_app = typer.Typer(help="For guideline authors: check rules, run cases.", no_args_is_help=True)


@rules_app.command("check")
def check(folder: Annotated[Path | None, typer.Argument(help="A folder of rule files.", metavar="[DIR]")] = None) -> None:
    """Report every mistake in the rules, with file and line."""
    rulebook = load_rulebook(folder or bundled("rules"))
    try:
        Engines(rulebook)
    except EngineFault as fault:
        raise InputError([Problem(rulebook.folder, 0, "", f"more than the engine bears: {fault}")]) from None
    counts = f"{len(rulebook.rules)} rules, {len(rulebook.texts)} texts, {len(list(rulebook.facts))} facts"
    print(f"{rulebook.about.name} {rulebook.about.version}: {counts}; no mistakes found")


@rules_app.command("test")
def run_cases(
    folder: Annotated[Path, typer.Argument(help="A folder of case files, or one file.", metavar="[DIR]")] = Path("tests/rules"),
    rules: RulesOption = None,
) -> None:
    """Run the cases on both engines; say what differs, and which rules have no case for which status."""
    consultation = Consultation(rules)
    read = list(read_cases(folder, consultation.rulebook))
    patients = [variant for path, checked in read for variant in variants(path, checked)]
    failures = sorted(_run_all(consultation, patients), key=lambda failure: (failure.file, failure.line))
    for failure in failures:
        print(failure)
    topics = {path.parent.name for path, _ in read}
    lacking = [(rule, missing) for rule, missing in uncovered(consultation.rulebook, patients) if rule.topic in topics]
    for rule, missing in lacking:
        print(f"{rule.origin.path(consultation.rulebook.folder)}:{rule.origin.line}: {rule.id} has no case for {', '.join(missing)}")
    print(f"{len(read)} files, {len(patients)} patients, {len(failures)} failures, {len(lacking)} rules with a status that no case shows")
    if failures or lacking:
        raise SystemExit(WRONG_INPUT)


def _run_all(consultation: Consultation, found: list[Variant]) -> Iterator[Failure]:
    with progress("cases run", len(found)) as step:
        for number, failures in run_all(consultation, shipped_words(), found):
            yield from failures
            for _ in range(number):
                step()


@rules_app.command("coverage")
def coverage(folder: Annotated[Path | None, typer.Argument(help="A folder of rule files.", metavar="[DIR]")] = None) -> None:
    """Print, as Markdown, what became of every statement of the sources."""
    show(coverage_table(load_rulebook(folder or bundled("rules"))))
