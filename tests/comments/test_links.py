"""What counts as a link, and whose it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.comments.links import canonical, find, foreign, host_of, looks_alike, shown


def hosts_in(text: str) -> list[str]:
    return [link.host for link in find(text)]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        pytest.param("see http://example.com/a", ["example.com"], id="with a scheme"),
        pytest.param("HTTPS://EXAMPLE.COM", ["example.com"], id="in capitals"),
        pytest.param("see example.com.", ["example.com"], id="a bare domain"),
        pytest.param("(example.com)", ["example.com"], id="in brackets"),
        pytest.param("„example.com“", ["example.com"], id="in quotes"),
        pytest.param("www.example.sh", ["www.example.sh"], id="www makes it plain"),
        pytest.param("cheap-pills.xyz", ["cheap-pills.xyz"], id="a newer ending"),
        pytest.param("try spam.today/now", ["spam.today"], id="a word for ending, with a path"),
        pytest.param("bit.ly/3xYz", ["bit.ly"], id="a shortener"),
        pytest.param("t.co/abc youtu.be/x", ["t.co", "youtu.be"], id="two shorteners"),
        pytest.param("Bit.Ly/abc", ["bit.ly"], id="a capital shortener with a path"),
        pytest.param("http://127.0.0.1/x", ["127.0.0.1"], id="an IP address"),
        pytest.param("10.0.0.1:8080", ["10.0.0.1"], id="a bare IP address with a port"),
        pytest.param("10.0.0.1/admin", ["10.0.0.1"], id="a bare IP address with a path"),
        pytest.param("http://localhost", ["localhost"], id="a host without dots"),
        pytest.param("ftp://example.com", ["example.com"], id="another scheme"),
        pytest.param("//example.com/x", ["example.com"], id="without a scheme"),
        pytest.param("http://u:p@example.com", ["example.com"], id="with a user name"),
        pytest.param("write to me@example.com", ["example.com"], id="an e-mail address"),
        pytest.param("mailto:me@example.com", ["example.com"], id="mailto"),
        pytest.param("[me@example.com]", ["example.com"], id="an e-mail address in brackets"),
        pytest.param("„me@example.com“", ["example.com"], id="an e-mail address in quotes"),
        pytest.param("联系me@example.com", ["example.com"], id="an e-mail address after Chinese"),
        pytest.param("пример.рф", ["xn--e1afmkfd.xn--p1ai"], id="another script"),
        pytest.param("münchen.de", ["xn--mnchen-3ya.de"], id="umlauts"),
        pytest.param("аррӏе.com", ["xn--80ak6aa92e.com"], id="look-alike letters"),
        pytest.param("hxxp://example.com", ["example.com"], id="hxxp"),
        pytest.param("h**ps://example.com", ["example.com"], id="starred out"),
        pytest.param("https[:]//example.com", ["example.com"], id="a bracketed colon"),
        pytest.param("example[.]com", ["example.com"], id="a bracketed dot"),
        pytest.param("example (dot) com", ["example.com"], id="a spelled dot"),
        pytest.param("me [at] example {dot} org", ["example.org"], id="a spelled address"),
        pytest.param("ｅｘａｍｐｌｅ．ｃｏｍ", ["example.com"], id="wide letters"),
        pytest.param("example。com", ["example.com"], id="an ideographic full stop"),
        pytest.param("example․com", ["example.com"], id="a one dot leader"),
        pytest.param("𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐜𝐨𝐦", ["example.com"], id="mathematical letters"),
        pytest.param("exam\u200bple.com", ["example.com"], id="a hidden blank"),
        pytest.param("exam\u00adple.com", ["example.com"], id="a soft hyphen"),
        pytest.param("look.there/http://example.com", ["example.com"], id="behind a slash"),
        pytest.param("http://a⁄b.example.com", [""], id="a host no browser can read"),
        pytest.param("a.com b.com a.com", ["a.com", "b.com"], id="each address once"),
    ],
)
def test_a_link_is_seen(text: str, hosts: list[str]) -> None:
    assert hosts_in(text) == hosts


@pytest.mark.parametrize(
    "text",
    [
        "e.g.this",
        "i.e.it",
        "z.B.das",
        "file.txt",
        "notes.md",
        "main.py:12",
        "run.sh",
        "node.js",
        "Vue.js/React",
        "ASP.NET",
        "3.5",
        "1.2.3",
        "version 1.2.3.4",
        "$4.99",
        "12.30",
        "at 10.am",
        "a.m.",
        "U.S.A.",
        "Ph.D.",
        "etc.and",
        "the end.It was late",
        "home.So I went",
        "wait...so what",
        "wait…so what",
        "user.name",
        "obj.method()",
        "console.log",
        "either/or",
        "and//or",
        "@someone",
        "me@home",
        "3 @ 4.50",
        "C:\\docs\\x",
        "10:30",
        "これは。そうです",
        "the dot (dot) and",
        "the dot com years",
        "a [.] b",
        "Mr.Smith",
        "great.fun",
        "later.today we",
        "#1.",
        "http://",
        "https is safe",
        "",
    ],
)
def test_ordinary_words_are_no_links(text: str) -> None:
    assert hosts_in(text) == []


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        pytest.param("http://example.com", False, id="with a scheme"),
        pytest.param("example.com", True, id="a bare domain"),
        pytest.param("example[.]com", True, id="a disguised domain"),
    ],
)
def test_bare_domains_are_told_apart(text: str, bare: bool) -> None:
    (link,) = find(text)
    assert link.bare is bare


def test_real_links_come_first_and_keep_their_words() -> None:
    found = find("my page, and b.com", [("http://a.com/x", "my page")])
    assert [(link.url, link.text, link.bare) for link in found] == [
        ("http://a.com/x", "my page", False),
        ("http://b.com", "b.com", True),
    ]


def test_a_host_that_a_real_link_leads_to_is_not_counted_again() -> None:
    assert len(find("a.com", [("http://a.com", "a.com")])) == 1


def test_a_link_shown_without_its_scheme_is_bare() -> None:
    (link,) = find("", [("http://a.com", "a.com")])
    assert link.bare


OWN = ["https://example.com/blog/", "forum.example.com:8443", "münchen.example", "[::1]:8000"]


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://example.com", True),
        ("http://example.com/", True),
        ("https://example.com/other/page?x=1#y", True),
        ("https://example.com?x", True),
        ("https://example.com#x", True),
        ("https://EXAMPLE.com", True),
        ("HTTPS://EXAMPLE.COM/", True),
        ("https://example.com.", True),
        ("https://example.com.:443/", True),
        ("https://example.com:443", True),
        ("https://example.com:8080/", True),
        ("https://example.com:/", True),
        ("https://me@example.com/", True),
        ("https://me:pass@example.com/", True),
        ("https://attacker.com@example.com/", True),
        ("https:\\\\example.com\\x", True),
        ("https:example.com", True),
        ("https:///example.com", True),
        ("//example.com/x", True),
        ("https://ex%61mple.com", True),
        ("https://ｅｘａｍｐｌｅ.com", True),
        ("https://example。com", True),
        ("https://exam\tple.com", True),
        ("https://exa\u00admple.com", True),
        ("example.com", True),
        ("example.com/x", True),
        ("https://forum.example.com", True),
        ("https://münchen.example", True),
        ("https://MÜNCHEN.example", True),
        ("https://xn--mnchen-3ya.example", True),
        ("https://XN--MNCHEN-3YA.example", True),
        ("http://[::1]/", True),
        ("http://[0:0:0:0:0:0:0:1]:8000/", True),
        ("https://attacker-example.com", False),
        ("https://attackerexample.com", False),
        ("https://example.com.attacker.com", False),
        ("https://example.com-attacker.com", False),
        ("https://example.community", False),
        ("https://example.co", False),
        ("https://www.example.com", False),
        ("https://sub.forum.example.com", False),
        ("https://example.com@attacker.com", False),
        ("https://example.com:pass@attacker.com/", False),
        ("https://example.com%2f@attacker.com", False),
        ("https://example.com%00.attacker.com", False),
        ("https://attacker.com/example.com", False),
        ("https://attacker.com?example.com", False),
        ("https://attacker.com#@example.com", False),
        ("https://attacker.com\\@example.com", False),
        ("https:\\\\attacker.com/@example.com", False),
        ("//attacker.com/@example.com", False),
        ("https://еxample.com", False),
        ("https://exаmple.com", False),
        ("https://munchen.example", False),
        ("https://example..com", False),
        ("https://.example.com", False),
        ("https://example.com..", False),
        ("https://example⁄com", False),
        ("http://[::2]/", False),
        ("http://[::1/", False),
        ("javascript:alert('example.com')", False),
        ("mailto:me@example.com", False),
        ("https://", False),
        ("", False),
    ],
)
def test_only_whole_hosts_are_the_sites_own(url: str, is_own: bool) -> None:
    found = find("", [(url, "words")])
    assert foreign(found, OWN) == (() if is_own else found)


def test_an_unreadable_own_host_makes_nothing_own() -> None:
    found = find("http://a⁄b.example.com")
    assert foreign(found, ["", "http://", "a⁄b"]) == found


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        pytest.param("HTTP://Example.COM/A", "http://example.com/A", id="only the host is folded"),
        pytest.param("https://a.com:8000/", "https://a.com:8000/", id="ports stay"),
        pytest.param("https://a.com.", "https://a.com", id="the root's dot goes"),
        pytest.param("https://a.com/ü b", "https://a.com/%C3%BC%20b", id="paths are encoded"),
        pytest.param("https://a.com/%C3%BC", "https://a.com/%C3%BC", id="only once"),
        pytest.param("https://a.com/\\x", "https://a.com/%5Cx", id="backslashes too"),
        pytest.param("https://MÜNCHEN.de", "https://xn--mnchen-3ya.de", id="hosts become ASCII"),
        pytest.param("https://faß.de", "https://xn--fa-hia.de", id="as browsers do"),
        pytest.param("http://i❤.ws", "http://xn--i-7iq.ws", id="emoji hosts"),
        pytest.param("http://[::0001]/", "http://[::1]/", id="IPv6"),
        pytest.param("mailto:Me@Example.com", "mailto:Me@example.com", id="mail"),
        pytest.param("http://u@a.com", "", id="no user names"),
        pytest.param("http://", "", id="no host"),
        pytest.param("http:///a.com", "", id="no host before the slash"),
        pytest.param("//a.com", "", id="no scheme"),
        pytest.param("/a", "", id="no host at all"),
        pytest.param("ftp://a.com", "", id="no other scheme"),
        pytest.param("httpſ://a.com", "", id="no letter that only folds to s"),
        pytest.param("http://a⁄b.com", "", id="no slash-like sign in a host"),
        pytest.param("http://a b.com", "", id="no blank in a host"),
        pytest.param(" http://a.com", "", id="no blank before"),
        pytest.param("htt\tp://a.com", "", id="no tab within"),
        pytest.param("http://a..com", "", id="no empty label"),
        pytest.param("http://[::1", "", id="no open bracket"),
        pytest.param("http://[x::1]", "", id="no nonsense in brackets"),
        pytest.param("http://" + "a." * 200 + "com", "", id="no endless host"),
        pytest.param("mailto:a@b.com?cc=d@e.f", "", id="no headers in mail"),
        pytest.param("mailto:a", "", id="no mail without a host"),
    ],
)
def test_addresses_have_one_spelling_or_are_refused(url: str, spelling: str) -> None:
    assert canonical(url) == spelling


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("https://MÜNCHEN.de/Ü", "https://xn--mnchen-3ya.de/Ü", id="ASCII host"),
        pytest.param("mailto:a@münchen.de", "mailto:a@xn--mnchen-3ya.de", id="mail"),
        pytest.param("http://a⁄b.com", "http://a⁄b.com", id="unreadable"),
        pytest.param("javascript:x", "javascript:x", id="no address"),
    ],
)
def test_readers_see_the_host_in_ascii(url: str, words: str) -> None:
    assert shown(url) == words


@given(st.text() | st.text().map("http://{}".format) | st.text().map("mailto:{}".format))
def test_a_spelling_is_final_and_ascii(url: str) -> None:
    spelling = canonical(url)
    assert canonical(spelling) == spelling
    assert spelling.isascii()
    assert bool(spelling) <= bool(host_of(spelling))


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    assert all(link.host.isascii() for link in find(text))


@pytest.mark.parametrize(
    ("host", "suspicious"),
    [
        ("example.com", False),
        ("goog1e.com", False),
        ("münchen.de", False),
        ("xn--mnchen-3ya.de", False),
        ("例え.jp", False),
        ("東京タワー.jp", False),
        ("日本まつり.jp", False),
        ("한국日本.kr", False),
        ("yahoo日本.jp", False),
        ("пример.рф", False),
        ("пример.com", False),
        ("сора.рф", False),
        ("ελλάδα.gr", False),
        ("аррӏе.com", True),
        ("xn--80ak6aa92e.com", True),
        ("www.аррӏе.com", True),
        ("pаypal.com", True),
        ("раураӏ.com", True),
        ("gοοgle.com", True),
        ("xn--ggle-0nda.com", True),
        ("xn--a\u0430.com", True),
        ("xn--.com", False),
        ("xn--99999999.com", False),
        ("", False),
    ],
)
def test_look_alikes_are_noticed(host: str, suspicious: bool) -> None:
    assert looks_alike(host) is suspicious
