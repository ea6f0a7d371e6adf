"""The page: one HTML file, its figures, style and script inside, nothing fetched from anywhere."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template
from typing import Iterable, Sequence

from reports import distrust, facts, units, verdict, words
from reports.drawing import Picture
from reports.model import Run
from reports.section import Section
from reports.tables import Column, Table, Value, backend_name, build, number, word

TEMPLATES = Path(__file__).parent / "templates"
MOST_FAILURES = 200


def page(run: Run, sections: Sequence[Section], pictures: Sequence[Sequence[Picture]]) -> str:
    """The whole page; `pictures` holds those of each section."""
    told = verdict.sentences(run)
    return Template((TEMPLATES / "page.html").read_text(encoding="utf-8")).substitute(
        title=escape(title(run)),
        style=(TEMPLATES / "page.css").read_text(encoding="utf-8"),
        script=(TEMPLATES / "page.js").read_text(encoding="utf-8"),
        state=state(run),
        opening=escape(verdict.opening(run)),
        headline=emphasised(told[0]) if told else "No comparison was made.",
        others=listed(map(emphasised, told[1:])),
        subtitle=escape(subtitle(run)),
        navigation="".join(
            f'<li><a href="#{s.anchor}">{escape(s.title)}</a></li>' for s in sections
        ),
        machine="".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>"
            for name, text in facts.machine_facts(run)
        ),
        how_to_read=listed(map(escape, words.HOW_TO_READ)),
        doubts=doubts(run),
        failures=failures(run),
        backends=html_table(backends(run)),
        sections="".join(map(section, sections, pictures)),
        glossary="".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>"
            for name, text in words.GLOSSARY
        ),
    )


def title(run: Run) -> str:
    machine = run.machine.get("cpu") or run.context.get("host_name") or run.path.parent.name
    return f"sharebench: {machine}"


def subtitle(run: Run) -> str:
    date = units.moment(str(run.context.get("date") or "date unknown"))
    cores = f"{run.cores} cores" if run.cores else "cores unknown"
    trials = sum(cell.trials for cell in run.cells)
    return f"{date} · {cores} · {len(run.cells):,} cells, {trials:,} trials"


def state(run: Run) -> str:
    """The class that colours the verdict."""
    if run.verdict == "promise broken" or any(cell.broken for cell in run.cells):
        return "broken"
    return "incomplete" if run.verdict == "incomplete" or run.partial or run.failures else "ok"


def emphasised(text: str) -> str:
    """The answer of a sentence, between `way is` and the bracket, in bold."""
    head, mark, rest = text.partition("the fastest correct way is ")
    name, bracket, tail = rest.partition(" (")
    return (
        f"{escape(head)}{mark}<strong>{escape(name)}</strong>{escape(bracket + tail)}"
        if mark
        else escape(text)
    )


def listed(items: Iterable[str]) -> str:
    """A list of what is HTML already."""
    text = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{text}</ul>" if text else ""


def doubts(run: Run) -> str:
    found = distrust.doubts(run)
    if not found:
        return "<p>Nothing was found that would make these results doubtful.</p>"
    return (
        "<ul>"
        + "".join(
            f'<li class="{"serious" if doubt.serious else "minor"}">{escape(doubt.text)}</li>'
            for doubt in found
        )
        + "</ul>"
    )


def failures(run: Run) -> str:
    if not run.failures:
        return ""
    table = build(
        run.failures[:MOST_FAILURES],
        (
            Column("cell", lambda f: word(f.name)),
            Column("block", lambda f: number(f.block, units.count)),
            Column("stage", lambda f: word(f.stage)),
            Column("reason", lambda f: word(f.reason)),
        ),
    )
    rest = len(run.failures) - MOST_FAILURES
    more = f"<p>{rest:,} more in results.json.</p>" if rest > 0 else ""
    return f"<h3>Failures</h3>{html_table(table)}{more}"


def backends(run: Run) -> Table:
    """What each backend promises."""
    return build(
        run.backends,
        (
            Column("backend", lambda b: backend_name(b, b.lossy)),
            Column("updates", lambda b: word(words.UPDATES.get(b.updates, b.updates))),
            Column(
                "when a process dies in the middle",
                lambda b: word(words.ON_DEATH.get(b.on_death, b.on_death)),
            ),
            Column("atomic in square", lambda b: word(b.transform or units.NOTHING)),
            Column("control", lambda b: word("yes" if b.control else "no")),
            Column("available", lambda b: word("yes" if b.available else "no")),
            Column("details", lambda b: word(b.details)),
        ),
    )


def section(shown: Section, pictures: Sequence[Picture]) -> str:
    """A chapter: its figures, and the table of what they show."""
    figures = "".join(map(figure, pictures))
    remark = f'<p class="remark">{escape(shown.remark)}</p>' if shown.remark else ""
    table = (
        (
            f"<details><summary>Data table: {len(shown.table.rows):,} rows</summary>"
            f"{html_table(shown.table)}</details>"
        )
        if shown.table.rows
        else ""
    )
    return (
        f'<section id="{shown.anchor}"><h2>{escape(shown.title)}</h2><p>{escape(shown.lead)}</p>'
        f"{remark}{figures}{table}</section>\n"
    )


def figure(picture: Picture) -> str:
    return (
        f"<figure>{picture.inline_svg}<figcaption>Files:"
        f'<a href="charts/{picture.slug}.png">PNG</a> <a href="charts/{picture.slug}.svg">SVG</a>'
        f"</figcaption></figure>\n"
    )


def html_table(table: Table) -> str:
    right = (
        [value.numeric for value in table.rows[0]] if table.rows else [False] * len(table.headings)
    )
    head = "".join(
        f'<th scope="col"{" class=n" if numeric else ""}>{escape(heading)}</th>'
        for heading, numeric in zip(table.headings, right)
    )
    body = "".join(f"<tr>{''.join(map(entry, row))}</tr>" for row in table.rows)
    rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{rows}</table></div>'


def entry(value: Value) -> str:
    text = f"<s>{escape(value.text)}</s>" if value.wrong else escape(value.text)
    sort = "" if value.sort is None else f' data-sort="{value.sort:.9g}"'
    return f"<td{' class=n' if value.numeric else ''}{sort}>{text}</td>"
