"""The guideline author's part: the rulebook browsed, changed in a copy, and the effects of the change."""
