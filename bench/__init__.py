"""Measurements of euthymia: `python -m bench` from a checkout."""
