"""From a patient and a rulebook to the status of every rule, derived twice: by the evaluator and by durable_rules."""
