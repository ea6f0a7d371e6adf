"""What matplotlib's SVG lacks: role, title, description, ids for one page, theme colours."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from reports import style

SVG = "{http://www.w3.org/2000/svg}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
ElementTree.register_namespace("", SVG[1:-1])
ElementTree.register_namespace("xlink", XLINK_HREF[1:-5])

# Colours that the page replaces by its own, so that a figure follows the light or dark theme.
THEME = {
    style.INK: "var(--ink)",
    style.MUTED: "var(--muted)",
    style.GRID: "var(--grid)",
    style.SHADE: "var(--shade)",
    style.SURFACE: "var(--surface)",
    style.BLACK: "var(--black)",
    style.WARNING: "var(--warning)",
}
REFERENCES = re.compile(r"url\(#([^)]+)\)")
COLORS = re.compile("|".join(THEME), re.IGNORECASE)
NAMESPACES = re.compile(r'\sxmlns(:\w+)?="[^"]*"')
DROPPED = {f"{SVG}metadata", f"{SVG}style"}
INHERITED = "stroke-linejoin: round; stroke-linecap: butt"
# matplotlib writes no fill where it is black, which is what SVG assumes.
INHERITED_IN_PAGE = f"{INHERITED}; fill: {style.BLACK}"


def for_file(source: str, slug: str, title: str, description: str) -> str:
    """A file of its own, in the light theme."""
    root = described(source, slug, title, description)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(
        root, encoding="unicode"
    )


def for_page(source: str, slug: str, title: str, description: str) -> str:
    """An element to stand in an HTML page: no fixed size, no name spaces, colours of the page."""
    root = described(source, slug, title, description)
    for key in ("width", "height"):
        root.attrib.pop(key, None)
    root.set("style", INHERITED_IN_PAGE)
    for element in root.iter():
        if element.get("fill") in THEME:
            element.set("style", f"fill: {element.attrib.pop('fill')}")
        if "style" in element.attrib:
            element.set(
                "style", COLORS.sub(lambda m: THEME[m.group(0).lower()], element.get("style"))
            )
        if XLINK_HREF in element.attrib:
            element.set("href", element.attrib.pop(XLINK_HREF))
    opening, end, rest = ElementTree.tostring(root, encoding="unicode").partition(">")
    return NAMESPACES.sub("", opening) + end + rest


def described(source: str, slug: str, title: str, description: str) -> ElementTree.Element:
    """The drawing with its text alternative; only ids that something refers to are kept."""
    root = ElementTree.fromstring(source)
    for parent in list(root.iter()):
        for child in [c for c in parent if c.tag in DROPPED]:
            parent.remove(child)
    rename_ids(root, slug)
    root.set("role", "img")
    root.set("aria-labelledby", f"{slug}-title {slug}-desc")
    root.set("style", INHERITED)
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{SVG}{tag}", {"id": f"{slug}-{tag}"})
        element.text = text
        root.insert(place, element)
    return root


def rename_ids(root: ElementTree.Element, slug: str) -> None:
    """Puts the slug before every id that is used, and drops the others."""
    used = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            used.update(REFERENCES.findall(value))
            if key == XLINK_HREF:
                used.add(value.lstrip("#"))
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id" and value not in used:
                del element.attrib[key]
            elif key == "id":
                element.set(key, f"{slug}-{value}")
            elif key == XLINK_HREF:
                element.set(key, f"#{slug}-{value.lstrip('#')}")
            elif "url(#" in value:
                element.set(key, REFERENCES.sub(rf"url(#{slug}-\1)", value))
