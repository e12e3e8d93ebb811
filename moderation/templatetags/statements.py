"""Statements of reasons where a page of the community shows them to whom they concern."""

from django import template

from community.accounts.models import Person
from community.sites.models import Site
from moderation.models import Statement
from moderation.statements import path_of
from moderation.wording import outcome_of

register = template.Library()
MOST = 50


@register.simple_tag
def statements_for(person: Person, site: Site) -> list[tuple[Statement, str, str]]:
    """What somebody was told of decisions against them, where it is read, what came of it."""
    rows = Statement.objects.told().concerning(person).filter(site=site).order_by("-pk")
    related = ("site", "appeal", "comment__thread")
    return [(row, path_of(row), outcome_of(row)) for row in rows.select_related(*related)[:MOST]]
