"""A publisher's colour can be read in the light and in the dark, whatever it is."""

import re
from math import cos, radians, sin
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from community.pages.shown import HUES
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


def luminance_of(lightness: float, chroma: float, hue: float) -> float:
    """How bright a colour of oklch is, from 0 to 1, as CSS Color 4 reckons."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(max(channel, 0.0), 1.0) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_initials_can_be_read_on_every_hue_in_both_themes() -> None:
    style = our_style()
    hues = [int(hue) for hue in re.findall(r"\[data-hue=.*--hue: (\d+)", style)]
    pairs = re.findall(r"--tint: (\d+)% (\S+);\s+--tint-ink: (\d+)% (\S+);", style)

    assert (len(hues), len(pairs)) == (HUES, 2)
    for hue in hues:
        for ground, weak, ink, strong in pairs:
            under = luminance_of(int(ground) / 100, float(weak), hue)
            over = luminance_of(int(ink) / 100, float(strong), hue)
            dark, light = sorted((under, over))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, hue
