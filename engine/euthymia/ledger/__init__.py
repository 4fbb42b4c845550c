"""The record of decisions: hash-chained, signed, replayable, and forgettable."""
