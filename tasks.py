#!/usr/bin/env python3
"""Sets euthymia up and runs it; needs nothing but Python and a C compiler.

    python3 tasks.py try [FILE]     set up, then assess an example patient (or FILE)
    python3 tasks.py serve [OPTION] set up, then serve the web application
    python3 tasks.py check          set up for development, then run every check
    python3 tasks.py bench          set up, then measure speed
    python3 tasks.py docs           set up, then make the generated files anew (schemas, table of statements)

Everything is installed into .venv beside this file, from the lock files in requirements/; delete .venv to start afresh.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = str(BIN / "python")
LOCKS = ROOT / "requirements"
EXAMPLE = "examples/nakama-2014.yaml"
OLDEST, TOO_NEW = (3, 11), (3, 14)

# durable_rules has no wheels and is compiled here; everything else must be a finished wheel.
WHEELS_ONLY = ("--only-binary=:all:",)
ONE_COMPILED = (*WHEELS_ONLY, "--no-binary=durable_rules", "--no-build-isolation", "--use-pep517")

CHECKS = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy", "--strict")),
    ("lint-imports", ("lint-imports", "--no-logo")),
    ("pytest", ("pytest", "--numprocesses=auto", "--dist=worksteal")),
    ("rules check", ("euthymia", "rules", "check")),
    ("rules test", ("euthymia", "rules", "test")),
)

SCHEMAS = (
    "patient", "rules", "facts", "parameters", "sources", "evidence", "readings", "entries", "contradictions", "tensions",
    "drugs", "rulebook", "cases",
)  # fmt: skip


class CannotSetUp(Exception):
    """Something is missing on this machine; the message says what to do."""


# ---------------------------------------------------------------- what the machine must offer


def require_platform() -> None:
    if os.name != "posix":
        raise CannotSetUp("euthymia runs on Linux and macOS. On Windows, use WSL.")
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        found = platform.python_version()
        raise CannotSetUp(f"euthymia needs Python 3.11, 3.12 or 3.13; this is {found}. Try: python3.12 tasks.py …")


def require_venv() -> None:
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        raise CannotSetUp("Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv")


def require_compiler() -> None:
    """durable_rules is a C extension, published as source only."""
    configured = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if not any(shutil.which(name) for name in (configured, "cc", "gcc", "clang")):
        raise CannotSetUp("A C compiler is missing (durable_rules is compiled here). On Debian or Ubuntu: apt install gcc")
    header = Path(sysconfig.get_paths()["include"], "Python.h")
    if not header.is_file():
        raise CannotSetUp(f"Python's C headers are missing ({header}). On Debian or Ubuntu: apt install python3-dev")


def require_browser() -> None:
    """The application is tested in a real browser."""
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        raise CannotSetUp("Chromium is missing (the pages are tested in it). On Debian or Ubuntu: apt install chromium")


# ---------------------------------------------------------------- set-up


def set_up(profile: str) -> None:
    """Make .venv ready for `run` or `dev`; at once when it already is."""
    require_platform()
    if has_stamp(profile, fingerprint(profile)):
        return
    make_venv()
    for old in ("run", "dev"):
        stamp(old).unlink(missing_ok=True)
    ready = has_durable_rules()
    if not ready:
        require_compiler()
    install("build tools", *WHEELS_ONLY, *locked("build"))
    libraries = "libraries" if ready else "libraries, compiling durable_rules"
    install(libraries, *ONE_COMPILED, *locked("run"), compiles=True)
    if profile == "dev":
        install("development tools", *ONE_COMPILED, *locked("dev"), compiles=True)
    if not has_durable_rules():
        raise CannotSetUp("durable_rules was compiled but cannot be imported. Delete .venv and try again.")
    install("euthymia", "--no-deps", "--no-build-isolation", f"--editable={ROOT}")
    for done in {"run", profile}:
        stamp(done).write_text(fingerprint(done))


def make_venv() -> None:
    """Create .venv, or keep the one that this Python finished before."""
    made_by = f"{sys.base_prefix} {sys.version} {VENV}"
    if has_stamp("python", made_by) and os.access(PYTHON, os.X_OK):
        return
    require_venv()
    step(f"Python {platform.python_version()} environment in .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    stamp("python").write_text(made_by)


def install(label: str, *arguments: str, compiles: bool = False) -> None:
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    environment = dict(os.environ)
    if compiles and sys.version_info >= (3, 13):
        # 3.13 dropped this function; a wheel cached by somebody else may lack the flag.
        environment["CPPFLAGS"] = f"{environment.get('CPPFLAGS', '')} -DPyEval_CallObject=PyObject_CallObject".strip()
        pip.append("--no-cache-dir")
    step(label, [*pip, *arguments], environment)


def locked(name: str) -> tuple[str, str, str]:
    return "--require-hashes", "--requirement", str(LOCKS / f"{name}.txt")


def has_durable_rules() -> bool:
    return capture([PYTHON, "-c", "import durable_rules_engine; print('yes')"]) == "yes"


def stamp(name: str) -> Path:
    return VENV / f"set-up-{name}"


def has_stamp(name: str, text: str) -> bool:
    return stamp(name).is_file() and stamp(name).read_text() == text


def fingerprint(profile: str) -> str:
    """What the environment was made from: lock files, project file, place and Python."""
    names = {"run": ("build", "run"), "dev": ("build", "run", "dev")}[profile]
    files = [ROOT / "pyproject.toml", *(LOCKS / f"{name}.txt" for name in names)]
    digest = hashlib.sha256(f"{ROOT} {sys.version}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


# ---------------------------------------------------------------- running programs


def step(label: str, command: Sequence[str], environment: dict[str, str] | None = None) -> None:
    """One step of the set-up: one line, and the program's own words only if it fails."""
    print(f"  {label} … ", end="", flush=True)
    started = time.monotonic()
    result = run(command, environment)
    print("failed" if result.returncode else f"{time.monotonic() - started:.1f} s", flush=True)
    if result.returncode:
        raise CannotSetUp(f"{result.stdout.strip()}\n\nSet-up stopped at: {label}")


def check(name: str, command: tuple[str, ...]) -> bool:
    """One check: its last line if it passes, all it said if it fails."""
    print(f"{name:<14}", end="", flush=True)
    started = time.monotonic()
    result = run([str(BIN / command[0]), *command[1:]])
    seconds = time.monotonic() - started
    lines = result.stdout.strip().splitlines() or [""]
    if result.returncode == 0:
        print(f"ok     {seconds:6.1f} s  {lines[-1]}", flush=True)
        return True
    print(f"FAILED {seconds:6.1f} s", *(f"    {line}" for line in lines), sep="\n", flush=True)
    return False


def run(command: Sequence[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip


def capture(command: Sequence[str]) -> str:
    """What a program prints, or nothing if it cannot run."""
    try:
        result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""


# ---------------------------------------------------------------- the tasks


def task_try(arguments: list[str]) -> int:
    set_up("run")
    return subprocess.call([str(BIN / "euthymia"), "assess", *(arguments or [str(ROOT / EXAMPLE)])])


def task_serve(arguments: list[str]) -> int:
    set_up("run")
    return subprocess.call([str(BIN / "euthymia"), "serve", *arguments])


def task_check(arguments: list[str]) -> int:
    require_browser()
    set_up("dev")
    started = time.monotonic()
    failed = [name for name, command in CHECKS if not check(name, command)]
    print(f"{len(CHECKS) - len(failed)} of {len(CHECKS)} checks passed in {time.monotonic() - started:.0f} s")
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def task_bench(arguments: list[str]) -> int:
    set_up("run")
    return subprocess.call([PYTHON, "-m", "bench", *arguments], cwd=ROOT)


def task_docs(arguments: list[str]) -> int:
    """Files that are made from others and committed; a test fails when one is stale."""
    set_up("dev")
    euthymia = str(BIN / "euthymia")
    for name in SCHEMAS:
        made = ROOT / "rules" / "schemas" / f"{name}.schema.json"
        write_made(made, [euthymia, "schema", name])
    write_made(ROOT / "docs" / "coverage.md", [euthymia, "rules", "coverage"])
    return 0


def write_made(path: Path, command: Sequence[str]) -> None:
    """The file anew, or nothing changed and the command's own words."""
    result = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if result.returncode:
        raise CannotSetUp(f"{result.stderr.strip()}\n\nNot written: {path.relative_to(ROOT)}")
    path.write_text(result.stdout, encoding="utf-8")


TASKS = {"try": task_try, "serve": task_serve, "check": task_check, "bench": task_bench, "docs": task_docs}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in TASKS:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        return TASKS[arguments[0]](arguments[1:])
    except CannotSetUp as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
