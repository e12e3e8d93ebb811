"""Whoever reads Parley in another language reads all of it."""

import ast
import gettext
import os
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tests.servers import NotInstalled, find_gettext, lacking

LOCALE = Path(settings.BASE_DIR) / "locale"
# English holds only what we say otherwise than the libraries do.
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
# %(name)s and {name}: what is filled in must be there in every language.
PLACES = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
ROOMS = ("community", "moderation")
# The functions by which the code translates.
ASKING = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
# What Jinja2 translates; Django's tool sees it only at the beginning of an expression.
SAID = re.compile(r'_\(\s*"((?:[^"\\]|\\.)*)"')


@pytest.fixture(params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> polib.POFile:
    """The words of one language."""
    return polib.pofile(str(LOCALE / request.param / "LC_MESSAGES" / "django.po"))


def said_in(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    """Every translation of an entry beside what it translates, singular and plural together."""
    if not entry.msgid_plural:
        yield entry.msgid, entry.msgstr
    for words in entry.msgstr_plural.values():
        yield f"{entry.msgid}{entry.msgid_plural}", words


def test_every_sentence_is_translated_and_none_is_a_guess(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_every_plural_form_of_the_language_is_there(catalogue: polib.POFile) -> None:
    rule = catalogue.metadata["Plural-Forms"]
    wanted = int(re.findall(r"nplurals=(\d)", rule)[0])
    plurals = [entry for entry in catalogue if entry.msgid_plural]
    assert [entry.msgid for entry in plurals if len(entry.msgstr_plural) != wanted] == []


def test_what_is_filled_in_has_its_place_in_every_language(catalogue: polib.POFile) -> None:
    wrong = [
        (original, words)
        for entry in catalogue
        for original, words in said_in(entry)
        if not may_stand_for(words, original, is_plural=bool(entry.msgid_plural))
    ]
    assert wrong == []


def may_stand_for(words: str, original: str, *, is_plural: bool) -> bool:
    """Whether a translation fills in what the original does; a plural may spell its number out."""
    here, there = set(PLACES.findall(words)), set(PLACES.findall(original))
    return here <= there if is_plural else here == there


def test_edges_of_sentences_stay_as_they_are(catalogue: polib.POFile) -> None:
    wrong = [
        (entry.msgid, words)
        for entry in catalogue
        for _original, words in said_in(entry)
        if edges_of(entry.msgid) != edges_of(words)
    ]
    assert wrong == []


def edges_of(words: str) -> tuple[str, str]:
    """The white space before and after."""
    inner = words.strip(string.whitespace)
    return words[: words.find(inner)], words[words.find(inner) + len(inner) :]


def test_no_sentence_of_the_code_is_missing(tmp_path: Path) -> None:
    wanted = gathered(tmp_path)
    for language in LANGUAGES:
        known = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
        assert wanted == {key_of(entry) for entry in known}, f"{language}: make messages gathers"


def test_whatever_a_part_says_is_gathered() -> None:
    known = {entry.msgid for entry in polib.pofile(str(LOCALE / "de/LC_MESSAGES/django.po"))}
    parts = (LOCALE.parent / "templates/jinja2").rglob("*.html")
    said = {words for part in parts for words in SAID.findall(part.read_text())}
    assert said - {entry.replace('"', '\\"') for entry in known} == set()


def test_whatever_the_code_says_is_gathered() -> None:
    """Within an f-string gettext’s tool sees nothing, and Python translates in vain."""
    known = {entry.msgid for entry in polib.pofile(str(LOCALE / "de/LC_MESSAGES/django.po"))}
    files = [path for room in ROOMS for path in (LOCALE.parent / room).rglob("*.py")]
    said = {words for path in files for words in spoken_in(path.read_text())}
    assert len(said) > 500
    assert said - known == set()


def spoken_in(source: str) -> Iterator[str]:
    """The sentences that a module asks to translate, wherever they stand."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            if node.func.id in ASKING and isinstance(first, ast.Constant):
                yield str(first.value)


def gathered(folder: Path) -> set[tuple[str, str]]:
    """What translators would be given if they asked now."""
    try:
        find_gettext()
    except NotInstalled as missing:
        lacking(str(missing))
    for name in ("community", "moderation", "templates"):
        shutil.copytree(LOCALE.parent / name, folder / name)
    (folder / "locale").mkdir()
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale=de", "--no-location"],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
    )
    return {key_of(e) for e in polib.pofile(str(folder / "locale/de/LC_MESSAGES/django.po"))}


def key_of(entry: polib.POEntry) -> tuple[str, str]:
    """What makes an entry itself."""
    return entry.msgid, entry.msgid_plural or ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_was_written(language: str) -> None:
    folder = LOCALE / language / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in polib.pofile(str(folder / "django.po")):
        said = entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr
        key = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
        known = compiled._catalog.get((key, 0)) or compiled._catalog.get(key)
        assert known == said, f"{entry.msgid!r}: make messages compiles it"
