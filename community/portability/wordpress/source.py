"""The bytes of an export as text that an XML parser accepts, piece by piece."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from community.portability.wordpress.values import BrokenExport, ProblemKind, Problems

_PIECE = 64 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# UTF-16 without a mark: the "<" of the first line gives it away.
_UTF16 = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")
_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})""")
# Only encodings of text: Python also calls "zip" and "unicode_escape" encodings.
_TEXT_ENCODINGS = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp125\d|koi8-[ru]|shift_jis|euc_(jp|kr)|gb2312|gbk|gb18030|big5"
)
# Forbidden by XML 1.0, section 2.2; real exports have them from texts pasted out of word
# processors, where \x0b and \x0c end a line and \x1f is a soft hyphen.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# How Python's "surrogateescape" marks a byte that is no text.
_BAD_BYTES = re.compile("[\ud800-\udfff]")


def pieces_of(file: BinaryIO, problems: Problems) -> Iterator[str]:
    """The file's text in pieces of at most 64 KiB, free of what XML forbids.

    Raises BrokenExport for what is visibly no XML: empty, an archive, a web page, a picture.
    """
    head = file.read(_PIECE)
    _refuse_other_files(head)
    encoding = _encoding_of(head, problems)
    decode = codecs.getincrementaldecoder(encoding)(_on_error(encoding)).decode
    piece = head
    while piece:
        yield _cleaned(decode(piece), problems)
        piece = file.read(_PIECE)
    yield _cleaned(decode(b"", final=True), problems)


def how_to_export() -> str:
    """The sentence that leads to a file which can be read."""
    return _("WordPress makes the right file under Tools → Export → “All content”.")


def _refuse_other_files(head: bytes) -> None:
    start = head[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        raise BrokenExport(_("The file is empty.") + " " + how_to_export())
    if head.startswith(_ARCHIVES):
        raise BrokenExport(_("This is an archive. Unpack it and take the .xml file inside."))
    if start.startswith((b"<!doctype html", b"<html")):
        raise BrokenExport(_("This is a web page, not an export.") + " " + how_to_export())
    if not _may_be_xml(head, start):
        raise BrokenExport(_("This is not an XML file.") + " " + how_to_export())


def _may_be_xml(head: bytes, start: bytes) -> bool:
    marked = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return marked or start.startswith((b"<", b"\0<"))


def _encoding_of(head: bytes, problems: Problems) -> str:
    for mark, encoding in (*_BOMS, *_UTF16):
        if head.startswith(mark):
            return encoding
    declared = _declared(head)
    if declared != "utf-8" and (declared.startswith("utf-16") or _is_really_utf8(head)):
        problems.note(ProblemKind.WRONG_ENCODING, declared)
        return "utf-8"
    return declared


def _declared(head: bytes) -> str:
    match = _DECLARATION.match(head)
    name = match[1].decode("ascii") if match else "utf-8"
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    if known.startswith("utf-16") or _TEXT_ENCODINGS.fullmatch(known):
        return known
    raise BrokenExport(
        _("The file says its encoding is “%(name)s”, which Parley does not know.") % {"name": name},
        line=1,
    )


def _is_really_utf8(head: bytes) -> bool:
    """Whether it has letters beyond ASCII that make sense in UTF-8, which is no accident."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not head.isascii()


def _on_error(encoding: str) -> str:
    # UTF-16 cannot carry the marks that let us count.
    return "replace" if encoding.startswith("utf-16") else "surrogateescape"


def _cleaned(text: str, problems: Problems) -> str:
    text, bad = _BAD_BYTES.subn("\ufffd", text)
    if bad:
        problems.note(ProblemKind.BAD_BYTE, count=bad)
    text, forbidden = _FORBIDDEN.subn(_stand_in, text)
    if forbidden:
        problems.note(ProblemKind.CONTROL_CHARACTER, count=forbidden)
    return text


def _stand_in(match: re.Match[str]) -> str:
    return " " if match[0] in "\x0b\x0c" else ""
