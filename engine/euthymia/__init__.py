"""Euthymia: explained decision support for depression that does not respond to treatment."""

__version__ = "0.5.0"
