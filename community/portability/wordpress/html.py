"""WordPress's HTML as Parley writes it: comments as Markdown, articles as clean HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from urllib.parse import urlsplit

import nh3

from community.portability.wordpress import markdown
from community.portability.wordpress.blocks import (
    Block,
    BlockReader,
    Container,
    Line,
    Picture,
    Run,
    absolute,
)

_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
# Text may stand in these without a paragraph around it.
_BARE = frozenset({"li", "td", "th", "figcaption"})
_INLINE_TAGS = ("strong", "em", "del", "sub", "sup", "code")
_ARTICLE = nh3.Cleaner(
    tags={
        *("h2", "h3", "h4", "p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "a"),
        *("figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td"),
        *_INLINE_TAGS,
    },
    attributes={"a": {"href", "data-embed"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
# Hosts whose address alone on a line WordPress shows as a player or a card.
_PLAYERS = frozenset(
    {
        *("youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com", "player.vimeo.com"),
        *("dailymotion.com", "dai.ly", "soundcloud.com", "mixcloud.com", "open.spotify.com"),
        *("ted.com", "wordpress.tv", "videopress.com", "tiktok.com", "instagram.com"),
        *("twitter.com", "x.com", "bsky.app", "flickr.com"),
    }
)
_MARKUP = re.compile("[<&]")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_CAPTION = re.compile(
    r"\[caption\b[^\]\[]{0,500}\]\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)"
    r"((?:(?!\[/?caption)[^\0]){0,2000})\[/caption\]"
)
_EMBED_CODE = re.compile(r"\[embed\b[^\]\[]{0,200}\]\s*(https?://[^\s<>\"\[]+)\s*\[/embed\]")


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article's text, what it embeds, and the pictures it had (not in the file, now links)."""

    html: str
    embeds: tuple[str, ...]
    pictures: tuple[Picture, ...]


def comment_markdown(html: str) -> str:
    """Markdown that reads as the comment did in WordPress."""
    return markdown.written(BlockReader(breaks=True).read(html))


def plain_text(html: str) -> str:
    """The words of a title, name or summary in one line."""
    if not _MARKUP.search(html):
        return " ".join(html.split())
    words: list[str] = []
    for block in BlockReader(breaks=False).read(html):
        words.extend("".join(run.text for run in line) for line in block.lines)
        words.extend(block.source.split())
    return " ".join(words)


def article_html(html: str, base: str = "") -> ArticleText:
    """Clean HTML of an article, in which nothing is fetched from anywhere.

    Pictures become links. What was embedded becomes `<p><a href="URL" data-embed="">URL</a></p>`.
    Relative links lead to `base`, the old site, or lose their target.
    """
    reader = BlockReader(breaks="<!-- wp:" not in html, base=base, pictures=True)
    blocks = list(_with_embeds(reader.read(_without_shortcodes(html))))
    embeds = tuple(dict.fromkeys(block.source for block in blocks if block.tag == "embed"))
    return ArticleText(_ARTICLE.clean(_written(blocks)), embeds, tuple(reader.pictures))


def _without_shortcodes(html: str) -> str:
    html = _CAPTION.sub(r"\n\n<figure>\1<figcaption>\2</figcaption></figure>\n\n", html)
    return _EMBED_CODE.sub(r'<figure class="wp-block-embed">\1</figure>', html)


def _with_embeds(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.tag == "embed":
            yield replace(block, path=())
        elif block.tag in {"", "p"} and block.lines:
            yield from _split_at_embeds(block)
        else:
            yield block


def _split_at_embeds(block: Block) -> Iterator[Block]:
    """What is embedded stands between blocks, in none; the caption of it becomes a paragraph."""
    in_embed = any(container.is_embed for container in block.path)
    path = () if in_embed else block.path
    for url, lines in groupby(block.lines, key=lambda line: _embedded(line, any_host=in_embed)):
        if url:
            yield Block("embed", (), source=url)
        else:
            yield replace(block, path=path, lines=tuple(lines))


def _embedded(line: Line, *, any_host: bool) -> str:
    """The address, if a line is nothing else and WordPress would have shown what is there."""
    run = line[0]
    if len(line) > 1 or run.marks or run.href or not _ADDRESS.fullmatch(run.text):
        return ""
    url = absolute(run.text)
    return url if url and (any_host or _host(url) in _PLAYERS) else ""


def _host(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return host.removeprefix("www.").removeprefix("m.")


def _written(blocks: list[Block]) -> str:
    parts: list[str] = []
    path: tuple[Container, ...] = ()
    last_bare: Container | None = None
    for block in blocks:
        parts.append(_moves(path, block.path))
        path = block.path
        is_bare = not block.tag and bool(path) and path[-1].tag in _BARE
        if is_bare and path[-1] is last_bare:
            parts.append("<br>")
        last_bare = path[-1] if is_bare else None
        parts.append(_inside(block.lines) if is_bare else _element(block))
    return "".join([*parts, _moves(path, ())])


def _moves(here: tuple[Container, ...], there: tuple[Container, ...]) -> str:
    common = 0
    while common < min(len(here), len(there)) and here[common] is there[common]:
        common += 1
    ends = [f"</{container.tag}>" for container in reversed(here[common:])]
    return "".join([*ends, *(_start_tag(container) for container in there[common:])])


def _start_tag(container: Container) -> str:
    if container.tag == "ol" and container.ordinal > 1:
        return f'<ol start="{container.ordinal}">'
    return f"<{container.tag}>"


def _element(block: Block) -> str:
    if block.tag == "hr":
        return "<hr>"
    if block.tag == "pre":
        # HTML drops the first line end in <pre>; this one is there to be dropped.
        return f"<pre>\n{escape(block.source)}</pre>"
    if block.tag == "embed":
        address = escape(block.source)
        return f'<p><a href="{address}" data-embed>{address}</a></p>'
    tag = _HEADINGS.get(block.tag, "p")
    return f"<{tag}>{_inside(block.lines)}</{tag}>"


def _inside(lines: tuple[Line, ...]) -> str:
    return "<br>".join(_line(line) for line in lines)


def _line(line: Line) -> str:
    parts = []
    for href, runs in groupby(line, key=lambda run: run.href):
        text = "".join(_run(run) for run in runs)
        parts.append(f'<a href="{escape(href)}">{text}</a>' if href else text)
    return "".join(parts)


def _run(run: Run) -> str:
    text = escape(run.text, quote=False)
    for tag in _INLINE_TAGS[::-1]:
        if tag in run.marks:
            text = f"<{tag}>{text}</{tag}>"
    return text
