"""From Markdown or imported HTML to what a page may show."""

import pytest

from community.articles.models import TextFormat
from community.articles.rendering import Part, has_embeds, parts_of, render

VIDEO = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
PLACE = f'<figure data-embed="{VIDEO}"></figure>'


def rendered(text: str) -> str:
    """Markdown as HTML in one line."""
    return render(text, TextFormat.MARKDOWN).replace("\n", "")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("# Ebb", "<h2>Ebb</h2>", id="the page has its first heading already"),
        pytest.param("### Ebb", "<h3>Ebb</h3>", id="lower headings stay"),
        pytest.param("###### Ebb", "<h4>Ebb</h4>", id="very low headings rise"),
        pytest.param(
            "|a|b|\n|-|-|\n|1|2|",
            '<div class="scroll" tabindex="0"><table><thead><tr><th>a</th><th>b</th></tr></thead>'
            "<tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>",
            id="tables scroll",
        ),
        pytest.param(
            "![A gull](https://example.org/gull.png)",
            '<p><a href="https://example.org/gull.png">A gull</a></p>',
            id="a picture of another site becomes a link",
        ),
        pytest.param("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>", id="HTML is text"),
        pytest.param(
            "[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>", id="no script address"
        ),
        pytest.param(
            "Text\n[picture 2]\nmore",
            '<p>Text</p><figure data-picture="2"></figure><p>more</p>',
            id="a line for a picture ends a paragraph",
        ),
        pytest.param(
            "See [picture 2].", "<p>See [picture 2].</p>", id="a picture named in a sentence"
        ),
        pytest.param("    [picture 2]", "<pre><code>[picture 2]</code></pre>", id="in code"),
        pytest.param(VIDEO, PLACE, id="a line with a video alone"),
        pytest.param(
            f"Look: {VIDEO}",
            f'<p>Look: <a href="{VIDEO}">{VIDEO}</a></p>',
            id="a video in a sentence stays a link",
        ),
        pytest.param(
            "https://example.org/film",
            '<p><a href="https://example.org/film">https://example.org/film</a></p>',
            id="a line with another address",
        ),
    ],
)
def test_markdown_becomes(text: str, html: str) -> None:
    assert rendered(text) == html


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        pytest.param(
            f'<p><a href="{VIDEO}" data-embed="">{VIDEO}</a></p>', PLACE, id="a known video"
        ),
        pytest.param(
            f'<p><a data-embed href="{VIDEO}">{VIDEO}</a></p>', PLACE, id="in another order"
        ),
        pytest.param(
            '<p><a href="https://ted.com/x" data-embed="">https://ted.com/x</a></p>',
            '<p><a href="https://ted.com/x">https://ted.com/x</a></p>',
            id="a player we do not know stays a link",
        ),
        pytest.param("<script>alert(1)</script><p>x</p>", "<p>x</p>", id="a script"),
        pytest.param('<p onclick="x" style="y" hx-get="/">x</p>', "<p>x</p>", id="attributes"),
        pytest.param('<iframe src="https://x.example"></iframe>', "", id="a frame"),
        pytest.param('<img src="https://x.example/a.png">', "", id="a picture elsewhere"),
        pytest.param('<a href="javascript:alert(1)">x</a>', "<a>x</a>", id="a script address"),
    ],
)
def test_imported_html_becomes(html: str, clean: str) -> None:
    assert render(html, TextFormat.HTML) == clean


def test_places_are_found_between_the_text() -> None:
    html = render(f"One\n\n[picture 12]\n\n{VIDEO}&x=1\n\nTwo", TextFormat.MARKDOWN)

    assert {Part(picture=12), Part(embed=f"{VIDEO}&x=1")} <= set(parts_of(html))
    assert has_embeds(html)


def test_the_words_around_places_are_all_there() -> None:
    html = render(f"One\n\n{VIDEO}\n\nTwo", TextFormat.MARKDOWN)

    assert "".join(part.html for part in parts_of(html)).split() == ["<p>One</p>", "<p>Two</p>"]


def test_a_forged_place_holds_no_player() -> None:
    html = render('<figure data-embed="https://evil.example/"></figure>', TextFormat.HTML)

    assert not has_embeds(html)
