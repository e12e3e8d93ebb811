"""Branches, long comments and those voted down fold without scripts; a comment is light."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from community.comments.models import Comment
from community.pages.shown import HUES, LONG, LOW, Presenter, folded
from community.sites.models import Role
from community.sites.viewers import ANYONE, Viewer
from community.threads.models import Thread
from tests import factories

LONG_HTML = "<p>" + "The tide comes in and goes out again. " * 80 + "</p>"


@pytest.mark.parametrize(
    ("html", "score", "expected"),
    [
        pytest.param("<p>Short</p>", 0, "", id="an ordinary comment stands open"),
        pytest.param("<p>Short</p>", LOW + 1, "", id="a few votes against hide nothing"),
        pytest.param("<p>Short</p>", LOW, "low", id="what readers voted down is folded"),
        pytest.param(LONG_HTML, 0, "long", id="what is long shows its beginning"),
        pytest.param(LONG_HTML, LOW, "low", id="long and low counts as low"),
    ],
)
def test_what_is_folded(html: str, score: int, expected: str) -> None:
    assert len(LONG_HTML) > LONG
    assert folded(Comment(body_html=html, score=score)) == expected


def page_of(thread: Thread, browser: Client) -> str:
    """The page of these comments as everybody sees it."""
    assert thread.article is not None
    return browser.get(f"/articles/{thread.article.slug}/").content.decode()


def test_a_branch_tells_how_many_replies_it_has(thread: Thread, browser: Client) -> None:
    root = factories.comment(thread, "The tide is late.")
    for number in range(5):
        factories.comment(thread, f"Never, {number}.", parent=root)

    html = page_of(thread, browser)

    assert "<summary>Replies: 5</summary>" in html
    assert html.count('aria-level="2"') == 3


def test_what_was_voted_down_is_folded_with_its_answers(thread: Thread, browser: Client) -> None:
    root = factories.comment(thread, "The tide is a hoax.")
    factories.comment(thread, "It is not.", parent=root)
    Comment.objects.filter(pk=root.pk).update(score=LOW, downs=-LOW)

    html = page_of(thread, browser)

    assert re.search(r'<details class="words low"[^>]*><summary dir="ltr">Voted down by', html)
    assert re.search(r'<details class="branch">\s*<summary>Replies: 1<', html)


def test_nothing_is_folded_for_its_author_and_moderators(thread: Thread) -> None:
    rosa = factories.guest("Rosa")
    comment = factories.comment(thread, person=rosa)
    comment.body_html = LONG_HTML

    for viewer in (Viewer(person=rosa, role=None), Viewer(person=None, role=Role.MODERATOR)):
        assert not Presenter(thread, viewer, [comment]).show(comment).kind.folded
    assert Presenter(thread, ANYONE, [comment]).show(comment).kind.folded == "long"


def test_one_name_has_one_colour_everywhere(thread: Thread, browser: Client) -> None:
    ann = factories.guest("Ann")
    for words in ("One.", "Two."):
        factories.comment(thread, words, person=ann)

    html = page_of(thread, browser)

    hues = [html.count(f'data-hue="{hue}"') for hue in range(HUES)]
    assert sorted(hues) == [0] * (HUES - 1) + [2]


class Nodes(HTMLParser):
    """Counts the elements of a comment, those of its own text left out."""

    def __init__(self, html: str) -> None:
        """Count at once."""
        super().__init__()
        self.count = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more."""
        self.count += 1


@pytest.mark.parametrize(
    ("given", "most"),
    [
        pytest.param({}, 14, id="ordinary"),
        pytest.param({"by_moderator": True}, 15, id="of a moderator"),
        pytest.param({"body_html": LONG_HTML}, 15, id="long"),
        pytest.param({"edited_at": timezone.now()}, 14, id="edited"),
    ],
)
def test_a_comment_costs_few_nodes_beside_its_words(
    thread: Thread, browser: Client, given: dict[str, object], most: int
) -> None:
    comment = factories.comment(thread)
    Comment.objects.filter(pk=comment.pk).update(**{"body_html": "<p>Yes.</p>"} | given)

    html = page_of(thread, browser)

    [drawn] = re.findall(rf'<li class="comment"[^>]* id="c{comment.pk}".*?</li>', html, re.DOTALL)
    its_words = 1
    assert Nodes(drawn).count - its_words == most
