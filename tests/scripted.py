"""A clinician who answers an interview from a patient file that holds the answers."""

from euthymia.dialogue.interview import Interview
from euthymia.dialogue.replies import letters_of
from euthymia.facts.catalogue import Declaration
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient

_SIGNS = {"unknown": "?", "not_asked": "?", "not_applicable": "-"}


class Clinician:
    """Knows what is in `patient`, as entered; what is not there was asked and is not known. Trials are told in their order, by id."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self.told = 0

    def answers(self, interview: Interview) -> str:
        """The reply to what is asked now."""
        screen = interview.screen
        assert screen is not None
        catalogue = interview.consultation.rulebook.facts
        if screen.kind == "treatment":
            return self._treatment()
        declared = [catalogue[fact.partition("@")[0]] for fact in screen.facts]
        if screen.kind == "several":
            return self._several(screen.facts, declared)
        return self._one(screen.facts[0], declared[0])

    def _one(self, name: str, fact: Declaration) -> str:
        item = self.patient.observation(name)
        if not item.known or item.as_json() is None or isinstance(item.as_json(), dict):
            return _SIGNS.get(item.state, "?")
        value = item.as_json()
        if fact.is_list:
            return ", ".join(map(str, value)) or "none"
        if fact.full_name == "trial.dose_daily":
            return f"{value} {self.patient.observation(name.replace('dose_daily', 'dose_unit')).value}"
        return str(value)

    def _several(self, names: tuple[str, ...], declared: list[Declaration]) -> str:
        """With the commonest answer given for all others, as far as it is one that each of them can have."""
        if declared[0].type == "list of text":
            replies = [self._one(name, fact) for name, fact in zip(names, declared, strict=True)]
            return "; ".join(f"{number} {reply}" for number, reply in enumerate(replies, start=1))
        signs = [self._sign(self.patient.observation(name), fact) for name, fact in zip(names, declared, strict=True)]
        most = max(dict.fromkeys(signs), key=signs.count)
        if len({fact.choices for fact in declared}) > 1:
            return " ".join(f"{number}{sign}" for number, sign in enumerate(signs, start=1))
        others = [f"{number}{sign}" for number, sign in enumerate(signs, start=1) if sign != most]
        return " ".join([*others, most])

    @staticmethod
    def _sign(item: Observation, fact: Declaration) -> str:
        return {value: letter for letter, value in letters_of(fact)}[item.value] if item.known else _SIGNS[item.state]

    def _treatment(self) -> str:
        trials = self.patient.units.get("trial", ())
        if self.told == len(trials):
            return ""
        trial = trials[self.told]
        self.told += 1
        known = {name.partition(".")[2]: item.as_json() for name, item in trial.facts.items() if item.known and not item.origin}
        words = ["earlier"] if known.get("episode") == "previous" else []
        letter = {"medication": "m", "psychotherapy": "p", "combined": "c", "neuromodulation": "n", "other": "o"}[known["modality"]]
        names = [str(known[name]).replace("_", " ") for name in ("drug", "psychotherapy_type", "neuromodulation_type") if name in known]
        words += [letter, " + ".join(names)]
        words += [f"{known['dose_daily']} mg"] if known.get("dose_unit") == "mg" else []
        weeks = known.get("weeks_at_adequate_dose", known.get("psychotherapy_weeks"))
        words += [f"{weeks} weeks"] if weeks is not None else []
        words += [f"{known['sessions_attended']} sessions"] if "sessions_attended" in known else []
        if "started" in known and ("ended" in known or known.get("stop_reason") == "ongoing"):
            words += [f"{known['started']} to {known.get('ended', 'now')}"]
        return " ".join(words)


def held(interview: Interview, clinician: Clinician, most: int = 400) -> list[tuple[str, str]]:
    """Every reply of a whole interview, with the kind of screen that it answers."""
    said: list[tuple[str, str]] = []
    while interview.screen is not None and len(said) < most:
        kind, facts = interview.screen.kind, interview.screen.facts
        typed = clinician.answers(interview)
        taken = interview.reply(typed)
        assert taken.what in ("answered", "skipped"), (facts, typed, taken)
        said.append((f"{kind} {' '.join(facts)}", typed))
    return said
