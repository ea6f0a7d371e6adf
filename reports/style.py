"""How a backend looks: one colour, marker and dash, the same in every chart of every run.

Colours are Okabe and Ito's, which colour-blind readers tell apart. There are seven; the dash tells
the family, so that more than seven backends stay distinct.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable

from reports.model import Backend

BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
)
PALETTE = (GREEN, ORANGE, PURPLE, SKY, BLACK, BLUE, VERMILLION)
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<", ">", "h")
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)))

# Colours that follow the page's light or dark theme; no backend and no heat map uses them.
INK = "#1f2328"
MUTED = "#59636e"
GRID = "#d8dee4"
SHADE = "#eef1f4"
SURFACE = "#ffffff"
REFERENCE = "#8a929b"
WARNING = "#b3261e"

# Where a known family starts in PALETTE, in MARKERS and in DASHES; others follow in order.
FAMILIES = {"raw": (6, 0, 0), "atomic": (5, 1, 0), "mutex": (0, 2, 0), "manager": (3, 3, 1)}
SHARED_MEMORY, SERVER = "in shared memory", "through a server process"

FIGURE_WIDTH_INCHES = 10.0
FONTS = ["DejaVu Sans", "Verdana", "Arial", "sans-serif"]
RC = {
    "font.family": "sans-serif",
    "font.sans-serif": FONTS,
    "font.size": 10.0,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "axes.unicode_minus": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "figure.facecolor": SURFACE,
    "lines.linewidth": 1.8,
    "lines.markersize": 6.5,
    "hatch.linewidth": 0.7,
    "svg.fonttype": "none",
}


@dataclass(frozen=True)
class Look:
    """What tells one backend from the others."""

    color: str
    marker: str
    dash: Any


class Looks:
    """The look of every backend of a run."""

    def __init__(self, backends: Iterable[Backend]) -> None:
        self._looks: dict[str, Look] = {}
        starts: dict[str, tuple[int, int, int]] = {}
        members: dict[str, int] = {}
        for backend in backends:
            family = backend.family
            if backend.reference:
                self._looks[backend.name] = Look(REFERENCE, "|", (0, (4, 2, 1, 2)))
                continue
            unknown = len([name for name in starts if name not in FAMILIES])
            known = FAMILIES.get(family, (1 + 2 * unknown, 5 + unknown, 2 + unknown % 2))
            color, marker, dash = starts.setdefault(family, known)
            member = members[family] = members.get(family, -1) + 1
            self._looks[backend.name] = Look(
                PALETTE[(color + member) % len(PALETTE)],
                MARKERS[(marker + member) % len(MARKERS)],
                DASHES[(dash + member // len(PALETTE)) % len(DASHES)],
            )

    def of(self, backend: Backend) -> Look:
        return self._looks[backend.name]


def place(backend: Backend) -> str:
    """Where the shared state lives; a call to a server is in another decade than memory."""
    return SERVER if "manager" in backend.name.split(".") else SHARED_MEMORY
