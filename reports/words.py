"""The report's vocabulary, explained: the only names it uses for these things."""

from __future__ import annotations

GLOSSARY = (
    (
        "coordinator, worker",
        "The process that plans and starts the others; a process that is measured.",
    ),
    ("backend", "One way of sharing state, named family.variant."),
    (
        "workload, operation",
        "What is done: increment adds 1 to one shared counter; square replaces the "
        "elements of a shared array by their squares; record adds 1 to every field of a shared "
        "record; append, dict-update, namespace-increment and custom-increment use what only a manager has. An "
        "operation is one increment, one element, one record or one item.",
    ),
    (
        "cell, trial, block",
        "A cell is one workload, backend, number of processes and size. A trial "
        "runs it once, with fresh processes. A block runs every cell once, in random order.",
    ),
    (
        "wall time / op",
        "Wall time divided by the operations of all workers together. One worker waits "
        "for as many times that as there are workers.",
    ),
    (
        "CPU time / op",
        "User and system time of all processes of the trial, servers included, divided "
        "by the operations.",
    ),
    (
        "interval",
        "The order-statistic interval of the median over the blocks, with its exact coverage. "
        "With fewer than six blocks there is no 95 % interval: least and greatest value, and what "
        "they cover.",
    ),
    (
        "lost update, extra update",
        "Due but not found in the shared state at the end; found but not "
        "due. They are counted apart.",
    ),
    (
        "wrong element, corrupted",
        "An element whose count of squarings is wrong; a value that no number "
        "of squarings gives.",
    ),
    (
        "control",
        "A backend that must lose updates when processes run at the same time: the test of the "
        "test. It has no rank.",
    ),
    (
        "null",
        "A backend that does nothing: it shows what the harness itself costs. It has no rank.",
    ),
    ("floor", "The bare operation that a backend wraps, written by hand and measured beside it."),
    (
        "overlap",
        "The share of the window in which all workers ran together; trials below the limit are "
        "invalid, not slow.",
    ),
    (
        "fairness",
        "Jain's index over the rates of the workers: 1 when all get the same, 1/processes "
        "when one gets everything.",
    ),
    (
        "closed loop",
        "Each worker starts its next operation when the last one ends: such latencies are "
        "times under full load, not response times to arriving requests.",
    ),
    (
        "open loop",
        "Calls are due by the clock at a share of the rate that the closed loop reached, and a "
        "latency counts from when the call was due: waiting is part of it.",
    ),
    ("not ranked", "Shown only: more processes than cores, too few blocks, or wrong results."),
)

UPDATES = {
    "exact": "exact: every update counts",
    "lossy": "lossy: may lose updates",
    "none": "none: does no work",
}
ON_DEATH = {
    "stateless": "stateless: nothing is left half done, the others go on",
    "recovers": "recovers: the others notice, repair and go on",
    "poisons": "poisons: the others are told that the state is unusable",
    "hangs": "hangs: the others wait, for ever or until they give up",
}

DEATH_SENTENCES = {
    "stateless": "If a process dies in the middle of an update, nothing is left half done and the "
    "others go on.",
    "recovers": "If a process dies in the middle of an update, the others notice, repair and go "
    "on.",
    "poisons": "If a process dies in the middle of an update, the others are told that the state "
    "is unusable.",
    "hangs": "If a process dies in the middle of an update, the others wait, for ever or until "
    "they give up.",
}

HOW_TO_READ = (
    "Only figures of the same run are compared; absolute figures move from run to run and more "
    "between machines.",
    "A backend keeps its colour, marker and dash in every figure. Hollow markers and struck names "
    "mean wrong results: fast, but not the right answer.",
    "Log scales: each step to the next line multiplies. A whisker is the interval of the median; "
    "where two whiskers overlap, the order of the two is not known.",
    "A shaded region has more processes than cores: workers then take turns, and what is measured "
    "is also the scheduler.",
    "Speed never stands alone: CPU time beside wall time tells a backend that spins from one that "
    "waits.",
)
