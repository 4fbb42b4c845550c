"""What is shipped works: the wheel, the lock files and the checkout say the same."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "nakama-2014.yaml"
ASSESS = ("assess", EXAMPLE.name, "--format", "json", "--on", "2026-11-20")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program that must succeed; what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment that holds the wheel, built by way of the source archive."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", ROOT, cwd=folder)
    (wheel,) = (folder / "dist").glob("euthymia-*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    borrow_dependencies(python)
    return python.parent


def borrow_dependencies(python: Path) -> None:
    """Let a fresh environment see the libraries of this one, after its own; a .pth file found there is not followed."""
    site_packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=python.parent)
    (Path(site_packages.strip()) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder far from the checkout that holds one patient file."""
    shutil.copy(EXAMPLE, tmp_path)
    return tmp_path


def test_the_wheel_assesses_a_patient_from_another_folder(installed: Path, elsewhere: Path) -> None:
    assessment = json.loads(run(installed / "euthymia", *ASSESS, cwd=elsewhere))
    assert assessment["schema"] == "euthymia.assessment/1"


def test_the_wheel_brings_its_own_program_rules_and_templates(installed: Path, elsewhere: Path) -> None:
    ask = "import euthymia.resources as r; print(r.__file__, r.bundled('rules'), r.bundled('templates'), sep='\\n')"
    for place in run(installed / "python", "-c", ask, cwd=elsewhere).splitlines():
        assert Path(place).is_relative_to(installed.parent), place


def test_the_wheel_brings_the_tables_of_the_ledger(installed: Path, elsewhere: Path) -> None:
    """And verifies what it recorded."""
    file = shutil.copy(ROOT / "examples" / "only-an-age.yaml", elsewhere)
    ledger = ("--ledger", elsewhere / "ledger.sqlite")
    run(installed / "euthymia", "assess", file, "--audience", "patient", "--record", "--as", "clinician:c-1", *ledger, cwd=elsewhere)
    assert "2 records are as they were written" in run(installed / "euthymia", "ledger", "verify", *ledger, cwd=elsewhere)


def test_wheel_and_checkout_give_the_same_bytes(installed: Path, elsewhere: Path) -> None:
    checkout = run(sys.executable, "-m", "euthymia", *ASSESS, cwd=elsewhere)
    assert run(installed / "euthymia", *ASSESS, cwd=elsewhere) == checkout


@pytest.mark.parametrize("name", ["build", "run", "dev"])
def test_every_locked_library_is_pinned_and_hashed_and_names_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=\S)", text.strip())
    assert [pin for pin in pins if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:", pin, re.DOTALL)] == []
    assert "://" not in text
