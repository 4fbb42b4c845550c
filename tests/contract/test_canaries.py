"""Each trap of durable_rules still exists in the pinned version; a new build that behaves differently is noticed here.

Every canary runs in a process of its own, with a time limit, because some of them hang. That our own code stays clear of each
trap is shown in test_traps.py.

Not here are the traps in which the engine reads or frees memory that is not its own (joins that fail as the last test, joins on sid, a
state deleted before any action, retraction): what they then do depends on the machine and not on the version.
"""

import os
import subprocess
import sys
from importlib.metadata import version

import pytest

HANGS = "hangs"
PRELUDE = """
import json, durable_rules_engine as core
def rs(**rules): return core.create_ruleset('t', json.dumps(rules))
def put(h, *facts): return core.assert_facts(h, json.dumps([dict(f, sid='p') for f in facts]))
def run(h, off=1):
    out, act = [], core.start_action_for_state(h, off)
    msg = act and act[1]
    while msg:
        out.append(next(iter(json.loads(msg)))); msg = core.complete_and_start_action(h, off)
    return out
A, B = {'k': 'A'}, {'k': 'B'}
"""

CANARIES = {
    "a group before a join makes the engine ignore the join": (
        """
group = {'$and': [B, {'$or': [{'w': 1}, {'w': 2}]}, {'$gt': {'v': {'a': 'v'}}}, {'_': {'a': '_'}}]}
h = rs(r={'all': [{'a': A}, {'b': group}]})
put(h, dict(A, v=3, _=1), dict(B, v=2, w=1, _=1)); print(run(h))
""",
        "['r']",
    ),
    "a number it cannot read cuts the batch short, with success as the code": (
        "h = rs(r={'all': [{'a': {'$ex': {'v': 1}}}]}); print(put(h, {'v': 1}, {'v': 1e-05}, {'v': 7}, {'v': 8}), run(h))",
        "(0, 1) ['r']",
    ),
    "a blocker that comes late stops nothing, or stops other rules": (
        """
for a in ('a', 'e'):
    h = rs(r1={'all': [{a: A}, {'n$not': B}]}, r2={'all': [{a: A}]}); put(h, A, B); print(run(h))
""",
        "['r1', 'r2']\n[]",
    ),
    "two sids whose hashes collide share one memory": (
        """
h = rs(r={'all': [{'a': A}, {'b': B}]})
core.assert_fact(h, json.dumps(dict(A, sid='patient-332789')))
print(run(h, core.assert_fact(h, json.dumps(dict(B, sid='patient-529192')))[1]))
""",
        "['r']",
    ),
    "a Host starts threads": (
        """
import threading, time; from durable.engine import Host
host = Host(); time.sleep(.3); print(threading.active_count() > 1)
""",
        "True",
    ),
    "a fact that matches nothing has a code of its own and no exception": (
        "h = rs(r={'all': [{'a': A}]}); print(put(h, A, {'k': 'other'}))",
        "(1, 1)",
    ),
    "a fact that is there already has a code of its own and no exception": (
        "h = rs(r={'all': [{'a': A}]}); print(put(h, dict(A, id='f0'), dict(A, id='f0')))",
        "(2, 1)",
    ),
    "513 sibling tests never compile": (
        "rs(**{f'r{i}': {'all': [{'a': {'k': i}}]} for i in range(513)})",
        HANGS,
    ),
    "one fact does not fill two patterns of one rule, unless the rule says dist: 0": (
        """
for more in ({}, {'dist': 0}):
    h = rs(r={**more, 'all': [{'a': A}, {'b': {'v': 1}}]}); put(h, dict(A, v=1)); print(run(h))
""",
        "[]\n['r']",
    ),
    "equal tests with $or are not shared, and 65 of them on one fact are refused": (
        """
def load(n): return rs(**{f'r{i}': {'all': [{'a': {'$and': [A, {'$or': [{'v': 1}, {'v': i + 2}]}]}}]} for i in range(n)})
print(put(load(40), dict(A, v=1)))
try: put(load(70), dict(A, v=1))
except core.error as error: print(error)
""",
        "(0, 1)\nCould not assert facts, error code: 303",
    ),
    "a word is greater than a number": (
        "h = rs(r={'all': [{'a': {'$gt': {'v': 18}}}]}); put(h, {'v': 'abc'}); print(run(h))",
        "['r']",
    ),
    "true is one": (
        "h = rs(r={'all': [{'a': {'v': 1}}]}); put(h, {'v': True}); print(run(h))",
        "['r']",
    ),
    "nothing is not unequal to one": (
        "h = rs(r={'all': [{'a': {'$neq': {'v': 1}}}]}); print(put(h, {'v': None}), run(h))",
        "(1, 1) []",
    ),
    "the second key of a test is ignored": (
        "h = rs(r={'all': [{'a': {'k': 'A', 'v': 1}}]}); print(put(h, dict(A, v=2)), run(h))",
        "(0, 1) ['r']",
    ),
    "one rule set bears 1,024 sids": (
        """
h = rs(r={'all': [{'a': A}]})
for i in range(1100):
    try: core.assert_fact(h, json.dumps(dict(A, sid=f's{i}')))
    except MemoryError: print(i); break
""",
        "1024",
    ),
}


def outcome(code: str, limit: int) -> str:
    """What a child process printed, or that it did not come to an end within `limit` seconds."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", PRELUDE + code]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return HANGS
    return done.stdout.strip() if done.returncode == 0 else done.stderr


def test_the_version_is_the_one_that_was_measured() -> None:
    """The traps and limits were measured for this version of durable_rules and no other."""
    assert version("durable_rules") == "2.0.28"


@pytest.mark.parametrize("trap", CANARIES)
def test_the_trap_still_exists(trap: str) -> None:
    """The engine, used carelessly, still behaves as it did when our rules of use were made."""
    code, expected = CANARIES[trap]
    assert outcome(code, 3 if expected == HANGS else 60) == expected
