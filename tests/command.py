"""The command as a user runs it, in a process of its own, without the second that each start takes.

A server that has read the program and the shipped rules once makes a process for each run. Starting from nothing is tried by
`test_packaging.py`, and wherever a test calls `subprocess`.
"""

import multiprocessing
import os
import sys
import tempfile
from multiprocessing import forkserver
from pathlib import Path
from typing import NamedTuple

from euthymia.cli import main
from tests.shared import ROOT

_LONGEST = 180


class Done(NamedTuple):
    """A run that has ended."""

    returncode: int | None
    stdout: str
    stderr: str


def euthymia(*arguments: str | Path, cwd: Path | None = None, told: str = "", **environment: str) -> Done:
    """Run the command from another folder. `told`: what the user types."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.preloaded"])
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "engine"), str(ROOT)])
    forkserver.ensure_running()
    with tempfile.TemporaryDirectory() as folder:
        stdin, stdout, stderr = (Path(folder, name) for name in ("stdin", "stdout", "stderr"))
        stdin.write_text(told, encoding="utf-8")
        streams = (str(stdin), str(stdout), str(stderr))
        wanted = {"COLUMNS": "200", **environment}
        run = context.Process(target=_run, args=([*map(str, arguments)], str(cwd or Path.cwd()), wanted, streams))
        run.start()
        run.join(_LONGEST)
        if run.exitcode is None:
            run.kill()
            run.join()
        return Done(run.exitcode, stdout.read_text(encoding="utf-8"), stderr.read_text(encoding="utf-8"))


def _run(arguments: list[str], cwd: str, environment: dict[str, str], streams: tuple[str, str, str]) -> None:
    """In the new process: as if it had been started from a shell."""
    for number, (path, flags) in enumerate(zip(streams, (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT), strict=True)):
        os.dup2(os.open(path, flags), number)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    os.chdir(cwd)
    os.environ.update(environment)
    sys.argv = ["euthymia", *arguments]
    main()
