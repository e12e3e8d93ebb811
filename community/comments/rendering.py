"""Markdown to safe HTML, once, when a comment is written."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from community.comments import links
from community.comments.links import FINDER, Link
from community.comments.words import shows_anything

# Grows with every change to what `render` makes; comments of an older version are made anew.
RENDER_VERSION = 1

# All that a comment's HTML may consist of; beside these, only `href` and `start`.
TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"}

# Between blocks stands white space already; between other tags there is none.
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Rendered:
    """A comment as readers get it."""

    html: str
    text: str
    links: tuple[Link, ...]


def render(source: str) -> Rendered:
    """The safe HTML, plain text and links of a body that `words.normalise` has let through.

    CommonMark without HTML, headings, pictures, and the reference definitions in which an
    address could stand unseen.
    """
    tokens = _MARKDOWN.parse(source)
    text = "\n\n".join(_blocks(tokens))
    return Rendered(
        html=clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})),
        text=text,
        links=links.find(text, _anchors(tokens)),
    )


def text_of(html: str) -> str:
    """The words of HTML that we made, without its markup."""
    return unescape(_TAG.sub("", html))


def clean(html: str) -> str:
    """HTML of any origin, reduced to what comments may contain."""
    return _CLEANER.clean(html.replace("\r\n", "\n").replace("\r", "\n"))


def _keep(tag: str, attribute: str, value: str) -> str | None:
    return (links.canonical(value) or None) if attribute == "href" else value


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},  # else `lang` and `title` stay
    attribute_filter=_keep,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="ugc nofollow noopener noreferrer",
)


class _Markdown(MarkdownIt):
    """CommonMark whose links obey `links.canonical`; a refused link stays as it was typed."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return links.canonical(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return links.shown(link)

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return bool(url)


def _markdown() -> MarkdownIt:
    markdown = _Markdown("commonmark", {"html": False, "linkify": True, "breaks": True})
    markdown.linkify = FINDER
    markdown.disable(["heading", "lheading", "html_block", "html_inline", "reference"])
    markdown.enable(["linkify", "strikethrough"])
    markdown.core.ruler.push("show_everything", _show_everything)
    return markdown


def _show_everything(state: StateCore) -> None:
    """Put words in place of pictures, and into links that show none."""
    for token in state.tokens:
        if token.children:
            token.children = _with_words(_unnested(token.children))


def _unnested(tokens: Iterable[Token]) -> Iterator[Token]:
    """Leave out links inside links: “[<http://a.com>](http://b.com)” leads to b.com only."""
    depth = 0
    for token in tokens:
        depth -= token.type == "link_close"
        if depth == 0 or token.type not in {"link_open", "link_close"}:
            yield token
        depth += token.type == "link_open"


def _with_words(tokens: Iterable[Token]) -> list[Token]:
    shown: list[Token] = []
    opening = 0
    for token in tokens:
        if token.type == "link_open":
            opening = len(shown)
        shown.append(_picture(token) if token.type == "image" else token)
        if token.type == "link_close":
            shown[opening:] = _link(shown[opening:])
    return shown


def _link(tokens: Sequence[Token]) -> list[Token]:
    opening, *label, closing = tokens
    href = str(opening.attrs["href"])
    if not href:  # “[x]()” leads nowhere: back to what was typed
        return [_words("["), *label, _words("]()")]
    if not shows_anything(_read(label)):
        label.append(_words(href))
    return [opening, *label, closing]


def _picture(image: Token) -> Token:
    src = str(image.attrs["src"])
    alt = _read(image.children or ())
    if not src:
        return _words(f"![{alt}]()")
    token = _words(alt if shows_anything(alt) else src)
    token.meta["picture"] = src
    return token


def _words(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _read(tokens: Sequence[Token]) -> str:
    """Inline tokens as a reader would read them."""
    return "".join(_read_one(token) for token in tokens)


def _read_one(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    return _read(token.children) if token.children else token.content


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        words = _read_one(token).strip("\n")
        if words:
            yield words


def _anchors(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Where links and pictures lead, each with the words shown."""
    for block in tokens:
        label, href = 0, ""
        children = block.children or []
        for place, token in enumerate(children):
            if token.type == "link_open":
                label, href = place + 1, str(token.attrs["href"])
            elif token.type == "link_close":
                yield href, _read(children[label:place])
            elif "picture" in token.meta:
                yield str(token.meta["picture"]), token.content


_MARKDOWN = _markdown()
