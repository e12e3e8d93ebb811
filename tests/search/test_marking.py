"""Words are marked where they stand, and nothing that was written becomes markup."""

import pytest

from community.search.marking import excerpt
from community.search.terms import terms_of


@pytest.mark.parametrize(
    ("question", "text", "shown"),
    [
        pytest.param("tide", "The Tide is late.", "The <mark>Tide</mark> is late.", id="capitals"),
        pytest.param("cafe", "A café.", "A <mark>café</mark>.", id="accents"),
        pytest.param("harbour", "Two harbours.", "Two <mark>harbours</mark>.", id="another ending"),
        pytest.param("car", "A care.", "A care.", id="but no other word"),
        pytest.param(
            "b", "<b>b</b> & 'c'", "&lt;b&gt;b&lt;/b&gt; &amp; &#x27;c&#x27;", id="escaped"
        ),
        pytest.param(
            "script",
            "<script>alert(1)</script>",
            "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;",
            id="markup that is looked for",
        ),
    ],
)
def test_words_are_marked(question: str, text: str, shown: str) -> None:
    assert excerpt(text, terms_of(question)) == shown


def test_a_long_text_is_cut_around_the_first_word() -> None:
    text = f"{'before ' * 100}tide {'after ' * 100}"

    shown = excerpt(text, terms_of("tide"))

    assert shown.startswith("… before")
    assert shown.endswith("after …")
    assert "<mark>tide</mark>" in shown
    assert len(shown) < 320


def test_too_short_words_are_no_question() -> None:
    assert terms_of("a & ?") == []
    assert terms_of('a "b c" it\'s ' + "word " * 9) == [("b", "c"), ("it", "s"), ("word",)]
    assert len(terms_of(" ".join(f"w{n}" for n in range(30)))) == 8
