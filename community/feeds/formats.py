"""Writing a feed down: Atom (RFC 4287) and JSON Feed 1.1."""

import json
import re
from collections.abc import Callable
from typing import Any

from django.utils.feedgenerator import Atom1Feed

from community.comments.rendering import text_of
from community.feeds.entries import Entry, Feed

ATOM, JSON = "application/atom+xml; charset=utf-8", "application/feed+json; charset=utf-8"
# Characters that no XML may hold, however they are written.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Atom(Atom1Feed):
    """Django's own, with the ids we give and the moment we say."""

    def root_attributes(self) -> dict[str, str]:
        """The language is only said where it is known."""
        return {key: value for key, value in super().root_attributes().items() if value}

    def latest_post_date(self) -> Any:
        """When the feed was last changed; an empty one, when its site began."""
        return self.feed["changed"]

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """An entry with its words as HTML: `content`, since it is the whole of them."""
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})


def atom(feed: Feed, own_url: str, language: str) -> bytes:
    """A feed as Atom."""
    made = Atom(
        title=clean(feed.title),
        link=feed.page,
        description="",
        language=language,
        feed_url=own_url,
        feed_guid=feed.id,
        # Stands for whoever wrote an entry without a name.
        author_name=clean(feed.title),
        changed=feed.updated,
    )
    for entry in feed.entries:
        made.add_item(
            title=clean(entry.title),
            link=entry.url,
            description=None,  # type: ignore[arg-type] # then there is no summary
            html=clean(entry.html),
            author_name=clean(entry.author) or None,
            unique_id=entry.id,
            pubdate=entry.published,
            updateddate=entry.updated,
        )
    return made.writeString("utf-8").encode()


def clean(words: str) -> str:
    """Words without what XML cannot hold."""
    return _NO_XML.sub("", words)


def json_feed(feed: Feed, own_url: str, language: str) -> bytes:
    """A feed as JSON Feed 1.1."""
    made = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": own_url,
        "language": language,
        "items": [item_of(entry) for entry in feed.entries],
    }
    return json.dumps(made, ensure_ascii=False).encode()


def item_of(entry: Entry) -> dict[str, Any]:
    """One entry as JSON Feed."""
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "authors": [{"name": entry.author}] if entry.author else [],
        "content_html": entry.html,
        "content_text": " ".join(text_of(entry.html).split()),
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
    }


WRITERS: dict[str, tuple[str, Callable[[Feed, str, str], bytes]]] = {
    "atom": (ATOM, atom),
    "json": (JSON, json_feed),
}
