"""From the source of an article to clean HTML, with places left for pictures and players.

A place is an empty `<figure>` that says what belongs there: `data-picture` a number,
`data-embed` an address. What stands in it is decided when the page is shown, since it depends
on the pictures there are then and on what the reader allows.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from community.articles.embeds import embed_of
from community.articles.models import TextFormat

_PICTURE_LINE = re.compile(r"\[picture ([1-9][0-9]{0,2})\]", re.IGNORECASE | re.ASCII)
_IMPORTED_EMBED = re.compile(r"<p>(<a [^<>]*data-embed=[^<>]*>)[^<]*</a></p>")
_HREF = re.compile(r'href="([^"]*)"')
_PLACE = re.compile(r'<figure data-(picture|embed)="([^"]*)"></figure>')

_ARTICLE = nh3.Cleaner(
    tags={
        *("h2", "h3", "h4", "p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code", "a"),
        *("strong", "em", "del", "s", "sub", "sup", "figure", "figcaption"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={
        "a": {"href", "title", "data-embed"},
        "ol": {"start"},
        "figure": {"data-picture", "data-embed"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


@dataclass(frozen=True)
class Part:
    """A stretch of an article: HTML, or the number of a picture, or the address of a video."""

    html: str = ""
    picture: int = 0
    embed: str = ""


def render(text: str, text_format: str) -> str:
    """Clean HTML that fetches nothing from anywhere."""
    written = text if text_format == TextFormat.HTML else _MARKDOWN.render(text)
    html = _IMPORTED_EMBED.sub(_place_of_import, _ARTICLE.clean(written))
    # Wide tables scroll inside the page; the keyboard must reach them to do so.
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    return html.replace("</table>", "</table></div>")


def parts_of(html: str) -> Iterator[Part]:
    """Rendered HTML cut at the places for pictures and videos."""
    end = 0
    for place in _PLACE.finditer(html):
        yield Part(html=html[end : place.start()])
        kind, value = place[1], unescape(place[2])
        if kind == "embed":
            yield Part(embed=value)
        elif value.isascii() and value.isdigit():
            yield Part(picture=int(value))
        end = place.end()
    yield Part(html=html[end:])


def has_embeds(html: str) -> bool:
    """Whether rendered HTML has places for videos."""
    return any(embed_of(part.embed) for part in parts_of(html))


def _place_of_import(match: re.Match[str]) -> str:
    """The place for a video that an import names by a link; other links stay links."""
    href = _HREF.search(match[1])
    address = unescape(href[1]) if href else ""
    if embed_of(address):
        return _place("embed", address)
    return match[0].replace(' data-embed=""', "")


def _place(kind: str, value: str) -> str:
    return f'<figure data-{kind}="{escape(value)}"></figure>'


def _place_of_line(line: str) -> str:
    """The place that a line on its own stands for, or nothing."""
    if picture := _PICTURE_LINE.fullmatch(line):
        return _place("picture", picture[1])
    return _place("embed", line) if embed_of(line) else ""


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": True})
    markdown.enable(["table", "strikethrough", "linkify"])
    markdown.block.ruler.before(
        "reference", "place", _find_place, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    markdown.core.ruler.push("lower_headings", _lower_headings)
    markdown.add_render_rule("place", _render_place)
    markdown.add_render_rule("image", _render_image)
    return markdown


def _find_place(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    if state.is_code_block(line):
        return False
    place = _place_of_line(state.getLines(line, line + 1, state.blkIndent, False).strip())
    if not place:
        return False
    if not silent:
        state.push("place", "", 0).content = place
        state.line = line + 1
    return True


def _lower_headings(state: StateCore) -> None:
    """The title of the page is its only first heading."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"


def _render_place(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    return tokens[at].content


def _render_image(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """Pictures are uploaded, with words for those who cannot see them: elsewhere is a link."""
    address = escape(str(tokens[at].attrs["src"]))
    return f'<a href="{address}">{escape(tokens[at].content) or address}</a>'


_MARKDOWN = _markdown()
