"""Comments are drawn once for each kind and filled with their words: the same as drawing each."""

import re
from typing import Any

import pytest
from django.utils import timezone, translation
from jinja2 import Environment
from markupsafe import Markup

from community.comments.models import Comment, Status
from community.pages import parts
from community.pages.drawing import COMMENT, drawn
from community.pages.patterns import Gap, Pattern, pattern_of
from community.pages.shown import Presenter, ShownComment
from community.sites.models import Role
from community.sites.viewers import ANYONE, Viewer
from community.threads.models import Thread
from tests import factories

ODD = "<b>\"Rosa\" & 100%s {0} 'x'"


def page_of(viewer: Viewer) -> dict[str, Any]:
    """What a page knows that holds comments."""
    known: dict[str, Any] = {"personal": viewer != ANYONE, "csrf_input": "<input>"}
    return known | ({"offered_reasons": ()} if viewer.is_moderator else {})


def drawn_each(shown: ShownComment, page: dict[str, Any]) -> str:
    """One comment by its template alone, without gaps."""
    template = parts.parts().get_template(COMMENT)
    words = {name: Markup(word) for name, word in shown.words.items()}  # as they are
    words["token"] = Markup(page["csrf_input"] if page["personal"] else "")
    words["replies"] = Markup("").join(Markup(drawn_each(reply, page)) for reply in shown.replies)
    return template.render(page, kind=shown.kind, words=words)


def lived_in(thread: Thread) -> list[Comment]:
    """Comments of many kinds."""
    rosa, now = factories.guest(ODD), timezone.now()
    root = factories.comment(thread, person=rosa)
    reply = factories.comment(thread, parent=root, person=rosa)
    made = [root, reply, *(factories.comment(thread, parent=reply) for _ in range(2))]
    made += [
        factories.comment(thread, person=rosa, status=status)
        for status in (Status.HELD, Status.SPAM)
    ]
    for number, comment in enumerate(made):
        comment.author_name, comment.import_number = ODD, number or None
        comment.edited_at, comment.edited_by_moderator = now if number % 2 else None, number > 2
        comment.ups = comment.score = number
        comment.by_moderator = number == 2
        comment.body_html *= 200 if number == 3 else 1
    thread.pinned_comment_id = root.pk
    return made


@pytest.mark.parametrize("role", [None, Role.MODERATOR])
@pytest.mark.parametrize("is_author", [False, True])
def test_a_filled_pattern_is_the_template_drawn_for_this_comment(
    thread: Thread, role: Role | None, *, is_author: bool
) -> None:
    rows = lived_in(thread)
    viewer = Viewer(person=rows[0].person if is_author else None, role=role)
    page = page_of(viewer)
    presenter = Presenter(thread, viewer, rows)
    context = parts.parts().get_template(COMMENT).new_context(page)

    for shown in map(presenter.show, rows):
        assert str(drawn(context, [shown])) == drawn_each(shown, page)


def test_words_are_escaped_and_stand_where_they_belong(thread: Thread) -> None:
    rows = lived_in(thread)
    context = parts.parts().get_template(COMMENT).new_context(page_of(ANYONE))
    markup = drawn(context, [Presenter(thread, ANYONE, rows).show(rows[1])])

    assert "<b>" not in markup
    assert "&amp; 100%s {0} &#39;x&#39;" in markup
    assert not re.search("\0", markup)


def test_each_language_has_patterns_of_its_own(thread: Thread) -> None:
    comment = factories.comment(thread)
    shown = Presenter(thread, ANYONE, [comment]).show(comment)
    context = parts.parts().get_template(COMMENT).new_context(page_of(ANYONE))
    english = drawn(context, [shown])

    with translation.override("de"):
        seen = pattern_of.__globals__["_pattern"].cache_info().misses
        assert drawn(context, [shown])
        assert pattern_of.__globals__["_pattern"].cache_info().misses == seen + 1
    assert drawn(context, [shown]) == english


@pytest.mark.parametrize(
    "source",
    [
        "{% if words.name %}x{% endif %}",
        "{{ words.name[:1] }}",
        "{{ words.name|length }}",
        '{{ "x" if words.name == "Rosa" }}',
        "{% if words.name > 3 %}x{% endif %}",
        '{{ "a" in words.name }}',
    ],
)
def test_a_template_that_decides_by_a_word_is_refused(source: str) -> None:
    template = Environment(autoescape=True).from_string(source)
    with pytest.raises(TypeError, match="make it a kind"):
        template.render(words={"name": Gap("name")})


def test_a_pattern_without_gaps_is_what_it_is() -> None:
    assert Pattern("100 %").fill({}) == "100 %"
    assert Pattern(f"{Gap('a')} %").fill({"a": 1}) == "1 %"
