"""How a site moderates, for the page with its rules."""

from django import template

from community.sites.models import Site
from moderation import practice

register = template.Library()


@register.simple_tag
def machines(site: Site) -> list[str]:
    """What automated rules do."""
    return practice.machines_of(site)


@register.simple_tag
def complaints(site: Site) -> list[str]:
    """How one hears of a decision, and objects."""
    return practice.complaints_of(site)
