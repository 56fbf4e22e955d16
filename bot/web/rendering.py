"""Pages out of templates and words."""

from __future__ import annotations

from flask import render_template

from bot.content.pages import Page, Pages
from bot.web import markup


def render(template: str, pages: Pages, page: Page, **more: object) -> str:
    """A page inside its frame. In templates `w` are the page's words, `frame` those around it."""
    return render_template(
        template,
        frame=pages.frame.words,
        name=pages.name,
        page=page,
        w=page.words,
        inline=markup.inline,
        blocks=markup.blocks,
        **more,
    )
