"""Files of the rules in force, by their paths in the rules folder; and that folder copied, with an author's copies laid over it."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from euthymia.errors import InputError, Problem
from euthymia.rulebook.checks.report import LIMITS

Texts = Mapping[str, str]  # path in the rules folder to text
_PATH = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,59}/){0,3}[a-z0-9][a-z0-9-]{0,59}\.yaml")
_NO_TOPIC = "schemas"


class NoSuchFile(InputError):
    """No rule file may be read or written under that path."""

    def __init__(self) -> None:
        message = "no such rule file; allowed: a file of the rules folder, or topic/new-name.yaml for a topic that exists"
        super().__init__([Problem("path", 0, "", message)])

    def __reduce__(self) -> tuple[type["NoSuchFile"], tuple[()]]:
        """It comes back from a process of its own."""
        return NoSuchFile, ()


def known(folder: Path, path: str, *, new: bool = False) -> Path:
    """The file in the rules folder. `new`: it may be one that is not there yet, in a topic that is. Raises NoSuchFile."""
    if _PATH.fullmatch(path) is None:
        raise NoSuchFile
    place = folder
    for part in path.split("/"):
        place = place / part
        if place.is_symlink():
            raise NoSuchFile
    if place.is_file() or (new and not place.exists() and _in_a_topic(folder, place)):
        return place
    raise NoSuchFile


def _in_a_topic(folder: Path, place: Path) -> bool:
    return place.parent != folder and place.parent.is_dir() and place.parent.name != _NO_TOPIC


def text_in_force(folder: Path, path: str) -> str | None:
    """The text of a rule file as it is in force; None for one that is not there. Raises NoSuchFile and InputError."""
    place = known(folder, path, new=True)
    if not place.exists():
        return None
    try:
        with place.open("rb") as stream:
            return stream.read(LIMITS.size).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError([Problem(path, 0, "", "cannot be read")]) from None


def paths(folder: Path) -> list[str]:
    """All rule files."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml"))
    return sorted(name for name in found if _PATH.fullmatch(name) and not (folder / name).is_symlink())


def topics(folder: Path) -> list[str]:
    """Folders that a new file may stand in."""
    return sorted(place.name for place in folder.iterdir() if place.is_dir() and not place.is_symlink() and place.name != _NO_TOPIC)


@contextmanager
def laid_over(folder: Path, texts: Texts) -> Iterator[Path]:
    """A temporary folder with the rules in force and the author's copies in their places. It holds nothing else, and is removed."""
    with tempfile.TemporaryDirectory(prefix="euthymia-draft-") as name:
        made = Path(name) / "rules"
        for path in paths(folder):
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / path, made / path)
        for path, text in texts.items():
            known(folder, path, new=True)
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(text.encode("utf-8"))
        yield made


def as_rules(text: str, folder: Path) -> str:
    """A message without the name of the temporary folder."""
    return text.replace(f"{folder}/", "rules/").replace(str(folder), "rules")


def path_of(file: str) -> str:
    """`topic/file.yaml` of `rules/topic/file.yaml`."""
    return file.removeprefix("rules/")
