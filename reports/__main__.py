"""`python3 -m reports results/<run>`: charts, index.html and summary.md for one run."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Optional, Sequence

from reports.checked import InputError
from reports.load import find_results, read_run

EXIT_USAGE = 2
NEEDED = {"matplotlib": "python3-matplotlib", "numpy": "python3-numpy"}


def parse_arguments(arguments: Optional[Sequence[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m reports",
        description="Draws the results of a run: charts/*.png and *.svg, index.html, summary.md.",
        epilog="Exit codes: 0 written; 2 wrong input, or matplotlib or numpy is missing.",
    )
    parser.add_argument(
        "run", type=Path, help="a folder written by `sharebench run`, or its results.json"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write (default: beside results.json)"
    )
    return parser.parse_args(arguments)


def require_libraries() -> None:
    """Complains in one line when a library is missing."""
    for module, package in NEEDED.items():
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise InputError(
                f"{sys.executable} has no {module} ({error}); install the Debian package "
                f"{package} and use /usr/bin/python3"
            ) from error


def main(arguments: Optional[Sequence[str]] = None) -> int:
    options = parse_arguments(arguments)
    try:
        run = read_run(options.run)
        require_libraries()
        report = importlib.import_module("reports.report")
        written = report.write(run, options.out or find_results(options.run).parent)
    except InputError as error:
        print(f"reports: {error}", file=sys.stderr)
        return EXIT_USAGE
    print(written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
