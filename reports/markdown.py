"""Markdown that says what it is given: text and tables escaped, wrong results struck through."""

from __future__ import annotations

import re
from typing import Sequence

from reports.tables import Table, Value

MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!])")
LONGEST_TEXT = 400
LONGEST_ENTRY = 90


def text(plain: str, longest: int = LONGEST_TEXT) -> str:
    """Plain text on one line, with nothing in it that Markdown would interpret."""
    if len(plain) > longest:
        plain = plain[: longest - 1] + "…"
    return MARKUP.sub(r"\\\1", plain)


def entry(value: Value) -> str:
    escaped = text(value.text, LONGEST_ENTRY)
    return f"~~{escaped}~~" if value.wrong else escaped


def table(shown: Table, columns: Sequence[str] = ()) -> list[str]:
    """The lines of a table, or of those of its columns."""
    places = [i for i, heading in enumerate(shown.headings) if not columns or heading in columns]
    numeric = [bool(shown.rows) and shown.rows[0][i].numeric for i in places]
    lines = [
        "| " + " | ".join(text(shown.headings[i]) for i in places) + " |",
        "| " + " | ".join("--:" if right else "---" for right in numeric) + " |",
    ]
    return lines + ["| " + " | ".join(entry(row[i]) for i in places) + " |" for row in shown.rows]
