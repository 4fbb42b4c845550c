"""Rules as data: the condition language, the rule files, and the checks on the whole set."""
