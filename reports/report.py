"""Writes a report: draws every section's sheets, then the page and the summary."""

from __future__ import annotations

from pathlib import Path

from reports import charts
from reports.checked import InputError
from reports.drawing import draw_sheet, unique
from reports.model import Run
from reports.page import page
from reports.style import Looks
from reports.summary import summary


def write(run: Run, folder: Path) -> Path:
    """Writes charts/, index.html and summary.md into the folder; returns the page."""
    try:
        return write_files(run, folder)
    except OSError as error:
        raise InputError(
            f"{error.filename or folder}: cannot be written ({error.strerror}); allowed: "
            "--out with a folder that can"
        ) from error


def write_files(run: Run, folder: Path) -> Path:
    pictures_folder = folder / "charts"
    pictures_folder.mkdir(parents=True, exist_ok=True)
    sections = charts.sections(run)
    looks = Looks(run.backends)
    taken: set[str] = set()
    pictures = [
        [
            draw_sheet(sheet, looks, pictures_folder, unique(sheet.slug, taken))
            for sheet in section.sheets
        ]
        for section in sections
    ]
    target = folder / "index.html"
    target.write_text(page(run, sections, pictures), encoding="utf-8")
    (folder / "summary.md").write_text(summary(run, sections), encoding="utf-8")
    return target
