"""Access to JSON that knows where it is: complaints name file, key, value and what is allowed."""

from __future__ import annotations

import json
import math
from typing import Any, Iterator, Optional

SHOWN_VALUE_LENGTH = 60


class InputError(Exception):
    """The input cannot be reported; the text is one line for the user."""


def printable(text: str) -> str:
    """One line of text without control characters, which neither SVG nor a terminal can show."""
    return "".join(
        c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def printable_facts(value: Any) -> Any:
    """Facts that are only shown, with every text in them printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [printable_facts(item) for item in value]
    if isinstance(value, dict):
        return {printable(key): printable_facts(item) for key, item in value.items()}
    return value


class Node:
    """A JSON object together with the path that led to it."""

    def __init__(self, file: str, key: str, value: Any) -> None:
        self.file = file
        self.key = key
        if not isinstance(value, dict):
            raise wrong(file, key, value, "an object")
        self.value = value

    def has(self, key: str) -> bool:
        return self.value.get(key) is not None

    def path(self, key: str) -> str:
        return f"{self.key}.{key}" if self.key else key

    def fail(self, key: str, allowed: str) -> InputError:
        return wrong(self.file, self.path(key), self.value.get(key), allowed)

    def node(self, key: str) -> "Node":
        return Node(self.file, self.path(key), self.value.get(key))

    def optional_node(self, key: str) -> Optional["Node"]:
        return self.node(key) if self.has(key) else None

    def plain(self, key: str) -> dict[str, Any]:
        """An object of facts that are only shown; an absent one is empty."""
        return printable_facts(self.node(key).value) if self.has(key) else {}

    def items(self, key: str) -> list[Any]:
        value = self.value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.fail(key, "a list")
        return value

    def nodes(self, key: str) -> Iterator["Node"]:
        for index, item in enumerate(self.items(key)):
            yield Node(self.file, f"{self.path(key)}[{index}]", item)

    def text(self, key: str, default: Optional[str] = None) -> str:
        value = self.value.get(key)
        value = default if value is None else value
        if not isinstance(value, str):
            raise self.fail(key, "text")
        return printable(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.value.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.fail(key, "true or false")
        return value

    def number(
        self, key: str, above: Optional[float] = None, least: Optional[float] = None
    ) -> Optional[float]:
        """A finite number, or None when the key is absent or null."""
        value = self.value.get(key)
        if value is None:
            return None
        allowed = "a finite number"
        if above is not None:
            allowed += f" above {above:g}"
        if least is not None:
            allowed += f", {least:g} or more"
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not finite(value):
            raise self.fail(key, allowed)
        if (above is not None and value <= above) or (least is not None and value < least):
            raise self.fail(key, allowed)
        return float(value)

    def whole(self, key: str, least: int = 0) -> Optional[int]:
        value = self.value.get(key)
        if value is None:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not finite(value)
            or value != int(value)
            or value < least
        ):
            raise self.fail(key, f"a whole number, {least} or more")
        return int(value)


def finite(value: float) -> bool:
    """Whether a number can be drawn; an integer beyond the range of a float cannot."""
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def wrong(file: str, key: str, value: Any, allowed: str) -> InputError:
    """The one form of every complaint about a value."""
    shown = "nothing" if value is None else printable(json.dumps(value, ensure_ascii=False))
    if len(shown) > SHOWN_VALUE_LENGTH:
        shown = shown[:SHOWN_VALUE_LENGTH] + "…"
    return InputError(f"{file}: {key or 'the whole file'} is {shown}; allowed: {allowed}")
