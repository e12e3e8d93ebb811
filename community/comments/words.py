"""What people type: made safe to store, compared with what was said before, shortened."""

import hashlib
import re
import unicodedata
from itertools import chain

from django.utils.formats import number_format
from django.utils.translation import gettext as _

MAX_LENGTH = 10_000
# Half of SHA-256, 128 bits: no two texts will share it by chance.
FINGERPRINT_LENGTH = 32
# What may stand on one letter: Hebrew with vowels and chant marks needs five, towers need more.
MARKS_PER_LETTER = 5

# PostgreSQL stores no NUL, UTF-8 no half of a surrogate pair.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# Characters that turn the direction of the text after them (UAX #9), also across its end.
BIDI_CONTROLS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_TAGS = range(0xE0000, 0xE0080)
# Neither HTML nor the XML of feeds has a place for these; tab and line feed stay.
_CONTROLS = (*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF)
_STRIPPED_FROM_BODIES = dict.fromkeys(chain(BIDI_CONTROLS, _TAGS, _CONTROLS))

# Unicode's default ignorables, and the signs that are drawn as nothing.
INVISIBLE: dict[int, None] = dict.fromkeys(
    chain(
        _CONTROLS,
        BIDI_CONTROLS,
        (0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
        range(0x180B, 0x1810),
        range(0x200B, 0x200E),
        range(0x2060, 0x2070),
        range(0xFE00, 0xFE10),
        range(0xFFF0, 0xFFFC),
        range(0x1BCA0, 0x1BCA4),
        range(0x1D173, 0x1D17B),
        range(0xE0000, 0xE1000),
    )
)

# Behind it are the ten thousands of East Asia, and what is rare.
_END_OF_ALPHABETS = 0x3000

_JOINERS = frozenset("\u200b\u200c\u200d\u2060")


class BadText(ValueError):
    """Text that cannot be taken as it is; `sentence` tells its writer what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def normalise(raw: str) -> str:
    """A comment's body as it is stored: NFC, line feeds, nothing that bends other text.

    Raises BadText if nothing visible is left, if it is longer than MAX_LENGTH characters
    afterwards, or if no database could hold it.
    """
    check_storable(raw)
    # Whole books are not worth the work; ten times leaves room for whatever is stripped.
    _check_length(raw, MAX_LENGTH * 10)
    text = _compose(_unify_breaks(raw).translate(_STRIPPED_FROM_BODIES)).strip()
    if not shows_anything(text):
        raise BadText(_("Please write something first."))
    _check_length(text, MAX_LENGTH)
    return text


def check_storable(raw: str) -> None:
    """Raise BadText for characters that neither database nor page can hold."""
    if _UNSTORABLE.search(raw):
        raise BadText(
            _("This holds a damaged character that cannot be stored. Please type it anew.")
        )


def shows_anything(text: str) -> bool:
    """Whether a reader would see anything but blank space."""
    return bool(text.translate(INVISIBLE).strip())


def cap_marks(text: str) -> str:
    """Leave at most MARKS_PER_LETTER combining marks on each letter."""
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        if unicodedata.category(char) in {"Mn", "Me"}:
            marks += 1
        elif char not in _JOINERS:  # a joiner does not begin a new letter
            marks = 0
        if marks <= MARKS_PER_LETTER:
            kept.append(char)
    return "".join(kept)


def fingerprint(text: str) -> str:
    """A hash that stays the same when only case, blanks, punctuation or letter forms change."""
    return digest(core(text))


def core(text: str) -> str:
    """What two texts have in common that differ in no more than that."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.translate(_SAID) or folded.strip()


def digest(core: str) -> str:
    """The hash of a core."""
    return hashlib.sha256(core.encode()).hexdigest()[:FINGERPRINT_LENGTH]


def excerpt(text: str, limit: int) -> str:
    """The beginning of a text on one line, at most `limit` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    end = _letter_start(line, limit - 1)
    blank = line.rfind(" ", end // 2, end + 1)
    return line[: blank if blank > 0 else end].rstrip() + "…"


def _unify_breaks(raw: str) -> str:
    return re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", raw)


def _compose(text: str) -> str:
    # Capped before, as sorting a long run of marks takes quadratic time; and after, as
    # some characters fall apart into several marks.
    return cap_marks(unicodedata.normalize("NFC", cap_marks(text)))


def _check_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise BadText(
            _("This is %(length)s characters long; %(limit)s are the most. Please shorten it.")
            % {
                "length": number_format(len(text), force_grouping=True),
                "limit": number_format(MAX_LENGTH, force_grouping=True),
            }
        )


class _Said(dict[int, int | None]):
    """For `str.translate`: what says something stays; what is found of alphabets is remembered."""

    def __missing__(self, code: int) -> int | None:
        category = unicodedata.category(chr(code))
        says = (category[0] in "LNM" or category == "So") and code not in INVISIBLE
        kept = code if says else None
        if code < _END_OF_ALPHABETS:
            self[code] = kept
        return kept


_SAID = _Said()


def _letter_start(line: str, position: int) -> int:
    """The last place up to `position` where a letter begins, marks and joiners being part of it."""
    while position > 0 and (_continues(line[position]) or line[position - 1] == "\u200d"):
        position -= 1
    return position


def _continues(char: str) -> bool:
    return char == "\u200d" or unicodedata.category(char)[0] == "M"
