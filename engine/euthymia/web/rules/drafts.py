"""What is done in a process of its own for authors: an edited rulebook checked as a whole, and the cases read. Knows no request."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from euthymia.cases.coverage import uncovered
from euthymia.cases.files import read_cases
from euthymia.cases.run import Variant, variants
from euthymia.errors import EngineFault, InputError, Problem
from euthymia.inference.agreement import Engines
from euthymia.rulebook.load import load_rulebook
from euthymia.web.charts import work
from euthymia.web.rules.rule_files import Texts, as_rules, laid_over

Item = dict[str, Any]
_MOST_TOLD = 200


def check(rules: Path, texts: Texts) -> Item:
    """Every mistake in the rules in force with these copies laid over them."""
    with laid_over(rules, texts) as folder:
        try:
            rulebook = load_rulebook(folder)
            Engines(rulebook)
        except InputError as error:
            return {"problems": [told(problem, folder) for problem in error.problems[:_MOST_TOLD]], "more": _more(error), "rules": None}
        except EngineFault as fault:
            problem = Problem("rules", 0, "", f"more than the engine bears: {fault}")
            return {"problems": [told(problem, folder)], "more": 0, "rules": None}
        return {"problems": [], "more": 0, "rules": len(rulebook.rules)}


def told(problem: Problem, folder: Path) -> Item:
    """A mistake with the path that its author knows."""
    file = as_rules(problem.file, folder)
    return {"file": file, "line": problem.line, "key": problem.key, "message": as_rules(problem.message, folder)}


def _more(error: InputError) -> int:
    return max(len(error.problems) - _MOST_TOLD, 0)


def cases_of(cases: Path, rule: str) -> list[Item]:
    """Cases that expect something of a rule or of an argument of it, with the statuses that they expect."""
    found: dict[tuple[str, int], Item] = {}
    for variant in _read(cases, _state(cases)):
        statuses = [status for name, status in variant.expect.items() if _is_of(name.partition("@")[0], rule)]
        if statuses:
            file = f"tests/rules/{Path(variant.file).relative_to(cases).as_posix()}"
            new = {"file": file, "line": variant.line, "case": variant.case.case, "statuses": []}
            item = found.setdefault((file, variant.line), new)
            item["statuses"] = list(dict.fromkeys([*item["statuses"], *statuses]))
    return list(found.values())


def _is_of(name: str, rule: str) -> bool:
    return name == rule or name.startswith(f"{rule}/")


def coverage(cases: Path) -> list[Item]:
    """Topics with their numbers of rules and patients, and the rules that lack a case for a status they can take."""
    rulebook, found = work.own_rulebook(), _read(cases, _state(cases))
    lacking = {rule.id: missing for rule, missing in uncovered(rulebook, found)}
    patients: dict[str, int] = {}
    for variant in found:
        topic = Path(variant.file).relative_to(cases).parts[0]
        patients[topic] = patients.get(topic, 0) + 1
    return [
        {
            "topic": topic,
            "rules": sum(rule.topic == topic for rule in rulebook.rules),
            "patients": patients.get(topic, 0),
            "lacking": [
                {"id": rule.id, "title": rule.title, "file": rule.origin.file, "line": rule.origin.line, "missing": lacking[rule.id]}
                for rule in rulebook.rules
                if rule.topic == topic and rule.id in lacking
            ],
        }
        for topic in sorted({rule.topic for rule in rulebook.rules})
    ]


def _state(cases: Path) -> tuple[tuple[str, int], ...]:
    """Changes when a case file does."""
    return tuple(sorted((str(path), path.stat().st_mtime_ns) for path in cases.rglob("*.yaml")))


@lru_cache(maxsize=1)
def _read(cases: Path, _state: tuple[tuple[str, int], ...]) -> list[Variant]:
    return [variant for path, checked in read_cases(cases) for variant in variants(path, checked)]
