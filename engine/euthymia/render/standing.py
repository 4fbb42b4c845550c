"""Where a patient stands, in short: statuses, and the sentences of alerts. Quick enough to follow every answer."""

from typing import Any

from euthymia.assess import Reasoning
from euthymia.explain.advice import open_advice
from euthymia.render.shown import Shown
from euthymia.render.words import Words
from euthymia.rulebook.base import SEVERITIES, alert_stands
from euthymia.rulebook.conditions import MET, UNDETERMINED

Item = dict[str, Any]


def standing(reasoning: Reasoning, words: Words) -> Item:
    """Alerts that stand, and every heading with its status; nothing for which missing facts would have to be worked out."""
    rulebook, statuses = reasoning.rulebook, reasoning.decision.statuses
    of_patient = {key.rule: status for key, status in statuses.items() if key.unit is None}
    parts, spectrum = rulebook.about.assessment, reasoning.spectrum
    labels = parts.spectrum.labels
    return {
        "on": reasoning.on.isoformat(),
        "alerts": _alerts(reasoning, words),
        "spectrum": {
            "place": None if spectrum.category is None else labels[spectrum.category],
            "possible": [labels[band] for band in spectrum.possible],
            "bands": [{"label": labels[band], "state": _band(band, spectrum.category, spectrum.possible)} for band in parts.spectrum.bands],
            "deterioration": spectrum.deterioration,
        },
        "situations": [
            {"key": name, "id": rule, "label": parts.situation_labels[name], "status": of_patient[rule]}
            for name, rule in parts.situations.items()
        ],
        "criteria": [{"letter": name, "id": rule, "status": of_patient[rule]} for name, rule in parts.criteria.items()],
        "refractoriness": {"id": parts.refractoriness, "status": of_patient[parts.refractoriness]},
        "options": sum(status == MET and rulebook.by_id[key.rule].kind == "option" for key, status in statuses.items()),
        "judged": len(statuses),
        "open": sum(status == UNDETERMINED for status in statuses.values()),
        "open_advice": len(open_advice(rulebook, statuses)),
    }


def _band(band: str, place: str | None, possible: tuple[str, ...]) -> str:
    return "place" if band == place else "possible" if band in possible else "excluded"


def _alerts(reasoning: Reasoning, words: Words) -> list[Item]:
    """The gravest first; of those that cannot be told yet only the title, for what they lack takes long to work out."""
    rulebook = reasoning.rulebook
    shown = Shown(reasoning, words)
    standing_now = [
        (key, rulebook.by_id[key.rule], status)
        for key, status in reasoning.decision.statuses.items()
        if alert_stands(rulebook.by_id[key.rule].alert, status)
    ]
    ranked = sorted(standing_now, key=lambda found: (SEVERITIES.index(found[1].alert or "notice"), found[2] != MET, str(found[0])))
    return [
        {
            "id": rule.id,
            "judgement": str(key),
            "title": rule.title,
            "severity": rule.alert,
            "status": status,
            **({"about": shown.unit_name(rule.about, key.unit)} if key.unit is not None else {}),
            "text": shown.brief.said(reasoning.judgement(key)) if status == MET else rule.title,
        }
        for key, rule, status in ranked
    ]
