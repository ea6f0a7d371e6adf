"""Turns sheets into files: each figure is drawn once, for a PNG, an SVG and the page."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from matplotlib import rc_context

from reports.sheet import Sheet, render
from reports.style import RC, Looks
from reports.svg import for_file, for_page


@dataclass(frozen=True)
class Picture:
    """A drawn sheet: where its files are, and what goes into the page."""

    sheet: Sheet
    slug: str
    inline_svg: str


def draw_sheet(sheet: Sheet, looks: Looks, folder: Path, slug: str) -> Picture:
    """Draws a sheet and writes `slug`.png and `slug`.svg into the folder."""
    with warnings.catch_warnings(), rc_context({**RC, "svg.hashsalt": slug}):
        warnings.filterwarnings("ignore", message="Glyph .* missing from current font")
        figure = render(sheet, looks)
        figure.savefig(
            folder / f"{slug}.png",
            format="png",
            dpi=figure.dpi,
            metadata={"Title": sheet.title, "Software": None},
        )
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    source = buffer.getvalue().decode("utf-8")
    (folder / f"{slug}.svg").write_text(
        for_file(source, slug, sheet.title, sheet.description), encoding="utf-8"
    )
    return Picture(sheet, slug, for_page(source, slug, sheet.title, sheet.description))


def unique(slug: str, taken: set[str]) -> str:
    """The slug, with a number where two odd names would share a file."""
    chosen, number = slug, 2
    while chosen in taken:
        chosen, number = f"{slug}-{number}", number + 1
    taken.add(chosen)
    return chosen
