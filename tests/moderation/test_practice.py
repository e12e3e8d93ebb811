"""The page with the house rules says what machines do and how to object, as it is in force."""

import pytest
from django.test import Client
from pytest_django import Settings

from community.sites.models import Site
from moderation.models import AppealTerms, Policy


def page(client: Client) -> str:
    """The house rules as a visitor reads them."""
    return client.get("/house-rules/").content.decode()


@pytest.mark.parametrize(
    ("rules", "said", "unsaid"),
    [
        ({}, "A comment with 1 link or more waits.", "certain words"),
        ({"link_threshold": 3}, "A comment with 3 links or more waits.", "1 link"),
        ({"link_threshold": 0}, "First comments wait", "or more waits"),
        ({"first_comments": 0}, "1 link or more", "First comments wait"),
        ({"hold_everything": True}, "Every comment waits", "First comments wait"),
        ({"moderation_words": "casino"}, "certain words waits", "casino"),
        ({"disallowed_words": "casino"}, "words or links that only spam has", "casino"),
        ({}, "a program seems to have sent", "reads like what was spam here"),
        ({"trap": False, "typing_seconds": 0}, "enough readers report", "a program seems"),
    ],
)
def test_it_names_the_rules_in_force_and_not_their_words(
    site: Site, browser: Client, rules: dict[str, object], said: str, unsaid: str
) -> None:
    Policy.objects.create(site=site, number=1, **rules)
    told = page(browser)
    assert said in told
    assert unsaid not in told


def test_it_names_the_spam_check_only_where_it_is_on(
    site: Site, browser: Client, settings: Settings
) -> None:
    assert "Akismet" not in page(browser)
    settings.AKISMET_KEY = "a key"
    assert "Akismet" in page(browser)


def test_it_names_the_way_to_object_also_beside_the_text_of_a_site(
    site: Site, browser: Client
) -> None:
    Site.objects.filter(pk=site.pk).update(house_rules="Be kind.")
    told = page(browser)
    assert "Be kind." in told
    assert "answers within 7 days" in told
    AppealTerms.objects.create(site=site, are_taken=False, contact="editors@example.org")
    told = page(browser)
    assert "can object there" not in told
    assert "Questions about decisions: editors@example.org" in told
