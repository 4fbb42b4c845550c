"""Places and days that tests share."""

from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
ON = date(2026, 11, 20)
