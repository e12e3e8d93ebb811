"""How a publication looks: a few choices, made into values of the style sheet that can be read."""

import re
from functools import lru_cache
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# WCAG 2.2 AA asks for 4.5; a little more, since colours are rounded.
LEAST_CONTRAST = 4.6
# Grounds on which the style sheet sets words of the accent's colour: pages and raised parts.
LIGHT = ("#fdfdfb", "#f3f5f2")
DARK = ("#141819", "#1d2324")
_COLOUR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII | re.IGNORECASE)


class Typeface(models.TextChoices):
    """What words are set in."""

    MIXED = "mixed", gettext_lazy("Articles and headings with serifs, comments without")
    SANS = "sans", gettext_lazy("All without serifs")
    SERIF = "serif", gettext_lazy("All with serifs")


class Corners(models.TextChoices):
    """How buttons, fields and raised parts end."""

    SOFT = "soft", gettext_lazy("A little round")
    SQUARE = "square", gettext_lazy("Square")
    ROUND = "round", gettext_lazy("Round")


_FACES = {Typeface.SANS: "--serif: var(--sans);", Typeface.SERIF: "--sans: var(--serif);"}
_RADII = {Corners.SQUARE: "--radius: 0;", Corners.ROUND: "--radius: .75rem;"}


def colour_of(given: str) -> str:
    """A colour as the style sheet writes it; raises ValidationError if it is none."""
    if not (found := _COLOUR.fullmatch(given.strip())):
        raise ValidationError(_("A colour has six digits or letters from a to f, as in #0d5a61."))
    digits = found[1].lower()
    return f"#{''.join(digit * 2 for digit in digits) if len(digits) == 3 else digits}"


@lru_cache(maxsize=256)
def style_of(accent: str, typeface: str, corners: str, besides: str = "") -> str:
    """The style sheet that is read after ours; empty where everything is as we have it."""
    rules = "".join((accent_rules(accent), shape_rules(typeface, corners)))
    # Paper is black and white, as our own rules for printing have it.
    return "\n".join(part for part in (rules and f"@media screen {{{rules}}}", besides) if part)


@lru_cache(maxsize=256)
def mark_of(style: str) -> str:
    """What stands in the address of a style sheet, so that browsers may keep it forever."""
    return sha256(style.encode()).hexdigest()[:12] if style else ""


def shape_rules(typeface: str, corners: str) -> str:
    """The values for a typeface and corners."""
    values = f"{_FACES.get(Typeface(typeface), '')}{_RADII.get(Corners(corners), '')}"
    return f":root {{{values}}}" if values else ""


def accent_rules(accent: str) -> str:
    """The values for one colour, in the light and in the dark."""
    if not accent:
        return ""
    light, dark = readable(accent, LIGHT, "#000000"), readable(accent, DARK, "#ffffff")
    by_day = accent_values(light, LIGHT[0], "#ffffff")
    by_night = accent_values(dark, DARK[0], DARK[0])
    return f":root {{{by_day}}}@media (prefers-color-scheme: dark) {{:root {{{by_night}}}}}"


def accent_values(accent: str, paper: str, on_accent: str) -> str:
    """What the style sheet derives from one accent."""
    soft = soft_of(accent, paper)
    return f"--accent: {accent}; --accent-soft: {soft}; --on-accent: {on_accent};"


def readable(accent: str, grounds: tuple[str, ...], towards: str) -> str:
    """The colour, moved towards black or white until it can be read on all grounds."""
    for step in range(101):
        moved = mixed(accent, towards, step / 100)
        below = (*grounds, soft_of(moved, grounds[0]))
        if min(contrast(moved, ground) for ground in below) >= LEAST_CONTRAST:
            return moved
    return towards


def soft_of(accent: str, paper: str) -> str:
    """The ground of badges and of the comment one was led to."""
    return mixed(paper, accent, 0.14)


def mixed(colour: str, other: str, part: float) -> str:
    """A colour with a part of another."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * part):02x}" for one, two in pairs)


def contrast(one: str, two: str) -> float:
    """How well one colour is read on another, from 1 to 21, as WCAG counts."""
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """How bright a colour is, from 0 to 1."""
    red, green, blue = (linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(channel: float) -> float:
    """The light of a channel, which is stored as the eye takes it."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
