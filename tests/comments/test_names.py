"""Which names may be signed with, and which would be taken for another's."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.comments.names import MAX_LENGTH, clean_name, resembles, skeleton
from community.comments.words import INVISIBLE, BadText


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        pytest.param("Anna", "Anna", id="plain"),
        pytest.param("  Anna   Maria\t Lind \n", "Anna Maria Lind", id="blanks are collapsed"),
        pytest.param("Anna\u00a0Lind\u3000X", "Anna Lind X", id="wide blanks too"),
        pytest.param("Ａｎｎａ", "Anna", id="wide letters"),
        pytest.param("Jose\u0301", "José", id="composed"),
        pytest.param("An\u200bna\ufeff", "Anna", id="invisible characters go"),
        pytest.param("Anna\u200f", "Anna", id="direction marks go"),
        pytest.param("An\U000e0041na", "Anna", id="tags go"),
        pytest.param("An\x01na", "Anna", id="control characters go"),
        pytest.param("ﾊﾝﾅ", "ハンナ", id="half-width kana"),
        pytest.param("محمد", "محمد", id="right to left"),
        pytest.param("राम", "राम", id="Devanagari"),
        pytest.param("🦊", "🦊", id="an emoji"),
        pytest.param("D'Arcy O’Neil-Smith jr.", "D'Arcy O’Neil-Smith jr.", id="punctuation"),
        pytest.param("x" * 50, "x" * 50, id="as long as allowed"),
        pytest.param("x" + "\u0325" * 30, "x" + "\u0325" * 5, id="towers of marks are cut"),
    ],
)
def test_a_name_is_cleaned(raw: str, name: str) -> None:
    assert clean_name(raw) == name


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param("", "enter a name", id="nothing"),
        pytest.param(" \t\n", "enter a name", id="blanks"),
        pytest.param("\u200b\u3164\u2800", "enter a name", id="invisible"),
        pytest.param("\u0301", "enter a name", id="a mark without a letter"),
        pytest.param("x" * 51, "shorter name: 50", id="too long"),
        pytest.param("\ufdfa" * 3, "shorter name: 50", id="too long once unfolded"),
        pytest.param("Anna\nBcc: x", "one line", id="line feed"),
        pytest.param("Anna\r\nBcc: x", "one line", id="carriage return"),
        pytest.param("Anna\x0bx", "one line", id="vertical tab"),
        pytest.param("Anna\x0cx", "one line", id="form feed"),
        pytest.param("Anna\x1cx", "one line", id="file separator"),
        pytest.param("Anna\x1dx", "one line", id="group separator"),
        pytest.param("Anna\x1ex", "one line", id="record separator"),
        pytest.param("Anna\x85x", "one line", id="next line"),
        pytest.param("Anna\u2028x", "one line", id="line separator"),
        pytest.param("Anna\u2029x", "one line", id="paragraph separator"),
        pytest.param("\u202eannA", "turns text around", id="override"),
        pytest.param("Anna\u2066x", "turns text around", id="isolate"),
        pytest.param("Anna\0", "cannot be stored", id="NUL"),
        pytest.param("Anna\ud800", "cannot be stored", id="half a surrogate pair"),
    ],
)
def test_a_name_is_refused_with_a_sentence(raw: str, sentence: str) -> None:
    with pytest.raises(BadText) as caught:
        clean_name(raw)
    assert sentence in caught.value.sentence


@given(st.text() | st.text(max_size=60).map("Anna{}".format))
def test_any_name_is_clean_for_good_or_refused(raw: str) -> None:
    try:
        name = clean_name(raw)
    except BadText:
        return
    assert clean_name(name) == name
    assert 1 <= len(name) <= MAX_LENGTH
    assert len(name.splitlines()) == 1
    assert not any(ord(char) in INVISIBLE for char in name)
    assert unicodedata.is_normalized("NFKC", name)


SAME = [
    pytest.param("Anna Lind", "anna lind", id="case"),
    pytest.param("Anna Lind", "AnnaLind", id="blanks"),
    pytest.param("Anna Lind", "Anna-Lind.", id="punctuation"),
    pytest.param("Anna", "Anna ✅", id="a badge"),
    pytest.param("Anna", "★ Anna ★", id="stars"),
    pytest.param("Anna", "An\u200bna", id="a hidden blank"),
    pytest.param("Anna", "Аnnа", id="Cyrillic letters"),
    pytest.param("Bob", "ВОВ", id="Cyrillic capitals"),
    pytest.param("Bob", "вов", id="small Cyrillic letters whose capitals are alike"),
    pytest.param("Nikos", "Νikos", id="a Greek capital"),
    pytest.param("Marie", "ᴍᴀʀɪᴇ", id="small capitals"),
    pytest.param("Marie", "Ⓜⓐⓡⓘⓔ", id="circled letters"),
    pytest.param("Marie", "𝓜𝓪𝓻𝓲𝓮", id="script letters"),
    pytest.param("Anna", "🅰nna", id="squared letters"),
    pytest.param("Ivan", "lvan", id="l for I"),
    pytest.param("Will", "Wi11", id="1 for l"),
    pytest.param("Will", "W|||", id="bars"),
    pytest.param("Moderator", "M0derat0r", id="zero for o"),
    pytest.param("Admin", "@dmin", id="at for a"),
    pytest.param("Boss", "Bo$$", id="dollars"),
    pytest.param("Tom", "Torn", id="rn for m"),
    pytest.param("Will", "VVill", id="vv for w"),
    pytest.param("José", "Jose", id="accents"),
    pytest.param("Ødegaard", "Odegaard", id="strokes"),
    pytest.param("Łukasz", "Lukasz", id="bars through letters"),
    pytest.param("Anna", "A\u0336n\u0336n\u0336a\u0336", id="struck through"),
    pytest.param("Groß", "GROSS", id="sharp s"),
    pytest.param("Ａｎｎａ", "Anna", id="wide letters"),
]
OTHER = [
    pytest.param("Anna", "Anne", id="another vowel"),
    pytest.param("Tim", "Tom", id="short names"),
    pytest.param("Anna Lind", "Anna", id="a first name alone"),
    pytest.param("Mark", "Marc", id="k and c"),
    pytest.param("Max 3", "Max 8", id="numbers"),
    pytest.param("Jan", "Jon", id="a and o"),
    pytest.param("Eva", "Ева Л", id="more than a look-alike"),
    pytest.param("一郎", "郎", id="a stroke that is a word"),
    pytest.param("राम", "रूम", id="Indic vowels"),
    pytest.param("かき", "がき", id="voiced kana"),
    pytest.param("佐藤", "佐籐", id="Han characters"),
    pytest.param("👍", "👎", id="emoji alone"),
    pytest.param("???", "!!!", id="punctuation alone"),
]


@pytest.mark.parametrize(("name", "other"), SAME)
def test_names_that_look_alike_have_one_skeleton(name: str, other: str) -> None:
    assert skeleton(name) == skeleton(other)
    assert resembles(other, ["Somebody", name])


@pytest.mark.parametrize(("name", "other"), OTHER)
def test_names_that_differ_are_told_apart(name: str, other: str) -> None:
    assert skeleton(name) != skeleton(other)
    assert not resembles(other, [name])


def test_greek_names_are_the_same_in_capitals() -> None:
    assert resembles("ΝΙΚΟΣ", ["Νίκος"])


def test_nobody_is_like_no_one() -> None:
    assert not resembles("Anna", [])


@given(st.text(min_size=1))
def test_a_name_resembles_itself_in_any_case(name: str) -> None:
    assert skeleton(name)
    assert resembles(name.upper(), [name])
