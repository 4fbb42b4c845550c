"""Lines and columns of text."""

from collections.abc import Sequence


def columns(rows: Sequence[Sequence[object]]) -> str:
    """The cells of all rows, each column as wide as its widest."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))] if cells else []
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells)
