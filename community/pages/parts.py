"""Pages and parts of them that are cheap to render: Jinja2 for what is asked for often.

The frame of every page and the pages of comments are in `templates/jinja2/`; all others are
Django's templates, in `templates/`, whose `base.html` fills the slots of that frame.
`{% part "comments/_section.html" %}` puts a part into such a page, with everything the page knows.
"""

from typing import Any, cast

from django.template import Context, Library, engines, loader
from django.template.backends.django import Template
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input_lazy
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi, gettext
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context as JinjaContext

from community.pages.addresses import (
    address_of,
    article_address,
    board_address,
    file_address,
    tag_address,
    theme_address,
    url_of,
)
from community.pages.drawing import drawn, drawn_vote
from community.pages.empty import empty_form
from community.pages.live import events_of
from community.pages.moments import moment_of

register = Library()


def environment(**options: Any) -> Environment:
    """What Jinja2 knows in every part."""
    made = Environment(  # noqa: S701 # Django's backend switches escaping on
        **{**options, "undefined": StrictUndefined}, trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {
        "_": gettext,
        "reverse": address_of,
        "url_of": url_of,
        "language": get_language,
        "direction": direction,
        "article_address": article_address,
        "tag_address": tag_address,
        "board_address": board_address,
        "static": file_address,
        "theme_address": theme_address,
        "moment_of": moment_of,
        "django_part": django_part,
        "empty_form": empty_form,
        "drawn": drawn,
        "drawn_vote": drawn_vote,
        "events_of": events_of,
    }
    return made


def direction() -> str:
    """Which way this language is written."""
    return "rtl" if get_language_bidi() else "ltr"


@register.simple_tag(takes_context=True)
def part(context: Context, name: str, **besides: Any) -> SafeString:
    """A part of this page."""
    known: dict[str, Any] = {**flattened(context), **besides}
    if "request" in known:
        known["csrf_input"] = csrf_input_lazy(known["request"])
    return mark_safe(parts().get_template(name).render(known))


@register.simple_block_tag(takes_context=True)
def slot(context: Context, content: str, name: str) -> str:
    """Keep what stands here for the frame around the page."""
    context["slots"] = {**(context.get("slots") or {}), name: content}
    return ""


def flattened(context: Context) -> dict[str, Any]:
    """Everything a page of Django's knows."""
    known: dict[str, Any] = {}
    for layer in context.dicts:
        known |= layer
    return known


def parts() -> Environment:
    """The environment in which parts are rendered."""
    return cast("Jinja2", engines["jinja2"]).env


@pass_context
def django_part(context: JinjaContext, name: str, **besides: Any) -> SafeString:
    """The other way round: a template of Django's inside a part."""
    template = cast("Template", loader.get_template(name)).template
    return template.render(Context({**context.get_all(), **besides}))
