"""summary.md: the verdict for a terminal or a step summary, never longer than 64 KB."""

from __future__ import annotations

from typing import Sequence

from reports import distrust, facts, markdown, units, verdict
from reports.model import Comparison, Run, Standing
from reports.section import Section
from reports.tables import Column, Table, backend_name, build, number, word

LIMIT_BYTES = 63_000
MOST_ROWS = 40
MOST_SENTENCES = 8
MOST_DOUBTS = 40
SHORTENED = "\n*Shortened here to stay under 64 KB: index.html and results.json hold everything.*\n"


def summary(run: Run, sections: Sequence[Section]) -> str:
    """The whole text; rankings are left out from the end when it would get too long."""
    tables = {section.anchor: section.table for section in sections}
    head = "\n".join(
        ["# sharebench", "", *verdict_lines(run), "", "## Machine", "", *machine_lines(run), "", ""]
    )
    tail = "\n".join(
        [
            *chapter(
                "Lost updates",
                tables["lost-updates"],
                (
                    "workload",
                    "size",
                    "processes",
                    "backend",
                    "lost",
                    "due",
                    "share lost",
                    "extra",
                    "wrong elements",
                    "corrupted",
                    "overlap",
                    "result",
                ),
            ),
            *chapter(
                "Cost over the floor",
                tables["of-floor"],
                (
                    "workload",
                    "size",
                    "processes",
                    "backend",
                    "time / floor",
                    "interval of the ratio",
                    "pairs",
                    "how",
                ),
            ),
            *doubt_lines(run),
            *failure_lines(run),
        ]
    )
    room = LIMIT_BYTES - size(head) - size(tail)
    return shortened(head + rankings(run, room) + tail + "\n")


def size(text: str) -> int:
    return len(text.encode("utf-8"))


def verdict_lines(run: Run) -> list[str]:
    told = verdict.sentences(run)
    lines = [f"**{markdown.text(verdict.opening(run))}**", ""]
    lines += [f"- {markdown.text(sentence, 700)}" for sentence in told[:MOST_SENTENCES]]
    if len(told) > MOST_SENTENCES:
        lines.append(f"- … and {len(told) - MOST_SENTENCES} more comparisons, ranked below.")
    return lines


def machine_lines(run: Run) -> list[str]:
    return [f"- {name}: {markdown.text(text)}" for name, text in facts.machine_facts(run)]


def rankings(run: Run, room: int) -> str:
    """A table a comparison, as many as there is room for."""
    text = "## Rankings\n\nWall and CPU time an operation; struck: wrong results, no rank.\n"
    if not run.comparisons:
        return text + "\nNothing was compared.\n\n"
    for place, comparison in enumerate(run.comparisons):
        block = "\n".join(ranking(comparison))
        left, total = len(run.comparisons) - place, len(run.comparisons)
        missing = f"\n*{left} of {total} comparisons are left out.*\n"
        if size(text + block + missing + SHORTENED) + 2 > room:
            return f"{text}{missing}{SHORTENED}\n"
        text += block
    return text + "\n"


def ranking(comparison: Comparison) -> list[str]:
    """Heading and table of one comparison, ranks first."""
    rows = comparison.ranked + [s for s in comparison.standings if s.rank is None]
    heading = f"{units.group_words(comparison.group)}, {units.processes(comparison.procs)}"
    return ["", f"### {markdown.text(heading)}", "", *markdown.table(ranking_table(rows)), ""]


def ranking_table(rows: Sequence[Standing]) -> Table:
    return build(
        rows,
        (
            Column("rank", lambda s: number(s.rank, units.count)),
            Column("backend", lambda s: backend_name(s.backend, s.wrong)),
            Column("slowdown", lambda s: number(s.slowdown, units.factor)),
            Column(
                "wall time / op",
                lambda s: number(s.cell and s.cell.ns and s.cell.ns.median, units.time),
            ),
            Column("interval", lambda s: word(units.interval(s.cell.ns if s.cell else None))),
            Column("CPU time / op", lambda s: number(s.cell and s.cell.cpu_ns, units.time)),
            Column(
                "overlap",
                lambda s: number(
                    s.cell and s.cell.overlap and s.cell.overlap.median, units.percent
                ),
            ),
            Column("verdict", lambda s: word(s.verdict)),
        ),
    )


def chapter(title: str, table: Table, columns: Sequence[str]) -> list[str]:
    """A table under a heading, cut after MOST_ROWS rows."""
    if not table.rows:
        return [f"## {title}", "", "None.", ""]
    cut = Table(table.headings, table.rows[:MOST_ROWS])
    rest = len(table.rows) - MOST_ROWS
    more = ["", f"*{rest:,} more rows in index.html.*"] if rest > 0 else []
    return [f"## {title}", "", *markdown.table(cut, columns), *more, ""]


def doubt_lines(run: Run) -> list[str]:
    lines = []
    for doubt in distrust.doubts(run)[:MOST_DOUBTS]:
        text = markdown.text(doubt.text)
        lines.append(f"- **{text}**" if doubt.serious else f"- {text}")
    return ["## What to doubt", "", *(lines or ["Nothing was found."]), ""]


def failure_lines(run: Run) -> list[str]:
    """Failures, and what was not measured."""
    table = build(
        run.failures,
        (
            Column("cell", lambda f: word(f.name)),
            Column("block", lambda f: number(f.block, units.count)),
            Column("stage", lambda f: word(f.stage)),
            Column("reason", lambda f: word(f.reason)),
        ),
    )
    lines = chapter("Failures", table, ())
    if run.not_measured:
        lines += [
            "## Not measured",
            "",
            *(f"- {markdown.text(t)}" for t in run.not_measured[:MOST_ROWS]),
        ]
    if len(run.not_measured) > MOST_ROWS:
        lines.append(f"- … and {len(run.not_measured) - MOST_ROWS} more in results.json.")
    return lines


def shortened(text: str) -> str:
    """The text, cut at a line when names are so long that it is still over the limit."""
    if size(text) <= LIMIT_BYTES:
        return text
    cut = text.encode("utf-8")[: LIMIT_BYTES - size(SHORTENED)].decode("utf-8", errors="ignore")
    return cut[: cut.rfind("\n") + 1] + SHORTENED
