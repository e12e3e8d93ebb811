"""Writes small WordPress exports for tests."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2019, 3, 1, 12, tzinfo=UTC)
SPACES = """xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/\""""


def hour(number: float) -> datetime:
    """So many hours after the first."""
    return START + timedelta(hours=number)


def words(tag: str, text: object) -> str:
    """One field."""
    return f"<{tag}><![CDATA[{text}]]></{tag}>"


def comment(number: int, *, at: float | None = None, **fields: object) -> str:
    """An approved comment by Rory; its hour is its number."""
    said: dict[str, object] = {
        "id": number,
        "author": "Rory Nolan",
        "author_email": "rory@mail.example",
        "content": f"Words number {number}.",
        "approved": 1,
        "parent": 0,
        "date_gmt": f"{hour(number if at is None else at):%Y-%m-%d %H:%M:%S}",
        **fields,
    }
    inside = "".join(words(f"wp:comment_{name}", value) for name, value in said.items())
    return f"<wp:comment>{inside}</wp:comment>"


def post(number: int, *comments: str, tags: tuple[str, ...] = (), **fields: object) -> str:
    """A published post with comments."""
    said: dict[str, object] = {
        "title": f"Post {number}",
        "link": f"https://old.example/2019/post-{number}/",
        "dc:creator": "Ida Moss",
        "content:encoded": "The tide is late.",
        "wp:post_id": number,
        "wp:post_date_gmt": f"{START:%Y-%m-%d %H:%M:%S}",
        "wp:comment_status": "open",
        "wp:post_name": f"post-{number}",
        "wp:status": "publish",
        "wp:post_type": "post",
        **fields,
    }
    inside = "".join(words(name, value) for name, value in said.items())
    named = "".join(f'<category domain="post_tag"><![CDATA[{tag}]]></category>' for tag in tags)
    return f"<item>{inside}{named}{''.join(comments)}</item>"


def export(*posts: str, scheme: str = "https") -> str:
    """A whole export of the blog old.example."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {SPACES}><channel>'
        f"<title>The Old Blog</title><wp:base_blog_url>{scheme}://old.example</wp:base_blog_url>"
        f"{''.join(posts)}</channel></rss>"
    )


def write(folder: Path, *posts: str, scheme: str = "https") -> Path:
    """The same as a file."""
    path = folder / "export.xml"
    path.write_text(export(*posts, scheme=scheme))
    return path
