"""An article as a page shows it to one reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from community.articles import queries
from community.articles.embeds import Embed, embed_of
from community.articles.models import Article, Picture, Tag
from community.articles.rendering import Part, parts_of
from community.consent import services as consent
from community.consent.purposes import Purpose


@dataclass(frozen=True)
class ShownPicture:
    """A picture with its words."""

    url: str
    alt: str
    caption: str
    width: int
    height: int


@dataclass(frozen=True)
class ShownPart:
    """A stretch of the text: HTML, or a picture, or a player (`number` tells players apart)."""

    html: str = ""
    picture: ShownPicture | None = None
    embed: Embed | None = None
    number: int = 0


@dataclass(frozen=True)
class ShownArticle:
    """Everything the template of an article needs."""

    id: int | None
    slug: str
    title: str
    author_name: str
    published_at: datetime
    is_public: bool
    parts: list[ShownPart]
    lead_pictures: list[ShownPicture]
    pictures: list[ShownPicture]
    tags: list[Tag]
    media_allowed: bool
    asks_consent: bool

    @property
    def embeds(self) -> list[Embed]:
        """The players in the text."""
        return [part.embed for part in self.parts if part.embed]


def shown_article(article: Article, request: HttpRequest) -> ShownArticle:
    """A stored article, with players where this reader allows them."""
    stored, tags = queries.beside(article.pk, article.site_id, article.site.version)
    pictures = [shown_picture(picture, picture.url) for picture in stored]
    return compose(article, pictures, tags, request)


def shown_picture(picture: Picture, url: str) -> ShownPicture:
    """A picture that a page fetches from there."""
    return ShownPicture(url, picture.alt, picture.caption, picture.width, picture.height)


def compose(
    article: Article, pictures: list[ShownPicture], tags: list[Tag], request: HttpRequest
) -> ShownArticle:
    """An article, stored or not yet, with these pictures and tags.

    Pictures that the text does not place: the first stands above it, the others below.
    """
    parts = list(_filled(parts_of(article.html), pictures))
    placed = {part.picture for part in parts}
    rest = [picture for picture in pictures if picture not in placed]
    return ShownArticle(
        id=article.pk,
        slug=article.slug,
        title=article.title,
        author_name=article.author_name,
        published_at=article.published_at,
        is_public=article.is_public,
        parts=parts,
        lead_pictures=rest[:1],
        pictures=rest[1:],
        tags=tags,
        media_allowed=consent.allowed(request, Purpose.MEDIA),
        asks_consent=article.has_embeds and consent.must_ask(request),
    )


def _filled(parts: Iterable[Part], pictures: list[ShownPicture]) -> Iterable[ShownPart]:
    players = 0
    for part in parts:
        if embed := embed_of(part.embed):
            players += 1
            yield ShownPart(embed=embed, number=players)
        elif 0 < part.picture <= len(pictures):
            yield ShownPart(picture=pictures[part.picture - 1])
        elif part.html:
            yield ShownPart(html=part.html)


def let_in_players(response: HttpResponse, shown: ShownArticle) -> None:
    """Allow frames from the players' sites on this answer alone, where the reader does."""
    if not shown.embeds:
        return
    # Whether we ask depends on this header, so caches must tell its answers apart.
    patch_vary_headers(response, ["Sec-GPC"])
    if shown.media_allowed:
        origins = sorted({embed.origin for embed in shown.embeds})
        response._csp_update = {"frame-src": origins}  # type: ignore[attr-defined]
