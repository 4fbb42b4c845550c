"""Reasons without helpers: where a reason is a helper, the reasons behind it are shown instead. Auditors see the helpers themselves."""

from typing import Any

Item = dict[str, Any]


class Unfolding:
    """The helpers of one document."""

    def __init__(self, document: Item) -> None:
        self.behind = {key_of(item): item["because"] for item in document["helpers"] if item["kind"] == "helper"}

    def item(self, item: Item) -> Item:
        """The same judgement, alert or piece of advice with its reasons unfolded."""
        lists: Item = {
            key: self._each(item[key]) for key in ("because", "for", "against", "defers", "cautions", "population") if key in item
        }
        return {**item, **lists}

    def _each(self, items: list[Item]) -> list[Item]:
        """Reasons unfolded; arguments with their reasons unfolded."""
        reasons = [item for item in items if "name" in item]
        arguments = [{**item, "because": self.reasons(item["because"])} for item in items if "name" not in item]
        return [*self.reasons(reasons), *arguments]

    def reasons(self, reasons: list[Item]) -> list[Item]:
        found: dict[str, Item] = {}
        waiting = list(reasons)
        while waiting:
            reason = waiting.pop(0)
            behind = self.behind.get(reason["name"])
            if behind:
                waiting = [*behind, *waiting]
            else:
                found.setdefault(reason["name"] + reason["shown"], reason)
        return list(found.values())


def key_of(item: Item) -> str:
    """`GF-E-A9@t1`, the judgement that an item of a document tells of."""
    unit = item.get("trial", item.get("problem"))
    return f"{item['id']}@{unit}" if unit else str(item["id"])
