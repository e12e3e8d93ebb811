"""Links: which ones a page may carry, and what in a text counts as one."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Protocol
from urllib.parse import unquote

import idna
import mdurl
from confusable_homoglyphs.categories import unique_aliases
from confusable_homoglyphs.confusables import is_dangerous
from linkify_it import LinkifyIt  # type: ignore[import-untyped]
from linkify_it.tlds import TLDS  # type: ignore[import-untyped]

from community.comments.names import skeleton


@dataclass(frozen=True)
class Link:
    """One address in a comment, as evidence for whoever decides about it."""

    host: str  # ASCII, lower case; empty where no browser could read one
    url: str
    text: str  # how it reads, disguises undone
    bare: bool  # written without a scheme, or in disguise


_WEB = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[^\s/?#\\@:\[\]]+)(?P<port>:\d{1,5})?"
    r"(?P<rest>[/?#].*)?",
    # ASCII: otherwise the long s would pass for the s of https.
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_MAIL = re.compile(
    r"mailto:(?P<box>[\w.!#$&'*+/=^{|}~-]+)@(?P<host>[^\s@/?#\\:]+)", re.IGNORECASE | re.ASCII
)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")

_LONGEST_HOST = 254  # with the root's dot; encoding longer ones would take quadratic time

# An address as browsers take it apart, which is more than the standards allow.
_LOOSE = re.compile(
    r"(?:mailto:[^@?]*@|(?:https?|ftp|wss?):[/\\]*|[/\\]{2,}|[a-z][a-z0-9+.-]*://)?"
    r"(?P<authority>[^/\\?#]*)",
    re.IGNORECASE | re.ASCII,
)
_AUTHORITY = re.compile(r"(?:.*@)?(?P<host>\[[^\]]*\]|[^:]*)(?::\d*)?", re.DOTALL)


def canonical(url: str) -> str:
    """The one spelling of an absolute web or mail address, or nothing if it may not be a link.

    Hosts are shown and kept in ASCII (RFC 5891), so that look-alikes look like what they are.
    Addresses with a user name, without a host, or with another scheme are refused.
    """
    if web := _WEB.fullmatch(url):
        host, rest = _ascii_host(web["host"]), mdurl.encode(web["rest"] or "")
        return host and f"{web['scheme'].lower()}://{host}{web['port'] or ''}{rest}"
    if mail := _MAIL.fullmatch(url):
        host = _ascii_host(mail["host"])
        return host and f"mailto:{mail['box']}@{host}"
    return ""


def shown(url: str) -> str:
    """An address for readers: as it was written, but for its host in ASCII."""
    found = _WEB.fullmatch(url) or _MAIL.fullmatch(url)
    host = found and _ascii_host(found["host"])
    if not found or not host:
        return url
    return url[: found.start("host")].lower() + host + url[found.end("host") :]


def host_of(url: str) -> str:
    """The host a browser would ask for this address, in ASCII and lower case; else nothing.

    Takes bare hosts too: “example.com”, “example.com:8000/page”.
    """
    # Browsers drop these wherever they stand (WHATWG URL, “basic URL parser”).
    pasted = re.sub("[\t\r\n]", "", url).strip("".join(map(chr, range(0x21))))
    parts = _LOOSE.match(pasted)
    authority = parts and _AUTHORITY.fullmatch(parts["authority"])
    return _ascii_host(unquote(authority["host"])) if authority else ""


def find(text: str, anchors: Iterable[tuple[str, str]] = ()) -> tuple[Link, ...]:
    """Every link of a rendered text, each address once.

    `anchors` are the real links, as (address, words shown). In the text itself, a host that
    none of them leads to counts as well: bare, in code, or in disguise (“example[.]com”).
    """
    links = {url: _anchor(url, words) for url, words in anchors}
    led_to = {link.host for link in links.values()}
    for hit in FINDER.match(_undisguise(text)):
        link = _link_in_text(hit)
        if link.host not in led_to:
            links.setdefault(link.url, link)
    return tuple(links.values())


def foreign(links: Iterable[Link], own_hosts: Iterable[str]) -> tuple[Link, ...]:
    """The links that lead elsewhere: hosts are compared whole, mail addresses always count.

    `own_hosts` may be hosts or addresses; a subdomain is a host of its own.
    """
    own = {host_of(host) for host in own_hosts} - {""}
    return tuple(link for link in links if link.host not in own or _is_mail(link.url))


def looks_alike(host: str) -> bool:
    """Whether a host is written so that readers may take it for another one.

    A sign, not a proof: letters of several scripts in one label, or a label in another
    script that reads as Latin under a Latin ending. “goog1e.com” is not noticed.
    """
    labels = [_shown_label(label) for label in host.lower().split(".") if label]
    return any(_label_looks_alike(label, ending=labels[-1]) for label in labels)


# --- hosts ---


def _ascii_host(host: str) -> str:
    """A host as it goes over the wire, or nothing if it is not one."""
    if host.startswith("["):
        return _ipv6_host(host[1:-1])
    if len(host) > _LONGEST_HOST:
        return ""
    spelled = host.lower() if host.isascii() else _encode_host(host)
    spelled = spelled.removesuffix(".")
    return spelled if _HOST.fullmatch(spelled) and len(spelled) <= _LONGEST_HOST else ""


def _ipv6_host(address: str) -> str:
    try:
        return f"[{IPv6Address(address).compressed}]"
    except ValueError:
        return ""


def _encode_host(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return _encode_as_browsers_do(host)


def _encode_as_browsers_do(host: str) -> str:
    """IDNA 2008 has no emoji, yet browsers open “i❤.ws”."""
    folded = unicodedata.normalize("NFKC", host.casefold()).replace("\ufe0f", "")
    if not all(map(_may_be_in_host, folded)):
        return ""
    return ".".join(_punycode(label) for label in folded.split("."))


def _may_be_in_host(char: str) -> bool:
    category = unicodedata.category(char)
    return char in ".-_" or category == "So" or category[0] in "LMN"


def _punycode(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode()


# --- links in running text ---


class _Hit(Protocol):
    """One match of linkify-it."""

    schema: str  # “http:”, “mailto:”, “//”, or empty for a bare host
    index: int
    last_index: int
    text: str
    url: str


class Finder:
    """linkify-it, less the words that only look like an address (“e.g.this”, “notes.md”).

    Renderer and rules ask the same finder: what readers can click is what counts.
    """

    def __init__(self) -> None:
        self._linkify = LinkifyIt(options={"fuzzy_ip": True})
        # Any word may end a host here, `_is_prose` knows which ones do: the list of all
        # endings would make the expression slow.
        self._linkify.tlds(["[a-z]{2,24}", "[\u00a1-\uffff]{2,24}"])

    def pretest(self, text: str) -> bool:
        """Whether a closer look is worth it."""
        return bool(self._linkify.pretest(text))

    # The renderer looks twice before it matches; matching itself is the true answer.
    test = pretest

    def match(self, text: str) -> list[_Hit]:
        """The links in running text, in their order."""
        hits = self._linkify.match(text) or ()
        return [link for hit in hits if (link := self._link_in(hit))]

    def match_at_start(self, text: str) -> _Hit | None:
        """The link with a scheme that the text begins with."""
        hit: _Hit | None = self._linkify.match_at_start(text)
        return hit

    def _link_in(self, hit: _Hit) -> _Hit | None:
        if not _is_prose(hit):
            return hit
        # “look.there/http://example.com”: the words before have swallowed the link.
        start = hit.text.find("http")
        link = self.match_at_start(hit.text[start:]) if start > 0 else None
        if link:
            link.index += hit.index + start
            link.last_index += hit.index + start
        return link


_ENDINGS = frozenset(ending.lower() for ending in TLDS)
# Endings that count without “www.” or a path, as country codes do. The others are words that
# turn up after a full stop without a blank (“fun”, “now”, “today”).
_PLAIN_ENDINGS = frozenset(
    {"app", "biz", "blog", "bond", "buzz", "casino", "click", "club", "com", "cyou", "dev"}
    | {"edu", "gov", "icu", "info", "loan", "lol", "mil", "mobi", "monster", "net", "ninja"}
    | {"online", "org", "porn", "pro", "quest", "sbs", "sex", "shop", "site", "space", "store"}
    | {"tech", "top", "vip", "website", "wiki", "xxx", "xyz"}
)
_FILE_ENDINGS = frozenset({"md", "ps", "py", "sh"})
_NAMES_OF_THINGS = frozenset({"ado.net", "asp.net", "vb.net"})
_PLACE = re.compile(
    r"(?:mailto:)?(?://)?(?:[^/?#]*@)?(?P<host>[^/?#:]+)(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)

FINDER = Finder()


def _is_prose(hit: _Hit) -> bool:
    """Whether a match without scheme is a full stop, a file or a number, and no address."""
    place = _PLACE.match(hit.text)
    if hit.schema not in {"", "//", "mailto:"} or not place:
        return False
    *names, ending = place["host"].split(".")
    if ending.isdecimal():  # an IP address, or a version
        return not place["rest"]
    if not _is_ending(ending):
        return True
    is_plainly_one = hit.schema == "mailto:" or "/" in place["rest"] or names[0].lower() == "www"
    return not is_plainly_one and _reads_as_words(names, ending)


def _is_ending(ending: str) -> bool:
    return ending.lower() in _ENDINGS or _ascii_host(ending) in _ENDINGS


def _reads_as_words(names: list[str], ending: str) -> bool:
    return (
        not _counts_alone(ending)
        or (len(ending) == 2 and ending.istitle())  # “at the end.It was late”
        or (len(names) > 1 and all(len(name) == 1 for name in names))  # “i.e.it”
        or (len(names) == 1 and len(names[0]) < 3 and names[0].isdecimal())  # “10.am”
        or ".".join([*names, ending]).lower() in _NAMES_OF_THINGS
    )


def _counts_alone(ending: str) -> bool:
    if ending.lower() in _FILE_ENDINGS:
        return False
    is_short = len(ending) == 2 if ending.isascii() else len(ending) < 4
    return is_short or ending.lower() in _PLAIN_ENDINGS


def _anchor(url: str, words: str) -> Link:
    is_bare = url in {canonical(f"http://{words}"), canonical(f"mailto:{words}")}
    return Link(host_of(url), url, words, bare=is_bare)


def _link_in_text(hit: _Hit) -> Link:
    url = canonical(hit.url) or hit.url
    return Link(host_of(url), url, hit.text, bare=hit.schema in {"", "//"})


def _is_mail(url: str) -> bool:
    return url.lower().startswith("mailto:")


# --- disguises ---

_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0f\ufeff]")
_IDEOGRAPHIC_DOT = re.compile("(?<=[a-zA-Z0-9])。(?=[a-zA-Z0-9])")
_BRACKETED_DOT = re.compile(
    r"(?<=\w)\s{0,3}[\[({<]\s{0,3}(?:\.|dot|punkt)\s{0,3}[\])}>]\s{0,3}(?=\w)", re.IGNORECASE
)
_BRACKETED_AT = re.compile(
    r"(?<=\w)\s{0,3}[\[({<]\s{0,3}(?:@|at)\s{0,3}[\])}>]\s{0,3}(?=\w)", re.IGNORECASE
)
# linkify-it sees an e-mail address only after a blank; this finds where one begins.
_MAIL_START = re.compile(r"(?<![\w.+$&=,;:/-])(?=[\w.+-]{1,64}@)", re.ASCII)
_DEFUSED_SCHEME = re.compile(r"\bh(?:xx|\*\*|tt)p(s?)\s?\[?:\]?\s?//", re.IGNORECASE)


def _undisguise(text: str) -> str:
    """The text with written tricks undone: “hxxp://”, “example[.]com”, “ｅｘａｍｐｌｅ。com”."""
    plain = _HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    plain = _IDEOGRAPHIC_DOT.sub(".", plain)
    plain = _BRACKETED_DOT.sub(".", plain)
    plain = _MAIL_START.sub(" ", _BRACKETED_AT.sub("@", plain))
    return _DEFUSED_SCHEME.sub(r"http\1://", plain)


# --- look-alikes ---

# Scripts that one word may mix (UTS #39, “highly restrictive”): Latin, Japanese, Korean,
# Chinese with Bopomofo.
_WRITTEN_TOGETHER = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "HANGUL"},
    {"LATIN", "HAN", "BOPOMOFO"},
)


def _shown_label(label: str) -> str:
    try:
        return label[4:].encode().decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def _label_looks_alike(label: str, ending: str) -> bool:
    scripts = unique_aliases(label) - {"COMMON", "INHERITED"}
    if any(scripts <= together for together in _WRITTEN_TOGETHER):
        return False
    if len(scripts) > 1:
        return bool(is_dangerous(label, preferred_aliases=["latin"]))
    return ending.isascii() and skeleton(label).isascii()
