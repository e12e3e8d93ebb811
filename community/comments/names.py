"""The names people sign with: what may be one, and which ones a reader would confuse."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from confusable_homoglyphs.confusables import confusables_data
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.comments.words import INVISIBLE, BadText, cap_marks, check_storable

MAX_LENGTH = 50

_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")

# Latin pairs that the Unicode tables leave apart, or join only by way of “rn”.
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "@": "a", "$": "s"})
# “ᴀ”, “🅰” and “🇦” have no decomposition; their Unicode names say what they show.
_DRAWN_LETTER = re.compile("(?:SMALL CAPITAL|LATIN CAPITAL LETTER|SYMBOL LETTER) ([A-Z])$")
# Canonical class of marks that lie upon or around a letter. Lower ones, such as the
# Japanese voicing mark or Indic vowels, make it another letter.
_OVERLAY, _AROUND = 1, 200


def clean_name(raw: str) -> str:
    """A name as it is shown: NFKC, one line, single blanks, nothing invisible.

    Raises BadText for a name that is empty, longer than MAX_LENGTH characters, broken into
    lines, or written with characters that turn the direction of text.
    """
    check_storable(raw)
    stripped = raw.strip()
    _check_one_line(stripped)
    name = " ".join(_compose(stripped.translate(INVISIBLE)).split())
    if not any(unicodedata.category(char)[0] in "LNPS" for char in name):
        raise BadText(_("Please enter a name."))
    _check_length(name)
    return name


def skeleton(name: str) -> str:
    """What a hasty reader sees: equal for names that look alike, whatever their letters.

    Only for comparing; based on the confusables of UTS #39, and blind to case, accents,
    blanks, punctuation and emoji.
    """
    seen = "".join(_seen(char) for char in _drop_accents(name))
    folded = _drop_accents(seen).casefold().translate(_ALIKE)
    return folded.replace("rn", "m").replace("vv", "w") or name.casefold()


def resembles(name: str, others: Iterable[str]) -> bool:
    """Whether a reader could take this name for one of the others."""
    readings = _readings(name)
    return any(not readings.isdisjoint(_readings(other)) for other in others)


def twin(char: str) -> str:
    """The plainest character that looks like this one, Latin if there is one."""
    found = _twins().get(char, char)
    if found.isascii():
        return found
    return _twin_by_case(char) or _twin_by_name(char) or found


def _compose(text: str) -> str:
    # Twice, for the reasons given in `words`: slow sorting before, decomposition after.
    return cap_marks(unicodedata.normalize("NFKC", cap_marks(text)))


def _check_one_line(name: str) -> None:
    if _BREAKS.search(name):
        raise BadText(_("A name has to stay on one line."))
    if _TURNS.search(name):
        raise BadText(
            _("This name holds a hidden character that turns text around. Please type it anew.")
        )


def _check_length(name: str) -> None:
    if len(name) > MAX_LENGTH:
        sentence = ngettext(
            "Please choose a shorter name: %(limit)d character is the most.",
            "Please choose a shorter name: %(limit)d characters are the most.",
            MAX_LENGTH,
        )
        raise BadText(sentence % {"limit": MAX_LENGTH})


@lru_cache(maxsize=1024)  # names that are kept for their owners are compared with every other
def _readings(name: str) -> frozenset[str]:
    # Greek capital Nu looks like N, the small one like v: the same name in capitals
    # would otherwise have another skeleton.
    return frozenset({skeleton(name), skeleton(name.lower()), skeleton(name.upper())})


@lru_cache(maxsize=4096)
def _seen(char: str) -> str:
    if char in "@|$":
        return char
    if unicodedata.category(char)[0] in "PZC" or ord(char) in INVISIBLE:
        return ""
    shown = twin(char)
    return shown if unicodedata.category(shown[0])[0] in "LNM" else ""


def _drop_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not _is_accent(char))


def _is_accent(char: str) -> bool:
    place = unicodedata.combining(char)
    return place == _OVERLAY or place >= _AROUND


def _twin_by_case(char: str) -> str:
    """Cyrillic “в” looks like no Latin letter, but its capital does."""
    capital = _twins().get(char.upper(), "")
    return capital if capital.isascii() else ""


def _twin_by_name(char: str) -> str:
    drawn = _DRAWN_LETTER.search(unicodedata.name(char, ""))
    return drawn[1] if drawn else ""


@cache
def _twins() -> dict[str, str]:
    """Each confusable character with the plainest one of its kind."""
    kinds: dict[str, set[str]] = {}
    for char, entries in confusables_data.items():
        alike = {_bare(char), *(_bare(entry["c"]) for entry in entries)}
        merged = alike.union(*(kinds[member] for member in alike if member in kinds))
        kinds.update(dict.fromkeys(merged, merged))
    return {char: min(kind, key=_plainness) for char, kind in kinds.items() if len(char) == 1}


def _bare(char: str) -> str:
    return char.replace("\u200e", "")  # the table wraps what is written from right to left


def _plainness(char: str) -> tuple[bool, bool, int, str]:
    shown = _drop_accents(char)
    is_latin = shown.isascii() and shown.isalnum()
    return not is_latin, not shown.isalpha(), len(char), char
