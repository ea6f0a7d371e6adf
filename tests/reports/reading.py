"""Reads made-up results through the real loader."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any, Iterator

from reports.load import read_run
from reports.model import Run
from tests.reports import synthetic


def run_of(document: Any) -> Run:
    with folder_with(document) as folder:
        return read_run(folder)


@contextlib.contextmanager
def folder_with(document: Any) -> Iterator[Path]:
    """A run folder that lasts for a while."""
    with tempfile.TemporaryDirectory() as name:
        yield synthetic.write(Path(name), document)
