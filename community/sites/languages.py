"""In which language a page is: as its visitor chose, as the site is written, or as browsers ask."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from community.sites.models import Site

# As long as a choice about cookies: whoever pressed the button does not want to press it each day.
KEPT_SECONDS = 365 * 24 * 3600


def language_for(request: HttpRequest, site: Site | None) -> str:
    """The language of the answer to a request."""
    if chosen := known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")):
        return chosen
    if site is not None and site.language:
        return site.language
    return wanted_by(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def follows_browser(request: HttpRequest, site: Site | None) -> bool:
    """Whether another browser would be answered in another language."""
    chosen = known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
    return not chosen and not (site is not None and site.language)


def known(code: str) -> str:
    """A language that Parley speaks; nothing for any other word."""
    return code if code in dict(settings.LANGUAGES) else ""


@lru_cache(maxsize=1024)
def wanted_by(header: str) -> str:
    """The first language a browser asks for that Parley speaks. RFC 9110, 12.5.4."""
    for code, _ in parse_accept_lang_header(header):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
