"""Text files of untrusted origin, read with the line of every value."""

from euthymia.source.text import Document, Limits, read_document, read_file
from euthymia.source.validation import Checked, read_model

__all__ = ["Checked", "Document", "Limits", "read_document", "read_file", "read_model"]
