"""No cookie, no token and no word of a visitor is in public bytes: asked of every address."""

import pytest

from community.articles.models import Article
from community.edge.addresses import known_query
from tests import factories, walking
from tests.edge.conftest import Fast
from tests.walking import World

# One visitor after the other: whatever the first one leaves behind, the second one would find.
MARK = "zanzibar"
TRACES = {
    "cookie": f"_ga={MARK}; theme={MARK}",
    "user_agent": MARK,
    "referer": f"http://testserver/{MARK}",
    "accept_language": MARK,
    "x_forwarded_for": MARK,
    "x_requested_with": MARK,
    "hx_request": "true",
    "hx_current_url": MARK,
    "authorization": MARK,
}
PUBLIC = {
    "article",
    "author",
    "board",
    "comment-replies",
    "comment-reply",
    "discussion",
    "feed",
    "feed-article",
    "feed-author",
    "feed-board",
    "feed-comments",
    "feed-topic",
    "forum",
    "home",
    "house-rules",
    "latest",
    "privacy",
    "tag",
    "thread-fresh",
    "thread-news",
    "topic",
    "topic-new",
    "writing-tools",
}


@pytest.fixture
def place(db: None) -> World:
    """A site where every address leads somewhere, with an article that asks for consent."""
    world = walking.world(factories.site())
    video = '<figure data-embed="https://www.youtube.com/watch?v=aqz-KE-bpKQ"></figure>'
    Article.objects.filter(pk=world.article.pk).update(html=video, has_embeds=True)
    return world


def test_the_public_pages_are_the_ones_we_mean(place: World, fast: Fast) -> None:
    declared = {
        name
        for name, (address, *_) in place.paths().items()
        if known_query(*address.split("?")[:1], "") is not None
    }
    assert declared == PUBLIC


def test_what_is_kept_of_any_address_is_nobodys(place: World, fast: Fast) -> None:
    kept = set()
    for name, addresses in place.paths().items():
        for address in addresses:
            extra = f"{'&' if '?' in address else '?'}from={MARK}"
            before = len(fast.copies())
            first = fast.get(address + (extra if name != "home" else ""), **TRACES)
            if len(fast.copies()) == before:
                continue
            kept.add(name)
            second = fast.get(address)
            assert second == first, address
            assert "Set-Cookie" not in second.headers, address
            assert "private" not in second.headers["Cache-Control"], address
            assert "csrf" not in second.text.lower(), address
            assert MARK not in second.text + str(second.headers), address
    assert kept == PUBLIC


def test_nothing_is_kept_of_what_people_with_an_identity_see(place: World, fast: Fast) -> None:
    for cookie in ("session=x", "guest=x", "details=x"):
        for addresses in place.paths().values():
            for address in addresses:
                said = fast.get(address, cookie=cookie)
                if "/media/" not in address:
                    assert {"private", "no-store"} <= set(
                        said.headers["Cache-Control"].split(", ")
                    ), address
    assert fast.copies() == []
