"""Bodies made safe to store, told apart and shortened."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.comments.words import (
    FINGERPRINT_LENGTH,
    MAX_LENGTH,
    BadText,
    excerpt,
    fingerprint,
    normalise,
)


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        pytest.param("Hello", "Hello", id="plain"),
        pytest.param(" \n Hello \n\n", "Hello", id="blanks around it go"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends are line feeds"),
        pytest.param("a\x85b\u2028c\u2029d", "a\nb\nc\nd", id="rare line ends too"),
        pytest.param("a\tb", "a\tb", id="tabs stay"),
        pytest.param("a\x01\x0b\x0c\x7f\ufffeb", "ab", id="control characters go"),
        pytest.param("a\u202eb\u2066c\u2069\u200f", "abc", id="bidi controls go"),
        pytest.param("a\U000e0041\U000e007fb", "ab", id="tags go"),
        pytest.param("👩\u200d🚀 ❤\ufe0f", "👩\u200d🚀 ❤\ufe0f", id="emoji stay whole"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="Persian keeps its joiners"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("ﬁ ½ ｘ", "ﬁ ½ ｘ", id="but not replaced"),
        pytest.param("x" + "\u0325" * 50 + "b", "x" + "\u0325" * 5 + "b", id="towers are cut"),
        pytest.param("x" + "\u0325\u200d" * 9, "x" + "\u0325\u200d" * 5, id="joined ones too"),
        pytest.param("שָׁ֑לוֹם", unicodedata.normalize("NFC", "שָׁ֑לוֹם"), id="Hebrew stays whole"),
        pytest.param("x" * MAX_LENGTH, "x" * MAX_LENGTH, id="as long as allowed"),
        pytest.param("e\u0301" * MAX_LENGTH, "é" * MAX_LENGTH, id="length counts after composing"),
        pytest.param("\r\n" * 20_000 + "x", "x", id="length counts after trimming"),
    ],
)
def test_a_body_is_made_safe_to_store(raw: str, body: str) -> None:
    assert normalise(raw) == body


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param("", "write something", id="nothing"),
        pytest.param(" \r\n\t\u3000", "write something", id="blanks"),
        pytest.param("\u200b\u2060\u3164", "write something", id="invisible"),
        pytest.param("\u202e\u202c", "write something", id="nothing but controls"),
        pytest.param("x" * (MAX_LENGTH + 1), "10001 characters", id="too long"),
        pytest.param("\u0958" * 6_000, "12000 characters", id="too long once taken apart"),
        pytest.param("[" * 100_000, "100000 characters", id="a hundred thousand brackets"),
        pytest.param(" " * 100_001, "100001 characters", id="a book of blanks"),
        pytest.param("a\0b", "cannot be stored", id="NUL"),
        pytest.param("a\ud83d", "cannot be stored", id="half a surrogate pair"),
        pytest.param("\ude00\ud83d", "cannot be stored", id="halves the wrong way round"),
    ],
)
def test_a_body_is_refused_with_a_sentence(raw: str, sentence: str) -> None:
    with pytest.raises(BadText) as caught:
        normalise(raw)
    assert sentence in caught.value.sentence.replace(",", "")


MARKS = st.text(alphabet="ae\u0301\u0316\u0344\u0958\u09c7\u09be\u200d\u200b\u202e\r\n \ufb2c각")


@given(st.text() | MARKS | st.text(alphabet=st.characters(categories=["Mn", "Mc", "Me", "Cf"])))
def test_any_body_is_safe_for_good_or_refused(raw: str) -> None:
    try:
        body = normalise(raw)
    except BadText:
        return
    assert normalise(body) == body
    assert body == body.strip()
    assert unicodedata.is_normalized("NFC", body)
    body.encode()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("BUY CHEAP PILLS", id="case"),
        pytest.param("  buy\ncheap \t pills ", id="blanks"),
        pytest.param("buy... cheap, pills!!!", id="punctuation"),
        pytest.param("**buy** ~~cheap~~ `pills`", id="Markdown"),
        pytest.param("b.u.y c-h-e-a-p p_i_l_l_s", id="letters held apart"),
        pytest.param("ｂｕｙ 𝐜𝐡𝐞𝐚𝐩 pills", id="letter forms"),
        pytest.param("buy\u200b che\u00adap pills", id="hidden characters"),
    ],
)
def test_the_same_text_again_is_known(other: str) -> None:
    assert fingerprint(other) == fingerprint("Buy cheap pills")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("yes", "no", id="words"),
        pytest.param("page 1", "page 2", id="numbers"),
        pytest.param("👍", "👎", id="emoji"),
        pytest.param("???", "!!!", id="punctuation alone"),
        pytest.param("かき", "がき", id="marks that make another word"),
        pytest.param("https://a.com/1", "https://a.com/2", id="addresses"),
    ],
)
def test_other_texts_have_other_fingerprints(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


@given(st.text())
def test_a_fingerprint_fits_its_column(text: str) -> None:
    assert len(fingerprint(text)) == FINGERPRINT_LENGTH


@pytest.mark.parametrize(
    ("text", "limit", "beginning"),
    [
        pytest.param("short", 10, "short", id="short texts stay"),
        pytest.param("a\n\n  b", 10, "a b", id="on one line"),
        pytest.param("exactly ten", 11, "exactly ten", id="just fits"),
        pytest.param("one two three", 9, "one two…", id="cut between words"),
        pytest.param("one two three", 8, "one two…", id="just behind a word"),
        pytest.param("abcdefghij", 5, "abcd…", id="a long word is cut"),
        pytest.param("a bcdefghijkl", 9, "a bcdefg…", id="not back to the very start"),
        pytest.param("abce\u0323f", 5, "abc…", id="letters keep their marks"),
        pytest.param("ab👩\u200d🚀cd", 5, "ab…", id="emoji are not cut"),
        pytest.param("ab❤\ufe0fcd", 4, "ab…", id="nor their form"),
        pytest.param("", 5, "", id="nothing"),
    ],
)
def test_an_excerpt_is_the_beginning(text: str, limit: int, beginning: str) -> None:
    assert excerpt(text, limit) == beginning


@given(st.text(), st.integers(min_value=1, max_value=30))
def test_an_excerpt_is_never_longer(text: str, limit: int) -> None:
    assert len(excerpt(text, limit)) <= limit
