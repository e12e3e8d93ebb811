"""What helps while one writes: how words will look, and whether a link lets them wait."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.test import Client

from community.accounts.models import User
from community.comments.models import Comment
from community.limits.pace import PREVIEWS
from community.threads.models import Thread
from moderation import policies

LINK = "Look at https://tides.example.net/tables"
WARNING = "This will wait for a moderator, because it has a link."


def shown(client: Client, **form: object) -> str:
    answer = client.post("/writing/preview/", form)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def client() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def test_words_are_shown_as_they_will_look_and_not_kept(thread: Thread, client: Client) -> None:
    assert "<strong>high</strong> tide" in shown(client, body="**high** tide", thread=thread.pk)
    assert "<script" not in shown(client, body="<script>1</script>")
    assert not Comment.objects.exists()
    assert not client.cookies


def test_a_link_is_warned_of_before_it_is_sent(thread: Thread, client: Client) -> None:
    assert WARNING in shown(client, body=LINK, thread=thread.pk)
    assert WARNING not in shown(client, body="No link at all", thread=thread.pk)


def test_the_warning_follows_the_rules_of_the_site(thread: Thread, client: Client) -> None:
    policy = policies.in_force(thread.site)
    policy.link_threshold = 2
    policies.save(policy, seen=policy.number, by=None)

    assert WARNING not in shown(client, body=LINK, thread=thread.pk)
    assert WARNING in shown(client, body=f"{LINK} and https://b.example", thread=thread.pk)


def test_moderators_are_not_warned(
    thread: Thread, moderator: User, browser_of: Callable[[User], Client]
) -> None:
    client = browser_of(moderator)
    assert WARNING not in shown(client, body=LINK, thread=thread.pk)


def test_previews_have_a_limit(
    thread: Thread, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr("community.pages.views.writing.PREVIEWS", replace(PREVIEWS, most_an_hour=1))
    shown(client, body="one")
    assert client.post("/writing/preview/", {"body": "two"}).status_code == 429


def test_what_cannot_be_posted_cannot_be_previewed(thread: Thread, client: Client) -> None:
    assert client.post("/writing/preview/", {"body": " "}).status_code == 422
    assert client.post("/writing/preview/", {"body": "a", "thread": "9" * 30}).status_code == 200


def test_the_buttons_are_the_same_for_everybody(thread: Thread, client: Client) -> None:
    answer = client.get("/writing/")
    assert "public" in answer["Cache-Control"]
    assert 'role="toolbar"' in answer.content.decode()
