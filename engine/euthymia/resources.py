"""Where the shipped rules and templates lie: inside a wheel, else at the root of a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOTS = (_PACKAGE / "_bundled", _PACKAGE.parents[1])


def bundled(name: str) -> Path:
    """The folder `rules` or `templates` that came with this installation."""
    for root in _ROOTS:
        if (path := root / name).is_dir():
            return path
    raise FileNotFoundError(f"{name!r} was not shipped: looked in {' and '.join(map(str, _ROOTS))}")
