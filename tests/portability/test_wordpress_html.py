"""WordPress's HTML becomes Markdown and clean HTML without losing or gaining a word."""

import re
import time
from collections.abc import Callable
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.articles.models import TextFormat
from community.articles.rendering import parts_of
from community.articles.rendering import render as render_article
from community.comments.rendering import render
from community.portability.wordpress.blocks import Picture
from community.portability.wordpress.html import article_html, comment_markdown, plain_text


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        pytest.param("one\ntwo\n\n\nthree", "one\\\ntwo\n\nthree", id="line ends are breaks"),
        pytest.param("one<br>\ntwo<br /><br />three", "one\\\ntwo\n\nthree", id="so is <br>"),
        pytest.param("<p>one</p>\n<p>two</p>", "one\n\ntwo", id="paragraphs"),
        pytest.param("<b>b</b> <em>e</em> <del>d</del>", "**b** *e* ~~d~~", id="emphasis"),
        pytest.param("a<b> b </b>c", "a **b** c", id="spaces leave the emphasis"),
        pytest.param("<b>one<i>two</i></b>", "**one*two***", id="emphasis within emphasis"),
        pytest.param('x<b>"q"</b>y', 'x"q"y', id="emphasis Markdown cannot write is left out"),
        pytest.param("<code>a`b</code>", "``a`b``", id="code"),
        pytest.param("<code>a = 1\nb = 2</code>", "```\na = 1\nb = 2\n```", id="code in lines"),
        pytest.param("<pre>a\n```\n  b</pre>", "````\na\n```\n  b\n````", id="a fence in code"),
        pytest.param(
            "<blockquote>said</blockquote>I say", "> said\n\nI say", id="quote and answer"
        ),
        pytest.param("<ul><li>a</li>\n<li>b</li></ul>", "- a\n- b", id="list"),
        pytest.param('<ol start="9"><li>a</li><li>b</li></ol>', "9. a\n10. b", id="from nine on"),
        pytest.param("<ol><li>a<li>b</ol>", "1. a\n2. b", id="numbered list, ends left out"),
        pytest.param(
            "<blockquote><ul><li>a\n\nb</li></ul></blockquote>", "> - a\n>\n>   b", id="nested"
        ),
        pytest.param(
            '<a href="https://e.org/x">words</a>', "[words](https://e.org/x)", id="a link"
        ),
        pytest.param(
            '<a href="https://e.org/(x)?a=1&amp;copy=2">a]b</a>',
            "[a\\]b](https://e.org/%28x%29?a=1\\&copy=2)",
            id="a link with signs",
        ),
        pytest.param("at https://e.org/a_b_c.", "at <https://e.org/a_b_c>.", id="an address"),
        pytest.param('<a href="javascript:x()">words</a>', "words", id="a link to a script"),
        pytest.param('<a href="/inside">words</a>', "words", id="a link to nowhere"),
        pytest.param('<a href="http://me:pw@e.org/">w</a>', "w", id="a link with a password"),
        pytest.param(
            '<a href="https://e.org/"><code>x]:</code></a>', "`x]:`", id="a link that would vanish"
        ),
        pytest.param("&lt;b&gt; &amp;amp; AT&T", "\\<b> \\&amp; AT&T", id="decoded once"),
        pytest.param(
            "1. *no* _list_ snake_case", "1\\. \\*no\\* \\_list\\_ snake_case", id="signs"
        ),
        pytest.param("# no\n- no\n> no\n===", "\\# no\\\n\\- no\\\n\\> no\\\n\\===", id="starts"),
        pytest.param("-- -", "\\-- -", id="no rule"),
        pytest.param('!<a href="https://e.org/">a</a>', "\\![a](https://e.org/)", id="no picture"),
        pytest.param("I <3 this", "I <3 this", id="a heart"),
        pytest.param("a<script>b()</script><style>c</style>d", "ad", id="scripts"),
        pytest.param("a<!-- b -->c", "ac", id="comments in HTML"),
        pytest.param('<img src="http://t.org/p.gif" alt="a cat">', "a cat", id="a picture"),
        pytest.param("<table><tr><td>a<td>b</table>", "a\n\nb", id="a table is its words"),
        pytest.param("<h1>Big</h1>words", "Big\n\nwords", id="a heading is its words"),
        pytest.param("</b></ul></p> words", "words", id="ends without starts"),
        pytest.param(" \n <p> </p> <b></b>", "", id="nothing"),
    ],
)
def test_a_comment_becomes_markdown(html: str, markdown: str) -> None:
    assert comment_markdown(html) == markdown


def letters(html: str) -> str:
    """What a reader sees, white space apart."""
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]*>", "", html)))


MARKDOWN_SIGNS = st.sampled_from(
    [
        *"*_`[]()<>&#-+~\\!|=.:'\"x9é",
        "1.",
        "~~",
        "``",
        "\n",
        "\n\n",
        " ",
        "    ",
        "&lt;",
        "http://a.b/c_d",
    ]
)
TAGS = st.sampled_from(
    [
        *("<b>", "</b>", "<i>", "</i>", "<del>", "</del>", "<code>", "</code>", "<pre>", "</pre>"),
        *("<blockquote>", "</blockquote>", "<ul>", "<ol>", "<li>", "</li>", "</ul>", "</ol>"),
        *('<a href="https://e.org/">', "</a>", "<p>", "</p>", "<br>"),
    ]
)


@given(st.lists(MARKDOWN_SIGNS, max_size=15).map("".join))
def test_words_stay_what_they_were_whatever_markdown_thinks_of_them(words: str) -> None:
    shown = render(comment_markdown(escape(words, quote=False))).html
    assert letters(shown) == re.sub(r"\s+", "", words)


@given(st.lists(TAGS | MARKDOWN_SIGNS.map(lambda words: escape(words, quote=False)), max_size=20))
def test_words_stay_what_they_were_among_any_tags(parts: list[str]) -> None:
    html = "".join(parts)
    shown = render(comment_markdown(html)).html
    assert letters(shown) == re.sub(r"\s+", "", plain_text(html))


YOUTUBE = "https://www.youtube.com/watch?v=abcdefgh123"
MARKER = f'<p><a href="{YOUTUBE}" data-embed="">{YOUTUBE}</a></p>'


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        pytest.param("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>", id="classic text"),
        pytest.param(
            "<!-- wp:paragraph -->\n<p>one\ntwo</p>\n<!-- /wp:paragraph -->\n\n"
            "<!-- wp:list --><ul><li>a</li></ul><!-- /wp:list -->",
            "<p>one two</p><ul><li>a</li></ul>",
            id="blocks",
        ),
        pytest.param("<h1>a</h1><h5>b</h5>", "<h2>a</h2><h4>b</h4>", id="headings fit the page"),
        pytest.param(
            '<ol start="3"><li>a</ol>', '<ol start="3"><li>a</li></ol>', id="from three on"
        ),
        pytest.param("a<!--more-->b", "<p>ab</p>", id="the fold disappears"),
        pytest.param("<pre>a\n  b &lt;</pre>", "<pre>a\n  b &lt;</pre>", id="code as it is"),
        pytest.param(
            "<table><tr><th>a<th><tr><td>1<td>2</table>",
            "<table><tbody><tr><th>a</th><th></th></tr><tr><td>1</td><td>2</td></tr></tbody></table>",
            id="a table keeps its empty cells",
        ),
        pytest.param(
            '<ul><li>a<ul><li>b</li></ul></li></ul><a href="/x">c</a>',
            '<ul><li>a<ul><li>b</li></ul></li></ul><p><a href="https://old.example/x">c</a></p>',
            id="links lead to the old site",
        ),
        pytest.param(
            '<figure><img src="https://p.example/a.jpg" alt="A cat"><figcaption>Tom</figcaption>'
            "</figure>",
            '<figure><p><a href="https://p.example/a.jpg">A cat</a></p>'
            "<figcaption>Tom</figcaption></figure>",
            id="a picture becomes a link",
        ),
        pytest.param(
            '[caption id="x" width="3"]<img src="https://p.example/b.jpg" alt=""> Tom[/caption]',
            '<figure><p><a href="https://p.example/b.jpg">b.jpg</a></p>'
            "<figcaption>Tom</figcaption></figure>",
            id="a captioned picture of old",
        ),
        pytest.param(
            '<a href="https://p.example/"><img src="https://p.example/a.jpg" alt="A cat"></a>',
            '<p><a href="https://p.example/">A cat</a></p>',
            id="a picture in a link",
        ),
        pytest.param(
            'Hi <img class="emoji" src="https://s.w.org/x.svg" alt="🙂">',
            "<p>Hi 🙂</p>",
            id="smile",
        ),
        pytest.param(
            '<p onclick="x" style="y">a<script>b</script><object>c</object></p>',
            "<p>a</p>",
            id="nothing active",
        ),
        pytest.param(
            "<!-- wp:embed --><figure class='wp-block-embed'><div>\n"
            f"{YOUTUBE}\n</div><figcaption>A film</figcaption></figure><!-- /wp:embed -->",
            f"{MARKER}<p>A film</p>",
            id="an embed block",
        ),
        pytest.param(f"a\n{YOUTUBE}\nb", f"<p>a</p>{MARKER}<p>b</p>", id="an address on a line"),
        pytest.param(f"see {YOUTUBE}", f"<p>see {YOUTUBE}</p>", id="an address among words"),
        pytest.param(
            '<ul><li>a <iframe src="//player.example/1?h=2"></iframe> b</li></ul>',
            '<ul><li>a</li></ul><p><a href="https://player.example/1?h=2" data-embed="">'
            "https://player.example/1?h=2</a></p><ul><li>b</li></ul>",
            id="a frame",
        ),
        pytest.param("<iframe src='javascript:x'></iframe>a", "<p>a</p>", id="a hostile frame"),
        pytest.param(f"[embed]{YOUTUBE}[/embed]", MARKER, id="an embed code of old"),
    ],
)
def test_an_article_becomes_clean_html(html: str, clean: str) -> None:
    assert article_html(html, base="https://old.example/post/").html == clean


def test_an_article_tells_what_it_embeds_and_shows() -> None:
    text = article_html(
        f'{YOUTUBE}\n\n<iframe src="https://player.vimeo.com/video/77"></iframe>{YOUTUBE}'
        '<img src="https://p.example/a.jpg" alt="A cat">'
    )
    assert text.embeds == (YOUTUBE, "https://player.vimeo.com/video/77")
    assert text.pictures == (Picture("https://p.example/a.jpg", "A cat"),)


ALLOWED = re.compile(
    r"</?(h[234]|p|br|hr|ul|ol|li|blockquote|pre|figure|figcaption|table|thead|tbody|tr|th|td"
    r"|strong|em|del|sub|sup|code|a)>|<a href=\"(https?://|mailto:)[^\"<>]*\"( data-embed=\"\")?>"
)


@given(st.text(alphabet="<>/\"'= aeimgscrpt!-:&;[]", max_size=200))
def test_no_article_asks_for_anything_from_anywhere(html: str) -> None:
    assert "<" not in ALLOWED.sub("", article_html(html).html)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("Fish &amp; <em>Chips</em>", "Fish & Chips"),
        ("  a\n b ", "a b"),
        ("1 < 2", "1 < 2"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_plain_text_is_the_words_in_one_line(html: str, words: str) -> None:
    assert plain_text(html) == words


@pytest.mark.parametrize("convert", [comment_markdown, article_html, plain_text])
@pytest.mark.parametrize(
    "pattern",
    [
        *("<blockquote>", "<b>", "<a href=x>", "<ul><li>", "<table>", "<td>", "<b><p>", "<br>"),
        *("<", "</", "<!--", "<!", "<a <a ", '<a b="', '<a b="">', "<pre>", "<script>"),
        *("&", "&#", "`", "**", "[", "_", "~", "\\", "a\n", "http://", "<code>`</code>"),
        *("[caption a]<img >", "[embed]http://"),
    ],
)
def test_no_pattern_makes_it_slow(convert: Callable[[str], object], pattern: str) -> None:
    html = pattern * (65_000 // len(pattern))  # what WordPress allows a comment
    started = time.process_time()
    convert(html)
    assert time.process_time() - started < 2


def test_what_was_embedded_gets_its_place_in_an_article() -> None:
    html = article_html(f"a\n{YOUTUBE}\nb").html
    embeds = [part.embed for part in parts_of(render_article(html, TextFormat.HTML))]
    assert embeds == ["", YOUTUBE, ""]
