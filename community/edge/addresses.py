"""Which page a request asks for: the same address for everybody who is to get the same bytes."""

from collections.abc import Container
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.urls import Resolver404, resolve

from community.consent.choices import Choice, choice_in, cookie_of
from community.consent.purposes import Purpose
from community.sites import languages
from community.sites.languages import wanted_by

Environ = dict[str, Any]

LONGEST = 2000
# Who has not chosen is asked, unless their browser refuses for them (Global Privacy Control).
ASKED, REFUSED_BY_BROWSER = "asked", "refused-by-browser"
NOBODY = "0" * 32


class Address(NamedTuple):
    """What tells one public page from another."""

    scheme: str
    host: str
    path: str
    query: str
    # What the visitor has said about cookies: the purposes they allow, or one of the words above.
    consent: str
    # The language this visitor has chosen; else, where the site follows browsers, what theirs asks.
    chosen: str = ""
    wanted: str = ""


def address_of(environ: Environ, followers: Container[str] = ()) -> Address | None:
    """The page a visitor without identity asks for; None for whatever only Django answers.

    `followers` are the hosts that answer in the language a browser asks for.
    """
    host, query = environ.get("HTTP_HOST"), environ.get("QUERY_STRING", "")
    path = environ.get("PATH_INFO", "")
    if not host or len(query) > LONGEST or len(path) > LONGEST or environ.get("SCRIPT_NAME"):
        return None
    known = known_query(path, query)
    if known is None:
        return None
    consent = consent_of(environ.get("HTTP_COOKIE", ""), environ.get("HTTP_SEC_GPC") == "1")
    if consent is None:
        return None
    host = host.lower()
    chosen = chosen_language(environ.get("HTTP_COOKIE", ""))
    asks = not chosen and host in followers
    wanted = wanted_by(environ.get("HTTP_ACCEPT_LANGUAGE", "")) if asks else ""
    return Address(scheme_of(environ), host, path, known, consent, chosen, wanted)


@lru_cache(maxsize=1024)
def known_query(path: str, query: str) -> str | None:
    """What a public page knows of a query, in one spelling; None if this is no public page."""
    if not (path.isascii() and query.isascii()):
        return None
    try:
        declared = getattr(resolve(path).func, "public", None)
    except Resolver404:
        return None
    if declared is None:
        return None
    given = dict(parse_qsl(query))
    if declared.strict and not given.keys() <= set(declared.parameters):
        return None
    return urlencode([(name, given[name]) for name in declared.parameters if name in given])


def consent_of(cookies: str, refused_by_browser: bool) -> str | None:
    """What these cookies say about cookies; None where one of them makes pages personal."""
    chosen: str | None = None
    if cookies:
        found = dict(_pair(part) for part in cookies.split(";"))
        if not found.keys().isdisjoint(settings.PERSONAL_COOKIES):
            return None
        chosen = _purposes(found.get(settings.CONSENT_COOKIE_NAME, ""))
    if chosen is None:
        return REFUSED_BY_BROWSER if refused_by_browser else ASKED
    return chosen


def chosen_language(cookies: str) -> str:
    """The language these cookies ask for; nothing where they do not."""
    if settings.LANGUAGE_COOKIE_NAME not in cookies:
        return ""
    found = dict(_pair(part) for part in cookies.split(";"))
    return languages.known(found.get(settings.LANGUAGE_COOKIE_NAME, ""))


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip(), value.strip().strip('"')


def _purposes(cookie: str) -> str | None:
    """The purposes a choice allows; None if there is no choice that counts."""
    choice = choice_in(cookie)
    return None if choice is None else "-".join(sorted(choice.purposes))


def scheme_of(environ: Environ) -> str:
    """http or https, as Django sees it: a proxy is believed where the settings say so."""
    trusted = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    if trusted and (said := environ.get(trusted[0])) is not None:
        return "https" if said.split(",")[0].strip() == trusted[1] else "http"
    return str(environ.get("wsgi.url_scheme", "http"))


def bare(environ: Environ, address: Address) -> Environ:
    """The request of nobody in particular for a page: nothing of the visitor's own is left."""
    kept = {name: value for name, value in environ.items() if name.startswith(("wsgi.", "SERVER_"))}
    asked = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": address.path,
        "QUERY_STRING": address.query,
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": address.host,
        "wsgi.url_scheme": address.scheme,
    }
    return kept | asked | _said_by(address)


def _said_by(address: Address) -> Environ:
    """The headers that stand for the scheme, the language, and what was said about cookies."""
    said: Environ = {"HTTP_ACCEPT_LANGUAGE": address.wanted} if address.wanted else {}
    if trusted := getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        said[trusted[0]] = address.scheme
    cookies = [f"{settings.LANGUAGE_COOKIE_NAME}={address.chosen}"] if address.chosen else []
    if address.consent == REFUSED_BY_BROWSER:
        said["HTTP_SEC_GPC"] = "1"
    elif address.consent != ASKED:
        purposes = frozenset(Purpose(name) for name in address.consent.split("-") if name)
        cookies.append(f"{settings.CONSENT_COOKIE_NAME}={cookie_of(Choice(NOBODY, purposes))}")
    return said | ({"HTTP_COOKIE": "; ".join(cookies)} if cookies else {})
