"""An assessment in words: as a JSON document, as text and as a page."""
