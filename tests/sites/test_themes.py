"""A publisher's colour can be read in the light and in the dark, whatever it is."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from community.sites import themes
from community.sites.models import Site
from community.sites.themes import Corners, Typeface, colour_of, contrast, style_of

COLOURS = ["#ffd400", "#8b1e3f", "#000000", "#ffffff", "#7b8581", "#00ff00", "#0000ff", "#ff69b4"]


def our_style() -> str:
    """The style sheet of every page."""
    found = finders.find("parley/parley.css")
    assert isinstance(found, str)
    return Path(found).read_text()


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        pytest.param("#000000", "#ffffff", 21.0, id="black on white"),
        pytest.param("#767676", "#ffffff", 4.54, id="the lightest grey that can be read on white"),
        pytest.param("#8b1e3f", "#8b1e3f", 1.0, id="itself"),
    ],
)
def test_contrast_is_counted_as_wcag_does(one: str, two: str, expected: float) -> None:
    assert contrast(one, two) == pytest.approx(expected, abs=0.01)
    assert contrast(two, one) == contrast(one, two)


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_becomes_one_that_can_be_read(colour: str) -> None:
    style = style_of(colour, Typeface.MIXED, Corners.SOFT)

    found = re.findall(r"--accent: (#\w+); --accent-soft: (#\w+); --on-accent: (#\w+)", style)
    for (accent, soft, on_accent), grounds in zip(found, (themes.LIGHT, themes.DARK), strict=True):
        for ground in (*grounds, soft, on_accent):
            assert contrast(accent, ground) >= 4.5, (accent, ground)


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert "--accent: #8b1e3f;" in style_of("#8b1e3f", Typeface.MIXED, Corners.SOFT)


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    grounds = re.findall(r"--paper: (#\w+);\s+--surface: (#\w+);", our_style())

    assert grounds[:2] == [themes.LIGHT, themes.DARK]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("#8B1E3F", "#8b1e3f", id="capitals"),
        pytest.param(" 8b1e3f ", "#8b1e3f", id="without the sign"),
        pytest.param("#abc", "#aabbcc", id="three digits"),
    ],
)
def test_a_colour_is_written_in_many_ways(given: str, expected: str) -> None:
    assert colour_of(given) == expected


@pytest.mark.parametrize("given", ["red", "#12345", "#8b1e3f; } body { display: none", "#٣٣٣"])
def test_what_is_no_colour_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        colour_of(given)


@pytest.mark.django_db
def test_pages_name_the_style_by_what_is_in_it_and_browsers_keep_it(
    site: Site, browser: Client
) -> None:
    assert "/theme.css" not in browser.get("/").content.decode()
    assert browser.get("/theme.css").content == b""

    site.accent, site.corners = "#8b1e3f", Corners.SQUARE
    site.save()
    [address] = re.findall(r'href="(/theme\.css\?v=\w+)"', browser.get("/").content.decode())
    answer = browser.get(address)

    assert answer["Content-Type"].startswith("text/css")
    assert "immutable" in answer["Cache-Control"]
    assert "#8b1e3f" in answer.content.decode()
    assert "--radius: 0" in answer.content.decode()
    assert "immutable" not in browser.get("/theme.css?v=guessed")["Cache-Control"]


@pytest.mark.django_db
def test_the_publishers_own_style_sheet_stands_behind_the_choices(
    site: Site, browser: Client, settings: Settings
) -> None:
    settings.STYLE_SHEET = ":root { --measure: 50rem; }"
    site.typeface = Typeface.SANS
    site.save()

    style = browser.get("/theme.css").content.decode()

    assert style.index("--serif: var(--sans)") < style.index("--measure: 50rem")
