"""What each page of the demo says of itself: its size, its time, third parties and cookies."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from community.edge.declarations import NOTES
from community.edge.encodings import compress

# Stands in the page where the sentence comes.
PLACE = b"<!--measured-->"
POLICY = "Content-Security-Policy"
# The directives of a policy that let a page load something.
LOADING = (
    "script-src",
    "style-src",
    "img-src",
    "font-src",
    "connect-src",
    "frame-src",
    "media-src",
)


@dataclass(frozen=True)
class Measure:
    """One number with its words; a script that measures better puts its own number there.

    The words fit any number, since the script knows the plural forms of no language.
    """

    name: str
    number: float
    words: str

    @property
    def text(self) -> str:
        """The number in its words."""
        places = 1 if self.name == "kilobytes" and self.number < 10 else 0
        return self.words.replace("#", number_format(self.number, places))


def tell(request: HttpRequest, response: HttpResponse, seconds: float, cookies: set[str]) -> None:
    """Put the sentence into a page that has a place for it."""
    if response.streaming or PLACE not in response.content:
        return
    milliseconds = max(1, round(seconds * 1000))
    strangers = len(third_parties(response.get(POLICY, "")))
    measures = [
        Measure("kilobytes", size_of(request, response) / 1000, _("# kB")),
        Measure("milliseconds", milliseconds, _("# ms")),
        Measure("strangers", strangers, _("third parties: #")),
        Measure("cookies", len(cookies | response.cookies.keys()), _("cookies: #")),
    ]
    sentence = render_to_string("demo/_measured.html", {"measures": measures}).strip()
    response.content = response.content.replace(PLACE, sentence.encode(), 1)
    if "Content-Length" in response:
        response["Content-Length"] = str(len(response.content))


def size_of(request: HttpRequest, response: HttpResponse) -> int:
    """How many bytes leave the server: the fast lane packs what is for everybody."""
    packed = NOTES in request.META
    return len(compress(response.content, "br") if packed else response.content)


def third_parties(policy: str) -> set[str]:
    """Whom else a page may load anything from, by its own policy."""
    directives = [part.split() for part in policy.split(";") if part.strip()]
    loading = [sources for name, *sources in directives if name in LOADING]
    return {source for sources in loading for source in sources if source.startswith("http")}
