"""Reasons without helpers: where a reason is a helper, the reasons behind it are shown instead. Auditors see the helpers themselves."""

from typing import Any

Item = dict[str, Any]


class Unfolding:
    """The helpers of one document."""

    def __init__(self, document: Item) -> None:
        self.behind = {_key(item): item["because"] for item in document["helpers"] if item["kind"] == "helper"}

    def item(self, item: Item) -> Item:
        """The same judgement, alert or piece of advice with its reasons unfolded."""
        return {**item, **{key: self.reasons(item[key]) for key in ("because", "for", "against") if key in item}}

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


def _key(item: Item) -> str:
    unit = item.get("trial", item.get("problem"))
    return f"{item['id']}@{unit}" if unit else str(item["id"])
