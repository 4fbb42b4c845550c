"""The same sentences with long lists of missing facts cut short, for pages that are read in a few minutes."""

from euthymia.render.sentences import Sentences
from euthymia.render.words import unit_of

_SHOWN = 3


class BriefSentences(Sentences):
    """Names the first missing facts and says how many more there are."""

    def needs(self, names: tuple[str, ...]) -> str:
        grouped: dict[str, list[str]] = {}
        for name in names:
            grouped.setdefault(name.partition("@")[0], []).append(name)
        shown = [self._named(fact, members) for fact, members in list(grouped.items())[:_SHOWN]]
        more = len(grouped) - len(shown)
        if more:
            shown.append(self.words.words["others" if more > 1 else "one_other"].format(n=more))
        return self.words.listed(shown)

    def _named(self, fact: str, members: list[str]) -> str:
        declared = self.rulebook.facts[fact]
        if len(members) == 1:
            return self.words.fact_name(declared, unit_of(self.patient, members[0]))
        return self.words.words[f"in_{fact.partition('.')[0]}s"].format(label=declared.label, n=len(members))
