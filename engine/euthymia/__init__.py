"""Euthymia: explained decision support for depression that does not respond to treatment."""

__version__ = "0.4.0"
