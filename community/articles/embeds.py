"""Videos of other sites: which addresses we can show a player for, and what it is framed from."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.utils.translation import gettext as _

_YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"}
_YOUTUBE_ID = re.compile(r"[\w-]{6,20}", re.ASCII)
_YOUTUBE_PATH = re.compile(r"/(?:embed|shorts|live)/([\w-]{6,20})/?", re.ASCII)
_VIMEO_PATH = re.compile(r"/(?:video/)?([0-9]{4,15})(?:/([0-9a-f]{6,20}))?/?", re.ASCII)
# A UUID, or its short form in the base 58 of PeerTube.
_PEERTUBE_PATH = re.compile(
    r"/(?:videos/(?:watch|embed)|w)/([1-9A-HJ-NP-Za-km-z]{21,22}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?",
    re.ASCII,
)
# It goes into a header, so nothing but a plain host name will do.
_HOST = re.compile(r"(?=.{4,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+", re.ASCII)


@dataclass(frozen=True)
class Embed:
    """A player on another site."""

    host: str  # as a reader knows it
    url: str  # what the frame loads
    link: str  # the page that shows it without us

    @property
    def title(self) -> str:
        """What it is called for those who cannot see it."""
        return _("Video on %(host)s") % {"host": self.host}

    @property
    def origin(self) -> str:
        """What a Content-Security-Policy must let in."""
        return f"https://{urlsplit(self.url).netloc}"


def embed_of(address: str) -> Embed | None:
    """The player for the address of a video, if we know the kind of site."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        return None
    found = (player(parts) for player in _PLAYERS)
    return next((embed for embed in found if embed), None)


def _youtube(parts: SplitResult) -> Embed | None:
    video = _youtube_video(parts)
    if not _YOUTUBE_ID.fullmatch(video):
        return None
    return Embed(
        host="youtube.com",
        url=f"https://www.youtube-nocookie.com/embed/{video}",
        link=f"https://www.youtube.com/watch?v={video}",
    )


def _youtube_video(parts: SplitResult) -> str:
    if parts.netloc in ("youtu.be", "www.youtu.be"):
        return parts.path.strip("/")
    if parts.netloc not in _YOUTUBE_HOSTS:
        return ""
    if parts.path == "/watch":
        return parse_qs(parts.query).get("v", [""])[0]
    found = _YOUTUBE_PATH.fullmatch(parts.path)
    return found[1] if found else ""


def _vimeo(parts: SplitResult) -> Embed | None:
    found = _VIMEO_PATH.fullmatch(parts.path)
    if parts.netloc not in ("vimeo.com", "www.vimeo.com", "player.vimeo.com") or not found:
        return None
    video, key = found.groups()  # videos that are not listed need their key
    return Embed(
        host="vimeo.com",
        url=f"https://player.vimeo.com/video/{video}?dnt=1" + (f"&h={key}" if key else ""),
        link=f"https://vimeo.com/{video}" + (f"/{key}" if key else ""),
    )


def _peertube(parts: SplitResult) -> Embed | None:
    found = _PEERTUBE_PATH.fullmatch(parts.path)
    if not found:
        return None
    return Embed(
        host=parts.netloc,
        url=f"https://{parts.netloc}/videos/embed/{found[1]}",
        link=f"https://{parts.netloc}/w/{found[1]}",
    )


_PLAYERS: list[Callable[[SplitResult], Embed | None]] = [_youtube, _vimeo, _peertube]
