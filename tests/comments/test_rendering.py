"""What Markdown becomes, and what it must never become."""

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from itertools import product
from time import process_time
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.comments import links, names, words
from community.comments.rendering import TAGS, clean, render
from community.comments.words import BadText

HREF = re.compile('<a href="([^"]*)"')
REL = 'rel="ugc nofollow noopener noreferrer"'


def rendered(source: str) -> str:
    return render(source).html.strip()


@pytest.mark.parametrize(
    ("source", "html"),
    [
        pytest.param("Hello *you*", "<p>Hello <em>you</em></p>", id="emphasis"),
        pytest.param("**so** ~~not~~", "<p><strong>so</strong> <s>not</s></p>", id="strike"),
        pytest.param("one\ntwo", "<p>one<br>\ntwo</p>", id="a line break is kept"),
        pytest.param("# no", "<p># no</p>", id="no headings"),
        pytest.param("no\n---", "<p>no</p>\n<hr>", id="no underlined headings"),
        pytest.param("`a<b`", "<p><code>a&lt;b</code></p>", id="code"),
        pytest.param("```py\nx\n```", "<pre><code>x\n</code></pre>", id="fences lose their class"),
        pytest.param("> so", "<blockquote>\n<p>so</p>\n</blockquote>", id="quotes"),
        pytest.param("7. x", '<ol start="7">\n<li>x</li>\n</ol>', id="lists keep their start"),
        pytest.param("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>", id="HTML is text"),
        pytest.param("<!-- x -->", "<p>&lt;!-- x --&gt;</p>", id="HTML comments are text"),
        pytest.param("[a]: b.c\n\n[a]", "<p>[a]: b.c</p>\n<p>[a]</p>", id="definitions are text"),
        pytest.param("![a cat](http://a.com/b.png)", "<p>a cat</p>", id="pictures are their words"),
        pytest.param(
            "![](http://a.com/b.png)",
            "<p>http://a.com/b.png</p>",
            id="pictures without words are their address",
        ),
    ],
)
def test_markdown_becomes_html(source: str, html: str) -> None:
    assert rendered(source) == html


@pytest.mark.parametrize(
    ("source", "href", "shown"),
    [
        pytest.param("[x](http://a.com)", "http://a.com", "x", id="a link"),
        pytest.param("https://a.com/b", "https://a.com/b", "https://a.com/b", id="an address"),
        pytest.param("a.com", "http://a.com", "a.com", id="a bare domain"),
        pytest.param("<https://a.com>", "https://a.com", "https://a.com", id="in brackets"),
        pytest.param("a@b.com", "mailto:a@b.com", "a@b.com", id="an e-mail address"),
        pytest.param("[](http://a.com)", "http://a.com", "http://a.com", id="an empty label"),
        pytest.param(
            "[\u200b](http://a.com)", "http://a.com", "\u200bhttp://a.com", id="an invisible label"
        ),
        pytest.param(
            "[![cat](http://a.com/c)](http://b.com)", "http://b.com", "cat", id="around a picture"
        ),
        pytest.param(
            "https://xn--80ak6aa92e.com",
            "https://xn--80ak6aa92e.com",
            "https://xn--80ak6aa92e.com",
            id="punycode is not decoded",
        ),
        pytest.param(
            "https://аррӏе.com/x",
            "https://xn--80ak6aa92e.com/x",
            "https://xn--80ak6aa92e.com/x",
            id="a look-alike is shown in ASCII",
        ),
        pytest.param(
            "https://a.org/Käse%20x",
            "https://a.org/K%C3%A4se%20x",
            "https://a.org/Käse%20x",
            id="a path is shown as written",
        ),
    ],
)
def test_links_lead_where_they_say(source: str, href: str, shown: str) -> None:
    assert rendered(source) == f'<p><a href="{href}" {REL}>{shown}</a></p>'


@pytest.mark.parametrize(
    "source",
    [
        "[x](/logout)",
        "[x](//a)",
        "[x](logout)",
        "[x](#top)",
        "[x]()",
        "[x](javascript:alert(1))",
        "![x]()",
        "[x](ftp://a)",
        "[x](data:text/html,x)",
        "[x](http://u:p@a)",
        "[x](http://u@a)",
        "[x](http:a)",
        "[x](http:///a)",
        "[x](http://a⁄b.c)",
        "[x](httpſ://a)",
        "[x](mailto:a@b.c?bcc=d@e.f)",
        "![x](/a.png)",
    ],
)
def test_other_links_stay_as_they_were_typed(source: str) -> None:
    assert not re.search('href="(?!mailto:[ad]@)', rendered(source))
    assert render(source).text == source


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("*a* `b`\nc", "a b\nc", id="marks are gone, breaks stay"),
        pytest.param("a\n\n- b\n- c", "a\n\nb\n\nc", id="blocks stand apart"),
        pytest.param("```\nx\ny\n```", "x\ny", id="code is read"),
        pytest.param("[a](http://b.com)", "a", id="only the label of a link"),
        pytest.param("![a *cat*](http://b.com)", "a cat", id="the words of a picture"),
        pytest.param("&lt;b&gt;", "<b>", id="entities are characters"),
    ],
)
def test_the_text_is_what_a_reader_reads(source: str, text: str) -> None:
    assert render(source).text == text


@pytest.mark.parametrize(
    ("source", "hosts"),
    [
        pytest.param("nothing here", [], id="none"),
        pytest.param("[x](http://a.com)", ["a.com"], id="a link"),
        pytest.param("![x](http://a.com/b.png)", ["a.com"], id="a picture"),
        pytest.param("[x](ftp://a.com)", ["a.com"], id="a refused link"),
        pytest.param("`http://a.com`", ["a.com"], id="in code"),
        pytest.param("```\na.com\n```", ["a.com"], id="in a fence"),
        pytest.param("[a.com](http://b.com)", ["b.com", "a.com"], id="a label that lies"),
        pytest.param("a.com a.com [a.com](http://a.com)", ["a.com"], id="each address once"),
        pytest.param("http://a.com/1 http://a.com/2", ["a.com", "a.com"], id="two addresses"),
        pytest.param("a[.]com", ["a.com"], id="in disguise"),
        pytest.param("[<http://a.com>](http://b.com)", ["b.com", "a.com"], id="a link in a link"),
        pytest.param("[x]()", [], id="a link to nowhere"),
        pytest.param("**so**me.com", ["me.com", "some.com"], id="split by marks"),
    ],
)
def test_links_are_found_in_what_is_shown(source: str, hosts: list[str]) -> None:
    assert [link.host for link in render(source).links] == hosts


# --- hostile input ---

SCRIPTS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java&#10;script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6a&#x61vascript:alert(1)",
    "\x01javascript:alert(1)",
    "\u2028javascript:alert(1)",
    "%6aavascript:alert(1)",
    "javascript\\:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "blob:http://a.com/1",
    "file:///etc/passwd",
    "feed:javascript:alert(1)",
    "http:javascript:alert(1)",
    "htt\tp://a.com",
    "http://a.com\tonclick=alert(1)",
    'http://a.com/"onclick="alert(1)',
    "http://a.com/'onclick='alert(1)",
    "http://a.com/<script>alert(1)</script>",
    "http://a.com/`onclick=alert(1)",
    "//a.com",
    "\\\\a.com",
    "/\\a.com",
    "http:\\\\a.com",
    "http://a.com@b.com",
    "http://a.com\\@b.com",
    "http://[::1]/",
    "http://[::1",
    "mailto:a@b.com?body=<script>",
    'mailto:"<script>"@b.com',
]
PLACES = [
    "{}",
    "<{}>",
    "[x]({})",
    "[x](<{}>)",
    "[x]( {} 'title')",
    '[x]({} "onclick=alert(1)")',
    "![x]({})",
    "![]({})",
    "[![x]({0})]({0})",
    "[x]: {}\n\n[x]",
    '<a href="{}">x</a>',
    "`{}`",
]
ELEMENTS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//a.com>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<form action=//a.com><input name=x><button>x</form>",
    "<a href=javascript:alert(1) onclick=alert(1)>x</a>",
    "<p style='position:fixed' class=x id=y onmouseover=alert(1)>x</p>",
    "<base href=//a.com>",
    "<meta http-equiv=refresh content='0;url=//a.com'>",
    "<link rel=stylesheet href=//a.com>",
    "<textarea></textarea><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<template><script>alert(1)</script></template>",
    "<<script>alert(1)//<</script>",
    "<a\u2028href=javascript:alert(1)>",
    "<a\x0chref=javascript:alert(1)>",
    "<img/src=x/onerror=alert(1)//",
    "<ol start='1' onclick=alert(1)><li value=3>x",
    "</p></div></body></html>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
WRAPPINGS = ["{}", "> {}", "- {}", "**{}**", "~~{}~~", "[{}](http://a.com)", "```{}\n{}\n```"]
HOSTILE = [
    *(place.format(script) for place, script in product(PLACES, SCRIPTS)),
    *(wrapping.replace("{}", element) for wrapping, element in product(WRAPPINGS, ELEMENTS)),
]


class Inspector(HTMLParser):
    """Collects whatever a comment's HTML must not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.breaches: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {"a": {"href", "rel"}, "ol": {"start"}}.get(tag, set())
        self.breaches += [tag] if tag not in TAGS else []
        self.breaches += [name for name, _ in attrs if name not in allowed]
        self.breaches += [url for name, url in attrs if name == "href" and not is_safe(url or "")]

    def handle_comment(self, data: str) -> None:
        self.breaches.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def is_safe(url: str) -> bool:
    """As browsers parse it: an absolute address of the three schemes, without user name."""
    parts = urlsplit(url)
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    return (
        url.isascii()
        and not re.search(r"[\s\\\x00-\x1f]", url)
        and (is_web or re.fullmatch(r"mailto:[^@?]+@[a-z0-9.-]+", url) is not None)
    )


def breaches_in(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.breaches


def test_the_hostile_set_is_large() -> None:
    assert len(set(HOSTILE)) >= 500


@pytest.mark.parametrize(
    "html", ["<b>", "<a onclick=x>", "<a href=/x>", "<a href='http://a@b'>", "<!--x-->"]
)
def test_the_inspector_sees_breaches(html: str) -> None:
    assert breaches_in(html)


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_markdown_leaves_nothing_outside_the_allowlist(source: str) -> None:
    html = render(words.normalise(source)).html
    assert breaches_in(html) == []
    assert clean(html) == html


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_html_is_cleaned_for_good(source: str) -> None:
    html = clean(source)
    assert breaches_in(html) == []
    assert clean(html) == html


# --- patterns on which parsers are known to explode ---

EXPLOSIVE: dict[str, Callable[[int], str]] = {
    "open brackets": lambda n: "[" * n,
    "brackets": lambda n: "[" * (n // 2) + "]" * (n // 2),
    "closing brackets": lambda n: "]" * n,
    "empty links": lambda n: "[](" * (n // 3),
    "nested links": lambda n: "[a](" * (n // 4),
    "links in links": lambda n: "[" * (n // 4) + "a" + "](b)" * (n // 5),
    "pictures in pictures": lambda n: "![" * (n // 2),
    "nested pictures": lambda n: "![" * (n // 16) + "a" + "](http://a.com)" * (n // 16),
    "stars": lambda n: "*" * n,
    "spaced stars": lambda n: "* a " * (n // 4),
    "star words": lambda n: "*a **a " * (n // 7),
    "closing stars": lambda n: "a* " * (n // 3),
    "underlines": lambda n: "_a __a " * (n // 7),
    "mixed marks": lambda n: "*_~~a" * (n // 5),
    "strikes": lambda n: "~~a " * (n // 4),
    "backticks": lambda n: "`" * n,
    "growing backticks": lambda n: " ".join("`" * i for i in range(1, int((2 * n) ** 0.5))),
    "quotes": lambda n: ">" * n,
    "quoted lines": lambda n: "> " * (n // 4) + "a\n" * (n // 4),
    "lists": lambda n: "- " * (n // 2),
    "deep lists": lambda n: "".join(" " * i + "- a\n" for i in range(int((2 * n) ** 0.5))),
    "numbers": lambda n: "1. " * (n // 3),
    "fences": lambda n: "```\n" * (n // 4),
    "rules": lambda n: "---\n" * (n // 4),
    "open tags": lambda n: "<" * n,
    "autolinks": lambda n: "<http:" * (n // 6),
    "unclosed autolink": lambda n: "<a:" + "b" * (n - 3),
    "HTML": lambda n: "<a b='" * (n // 6),
    "HTML comments": lambda n: "<!--" * (n // 4),
    "entities": lambda n: "&#x" * (n // 3),
    "ampersands": lambda n: "&" * n,
    "backslashes": lambda n: "\\" * n,
    "blanks": lambda n: "a" + " " * (n - 2) + "b",
    "line ends": lambda n: "a" + " \n" * (n // 2 - 1) + "b",
    "carriage returns": lambda n: "a\r" * (n // 2),
    "definitions": lambda n: "[a]: b\n" * (n // 7),
    "tables": lambda n: "|a" * (n // 2) + "\n" + "|-" * (n // 2),
    "domains": lambda n: "a.com " * (n // 6),
    "dots": lambda n: "a." * (n // 2),
    "one long host": lambda n: "aa." * (n // 3) + "_",
    "words with paths": lambda n: "a.this/" * (n // 7),
    "swallowed links": lambda n: "a.this/http://" * (n // 14),
    "addresses": lambda n: "a@" * (n // 2),
    "e-mail addresses": lambda n: "a@b.com" * (n // 7),
    "mailto": lambda n: "mailto:" * (n // 7),
    "schemes": lambda n: "http://" * (n // 7),
    "user names": lambda n: "http://a:" * (n // 9),
    "slashes": lambda n: "/" * n,
    "paths of brackets": lambda n: "http://a.com/" + "(" * (n - 13),
    "dots in brackets": lambda n: "a [ . " * (n // 6),
    "defused schemes": lambda n: "hxxp://" * (n // 7),
    "marks": lambda n: "\u0301\u0316" * (n // 2),
    "joined marks": lambda n: "a" + "\u0301\u200d" * (n // 2),
    "ligatures": lambda n: "\ufdfa" * n,
    "foreign hosts": lambda n: "[x](http://" + "ä." * (n // 2 - 6) + ")",
    "emoji hosts": lambda n: "[x](http://" + "❤" * (n - 12) + ")",
    "joiners": lambda n: "a" + "\u200d" * (n - 1),
}


def read_everything(source: str) -> None:
    """Send a text through every function of this room."""
    try:
        body = words.normalise(source)
    except BadText:
        body = source[: words.MAX_LENGTH]
    render(body)
    clean(body)
    words.fingerprint(body)
    words.excerpt(body, len(body) // 2 + 1)
    links.looks_alike(links.host_of(body))
    names.skeleton(body)


@pytest.mark.parametrize("pattern", EXPLOSIVE.values(), ids=EXPLOSIVE.keys())
def test_no_text_keeps_the_machine_busy(pattern: Callable[[int], str]) -> None:
    started = process_time()
    read_everything(pattern(words.MAX_LENGTH))
    # At most 0.4 s where this was written. An explosion takes minutes.
    assert process_time() - started < 5


PIECES = [
    *"[]()!<>*_`\\.- \t\nxé\u200b",
    *["](", "[](", "![", "~~", "\n\n", "> ", "- ", "&#x3c;", "javascript:"],
    *["a.com", "a@b.com", "http://a.com", "http://b.com", "https://ä.de"],
    *["<http://c.com>", "<d@e.com>", "[x](http://f.com)", "](http://g.com)"],
]
MARKDOWN = st.text() | st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(deadline=None, max_examples=300)
@given(MARKDOWN)
def test_any_markdown_is_rendered_safely_or_refused(raw: str) -> None:
    try:
        found = render(words.normalise(raw))
    except BadText:
        return
    assert breaches_in(found.html) == []
    assert clean(found.html) == found.html
    assert "></a>" not in found.html
    assert found.html.count("<a ") == len(HREF.findall(found.html))
    assert {unescape(url) for url in HREF.findall(found.html)} <= {link.url for link in found.links}
