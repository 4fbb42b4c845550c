"""Where things stand in the two drawings: the spectrum of responses and the timeline of trials. Positions only; templates draw."""

from datetime import date, timedelta
from textwrap import shorten, wrap
from typing import Any

WIDTH = 760
_LEFT, _RIGHT, _ROW, _TOP = 210, 20, 34, 34
_FADE = 42.0
_BAND, _GAP = 104, 4


def spectrum(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The bands from left to right: `place`, `possible` or `excluded`, with their places in the drawing."""
    shown = document["spectrum"]
    drawn = []
    for number, (key, label) in enumerate(document["map"]["spectrum"]["labels"].items()):
        state = "place" if key == shown["category"] else "possible" if key in shown["possible"] else "excluded"
        x = number * (_BAND + _GAP)
        words = wrap(label, 15)
        lines = [{"text": text, "y": 64 - 8 * (len(words) - 1) + 16 * place} for place, text in enumerate(words)]
        drawn.append({"key": key, "label": label, "state": state, "x": x, "width": _BAND, "middle": x + _BAND / 2, "lines": lines})
    return drawn


def timeline(trials: list[dict[str, Any]], sequences: list[dict[str, Any]], on: str) -> dict[str, Any] | None:
    """Bars of the dated trials and of the windows of coming steps; nothing where nothing is dated."""
    today = date.fromisoformat(on)
    rows = [row for row in (_dated(trial, today) for trial in trials) if row is not None]
    steps = [step for sequence in sequences if sequence["chosen"] == "met" for step in sequence["steps"] if _is_dated(step)]
    windows = [(step, date.fromisoformat(step["first"]), date.fromisoformat(step["last"])) for step in steps]
    days = [day for row in rows for day in row["days"]] + [day for _, *both in windows for day in both]
    if not days:
        return None
    first = min(*days, today)
    axis = _Axis(first, max(*days, today, first + timedelta(days=90)))
    bars = [_bar(row, axis, number) for number, row in enumerate(rows)]
    coming = [_window(step, axis.at(start), axis.at(end), len(bars) + number) for number, (step, start, end) in enumerate(windows)]
    bottom = _TOP + _ROW * (len(bars) + len(coming))
    return {
        "width": WIDTH,
        "height": bottom + 30,
        "left": _LEFT,
        "bottom": bottom,
        "today": axis.at(today),
        "ticks": axis.ticks(),
        "bars": bars,
        "coming": coming,
    }


def _is_dated(step: dict[str, Any]) -> bool:
    return step["first"] is not None and step["state"] not in ("done", "under_way")


def _window(step: dict[str, Any], start: float, end: float, row: int) -> dict[str, Any]:
    label = shorten(f"{step['place']}. {step['label']}", 30, placeholder="…")
    return {"step": step, "label": label, "x": start, "width": round(max(end - start, 3), 1), "y": _TOP + _ROW * row}


class _Axis:
    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.last = last

    def at(self, day: date) -> float:
        span = (self.last - self.first).days
        inside = min(max((day - self.first).days, 0), span)
        return round(_LEFT + inside / span * (WIDTH - _LEFT - _RIGHT), 1)

    def ticks(self) -> list[dict[str, Any]]:
        """At most eight: every year, or every third month where the time is short."""
        years = self.last.year - self.first.year
        months = 3 if years < 2 else 12 * (years // 8 + 1)
        found: list[dict[str, Any]] = []
        day = date(self.first.year, 1, 1)
        while day <= self.last:
            if day >= self.first:
                found.append({"x": self.at(day), "label": str(day.year) if months >= 12 else f"{day:%Y-%m}"})
            ahead = day.month - 1 + months
            day = date(day.year + ahead // 12, ahead % 12 + 1, 1)
        return [tick for tick in found if tick["x"] < WIDTH - _RIGHT - 60]


def _dated(trial: dict[str, Any], today: date) -> dict[str, Any] | None:
    """The certain and the possible days of one trial."""
    start = _days(trial, "started", today)
    ongoing = trial.get("stop_reason") == "ongoing" and "ended" not in trial
    end = (today, today) if ongoing else _days(trial, "ended", today)
    if start is None and end is None:
        return None
    days = [*(start or ()), *(end or ())]
    return {"trial": trial, "start": start, "end": end, "ongoing": ongoing, "days": days}


def _days(trial: dict[str, Any], side: str, today: date) -> tuple[date, date] | None:
    if f"{side}_first" not in trial:
        return None
    first, last = (date.fromisoformat(trial[f"{side}_{end}"]) for end in ("first", "last"))
    return min(first, today), min(last, today)


def _bar(row: dict[str, Any], axis: _Axis, number: int) -> dict[str, Any]:
    """Whole and certain extent of a bar; a side without a date fades out."""
    trial, start, end = row["trial"], row["start"], row["end"]
    x1, inner1 = (axis.at(start[0]), axis.at(start[1])) if start else (axis.at(end[0]) - _FADE, axis.at(end[0]))
    inner2, x2 = (axis.at(end[0]), axis.at(end[1])) if end else (axis.at(start[1]), axis.at(start[1]) + _FADE)
    return {
        "id": trial["id"],
        "trial": trial,
        "label": shorten(trial["label"], 30, placeholder="…") if " " in trial["label"][:30] else trial["label"][:29] + "…",
        "y": _TOP + _ROW * number,
        "x": round(x1, 1),
        "width": round(max(x2 - x1, 3), 1),
        "sure_x": inner1,
        "sure_width": round(max(inner2 - inner1, 0), 1),
        "open_start": start is None,
        "open_end": end is None,
        "ongoing": row["ongoing"],
        "end_x": round(x2, 1),
    }
