"""Reads results.json into a `Run`: every value is checked once, here, and nowhere later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reports.checked import InputError, Node, printable
from reports.entries import read_backend, read_cell, read_comparison, read_failure, read_latencies
from reports.model import Run

SCHEMA = 1
VERDICTS = ("ok", "promise broken", "incomplete")


def find_results(path: Path) -> Path:
    """The results.json meant by a run folder or a file; complains in one line if there is none."""
    if not path.exists():
        raise InputError(
            f"{path}: no such file or folder; allowed: a run folder or its results.json"
        )
    file = path / "results.json" if path.is_dir() else path
    if not file.is_file():
        raise InputError(
            f"{path}: holds no results.json; allowed: a folder that `sharebench run` wrote"
        )
    return file


def read_run(path: Path) -> Run:
    """Loads a run folder or a results.json; raises `InputError` with a text for the user."""
    file = find_results(path)
    document = Node(str(file), "", parse(file))
    if not document.has("sharebench"):
        raise document.fail("sharebench", "the block written by `sharebench run`")
    block = document.node("sharebench")
    schema = block.value.get("schema")
    if isinstance(schema, bool) or schema != SCHEMA:
        raise block.fail("schema", f"the number {SCHEMA}")
    check_rows(document)
    return read_block(file, document, block)


def parse(file: Path) -> Any:
    def refuse(constant: str) -> Any:
        raise InputError(f"{file}: holds the value {constant}; allowed: finite numbers only")

    try:
        return json.loads(file.read_text(encoding="utf-8"), parse_constant=refuse)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"{file}: is not readable JSON ({error}); allowed: JSON as in " "docs/results-format.md"
        ) from error
    except OSError as error:
        raise InputError(
            f"{file}: cannot be read ({error.strerror}); allowed: a readable file"
        ) from error


def check_rows(document: Node) -> None:
    """There may be none: every trial failed, or only latency was measured."""
    for row in document.nodes("benchmarks"):
        row.text("name")
        if row.number("real_time", above=0) is None:
            raise row.fail("real_time", "a finite number above 0")


def read_block(file: Path, document: Node, block: Node) -> Run:
    verdict = block.text("verdict", "ok")
    if verdict not in VERDICTS:
        raise block.fail("verdict", " | ".join(VERDICTS))
    plan = block.plain("plan")
    trust = block.optional_node("trust")
    not_measured, left_out = (
        [printable(str(item)) for item in (block.node("plan").items(key) if plan else [])]
        for key in ("not_measured", "left_out")
    )
    backends = {b.name: b for b in map(read_backend, block.nodes("backends"))}
    cells = [read_cell(node, backends) for node in block.nodes("cells")]
    return Run(
        path=file,
        context=document.plain("context"),
        verdict=verdict,
        trust=trust.text("verdict", "") if trust else "",
        trust_reasons=[printable(str(item)) for item in (trust.items("reasons") if trust else [])],
        partial=block.flag("partial", False),
        git=block.plain("git"),
        build=block.plain("build"),
        machine=block.plain("machine"),
        fingerprint=block.text("fingerprint", ""),
        plan=plan,
        not_measured=not_measured,
        left_out=left_out,
        cells=cells,
        failures=[read_failure(node) for node in block.nodes("failures")],
        latencies=read_latencies(block, backends),
        comparisons=[read_comparison(node, cells, backends) for node in block.nodes("comparison")],
        backends=list(backends.values()),
        remarks=[printable(str(item)) for item in block.items("remarks")],
    )
