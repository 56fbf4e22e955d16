"""The markup of the pages as HTML; everything in it is escaped first."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
STRONG = re.compile(r"\*\*(.+?)\*\*")


def inline(text: str) -> Markup:
    """Links and strong words."""
    html = LINK.sub(r'<a href="\2">\1</a>', str(escape(text)))
    return Markup(STRONG.sub(r"<strong>\1</strong>", html))  # noqa: S704 - escaped above


def blocks(text: str) -> Markup:
    """Paragraphs and lists."""
    return Markup("\n").join(_block(block) for block in re.split(r"\n\s*\n", text.strip()))


def _block(block: str) -> Markup:
    lines = block.splitlines()
    if all(line.startswith("- ") for line in lines):
        items = Markup("").join(Markup("<li>{}</li>").format(inline(line[2:])) for line in lines)
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(inline(" ".join(lines)))


def plain(text: str) -> str:
    """The words alone, for places that can't hold a link."""
    return STRONG.sub(r"\1", LINK.sub(r"\1", text))
