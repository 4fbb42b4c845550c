"""Two assessments side by side: what changed, and whether the patient, the rules or the clock is the cause."""
