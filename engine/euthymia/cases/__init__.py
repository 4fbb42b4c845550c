"""Authors' cases: patients in a few lines, and what must follow."""
