"""What a message suggests for a word that is not known: a slip of the pen put right, never another meaning."""

import pytest

from euthymia.errors import suggestion


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("sx", ["age_years", "sex"], " (did you mean 'sex'?)"),
        ("non_respose", ["non_response", "partial_response"], " (did you mean 'non_response'?)"),
        ("nonresponse", ["non_response"], " (did you mean 'non_response'?)"),
        ("no_response", ["non_response"], " (did you mean 'non_response'?)"),
        ("dose", ["dose_daily", "dose_unit", "drug"], " (did you mean 'dose_daily' or 'dose_unit'?)"),
        ("colour", ["sex"], ""),
    ],
)
def test_the_nearest_word_is_suggested(word: str, known: list[str], said: str) -> None:
    """Or the words that begin with the one given."""
    assert suggestion(word, known) == said


@pytest.mark.parametrize(("word", "known"), [("response", ["non_response"]), ("not_started", ["started"]), ("mcg", ["mg"]), ("g", ["mg"])])
def test_another_meaning_is_not_suggested(word: str, known: list[str]) -> None:
    """Not the opposite, and no other unit."""
    assert suggestion(word, known) == ""
