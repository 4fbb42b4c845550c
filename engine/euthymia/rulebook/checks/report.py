"""One finding of a check."""

from dataclasses import dataclass

from euthymia.rulebook.rule import Origin


@dataclass(frozen=True, slots=True)
class Found:
    """A mistake: the rule's place, or a place in rulebook.yaml."""

    message: str
    key: str = ""
    origin: Origin | None = None
    place: tuple[str | int, ...] = ()
