"""durable_rules as the engine that fires. The only module that knows it; everything it may do wrong ends here as EngineFault.

The C core is called directly: no Host, no timer threads, no events, one constant session id, positional fact ids, one batch closed by a
sentinel. docs/decisions/0001 says why each of these.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import durable_rules_engine as core

from euthymia.errors import EngineFault
from euthymia.inference.clauses import SID, Code, engine_fact
from euthymia.inference.lint import FIELDS, MOST_FACTS, MOST_PATTERNS, collision_free, lint
from euthymia.inference.plan import Layer

_MOST_FIRINGS = 20_000
_LONGEST, _LARGEST = 100, 2**53
_NUMBERS = frozenset({"b", "lo", "hi"})
_END = {"all": [{"a0": {"$and": [{"t": "~"}, {"c": "~end"}]}}]}
_KEEP = {"all": [{"a0": {"$ex": {"t": 1}}}, {"a1": {"t": "~never"}}], "pri": 60000}
_ID = re.compile(r'"id":"([^"]*)"')  # a message is {"rule":{"a0":{…,"id":"f0",…},…}}; parsing the whole of each costs more than firing it
_JSON = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_SENTINEL = {"t": "~", "b": 0, "c": "~end", "sid": SID, "v": "end", "id": "~end"}


@cache
def _names_are_safe() -> None:
    ids = [f"f{number}" for number in range(MOST_FACTS)]
    collision_free([*ids, "~end", f"sid-{SID}"])
    collision_free(FIELDS)
    collision_free([f"a{number}" for number in range(MOST_PATTERNS + 1)])


class RuleSet:
    """One layer inside the engine. Belongs to one thread at a time."""

    def __init__(self, layer: Layer) -> None:
        _names_are_safe()
        lint(layer.definition)
        self.layer = layer
        self._derived: dict[str, tuple[Code, str]] = {}
        definition = {**layer.definition, "~end": _END, "~keep": _KEEP}
        try:
            self._handle = core.create_ruleset("euthymia", json.dumps(definition))
        except Exception as error:
            raise EngineFault(f"durable_rules refused the compiled rules: {error}") from error
        self._fired = False
        self.run([])  # one firing initialises the engine's state slot

    def run(self, facts: list[dict[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
        """Assert facts, fire until nothing more fires; compiled rule and ids of the facts that matched, for each firing."""
        fired: dict[tuple[str, tuple[str, ...]], None] = {}
        known: set[tuple[Code, str]] = set()
        batch = [*facts, _SENTINEL]
        count = len(facts)
        try:
            while batch:
                new = self._fire(self._assert(batch))
                batch = []
                for rule, ids in new:
                    fired[rule, ids] = None
                    conclusion = self.layer.concludes.get(rule)
                    if conclusion and conclusion[0] in self.layer.read and conclusion not in known:
                        known.add(conclusion)
                        batch.append(engine_fact(conclusion[0], count, v=conclusion[1]))
                        self._derived[f"f{count}"] = conclusion
                        count += 1
                if len(fired) > _MOST_FIRINGS or count > MOST_FACTS:
                    raise EngineFault("durable_rules fired without end")
        except EngineFault:
            raise
        except Exception as error:
            raise EngineFault(f"durable_rules failed: {error}") from error
        finally:
            kept = self._forget()
        if kept:
            raise EngineFault(f"durable_rules did not forget the facts: {kept}")
        if ("~end", ("~end",)) not in fired:
            raise EngineFault("durable_rules lost a part of the facts")
        return [firing for firing in fired if firing[0] != "~end"]

    @property
    def derived(self) -> Mapping[str, tuple[Code, str]]:
        """Facts that the last run derived, by id."""
        return self._derived

    def _assert(self, batch: list[dict[str, Any]]) -> int:
        self._derived = self._derived if batch[-1] is not _SENTINEL else {}
        _only_plain(batch)
        text = _JSON.encode(batch)
        code, offset = core.assert_facts(self._handle, text)
        if code:
            raise EngineFault(f"durable_rules refused a fact, code {code}")
        return int(offset)

    def _fire(self, offset: int) -> list[tuple[str, tuple[str, ...]]]:
        found = []
        action = core.start_action_for_state(self._handle, offset)
        message = action and action[1]
        while message:
            self._fired = True
            found.append((message[2 : message.index('"', 2)], tuple(sorted(_ID.findall(message)))))
            message = core.complete_and_start_action(self._handle, offset)
        return found

    def _forget(self) -> str | None:
        """Delete all facts; why that failed, which is no fault only when nothing was stored. Before the first firing it would crash."""
        if not self._fired:
            return None
        try:
            core.delete_state(self._handle, SID)
        except Exception as error:
            return str(error)
        return None

    def close(self) -> None:
        """Free the engine's memory."""
        core.delete_ruleset(self._handle)


def _only_plain(batch: list[dict[str, Any]]) -> None:
    """Whole numbers and short ASCII words only: the engine misreads the rest, silently."""
    for fact in batch:
        for name, value in fact.items():
            if type(value) is str:
                if len(value) >= _LONGEST or not value.isascii():
                    raise EngineFault(f"a fact's {name} is neither a whole number nor a short word")
                whole = False
            elif type(value) is int and -_LARGEST < value < _LARGEST:
                whole = True
            else:
                raise EngineFault(f"a fact's {name} is neither a whole number nor a short word")
            if (name in _NUMBERS) != whole:
                raise EngineFault(f"a fact's {name} has the wrong type")
