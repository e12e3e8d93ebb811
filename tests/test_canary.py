"""A word in a comment that is not public is seen by its author and the moderators, nobody else.

The walk takes every address of the site, with the ids of what is not public filled in as well.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.sites.models import Role, Site
from community.subscriptions import services as subscriptions
from community.threads.models import Thread
from tests import factories
from tests.inbox import Inbox, everything_in
from tests.roles import BROWSER
from tests.walking import World, world

CANARY = "zaunkönigcanary"
SPELLINGS = [CANARY, "zaunk", "nigcanary"]
UNKNOWN = 987_654
# What Django makes anew for each page with a form.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')

BrowserOf = Callable[[Person | User], Client]


@dataclass
class Nest:
    """A comment nobody may hear of, and who wrote it."""

    author: Client
    comment: Comment


KINDS = {
    "comment": "/threads/{thread}/comments/",
    "reply": "/threads/{thread}/comments/",
    "reply-to-a-reply": "/threads/{thread}/comments/",
    "answer-in-the-forum": "/threads/{topic}/comments/",
    "topic": "/forum/talk/new/",
    "page-elsewhere": "/discuss/?url=http://testserver/elsewhere.html",
}
HIDDEN = [Status.CHECKING, Status.SPAM, Status.REJECTED, Status.WITHDRAWN]


def write(place: World, kind: str) -> Nest:
    """Let a new guest write the canary through the site's own forms."""
    given: dict[str, Any] = {
        "name": f"Name {CANARY} {kind}",
        "email": address_of(kind),
        "body": f"Nobody may read {CANARY} before a moderator has seen this {kind}.",
        "title": f"About {CANARY}",
        "follow": "own",
    }
    if kind.startswith("reply"):
        given["parent"] = place.root.pk if kind == "reply" else place.reply.pk
    author = Client(headers=BROWSER)
    address = KINDS[kind].format(thread=place.thread.pk, topic=place.topic.pk)
    assert author.post(address, given).status_code == 302
    comment = Comment.objects.latest("pk")
    assert comment.status == Status.HELD
    return Nest(author, comment)


def write_all(place: World) -> list[Nest]:
    """One canary of every kind that waits, and some that stand otherwise."""
    nests = [write(place, kind) for kind in KINDS]
    for status in HIDDEN:
        for parent in (None, place.root):
            words = f"{CANARY} as {status}, below {parent}"
            comment = factories.comment(
                place.thread, words, status=status, parent=parent, name=CANARY
            )
            nests.append(Nest(Client(), comment))
    # As if one had come from an old site as number 77.
    Comment.objects.filter(pk=nests[0].comment.pk).update(import_number=77)
    return nests


def address_of(kind: str) -> str:
    """The e-mail address given with a canary."""
    return f"nigcanary-{kind}@example.org"


def look_for(place: World, comments: list[int], threads: list[int]) -> None:
    """Fill these ids into every address that takes one."""
    for name, given in place.examples().items():
        if name in ABOUT_COMMENTS:
            place.extra[name] = [{"pk": pk} for pk in comments]
        elif name in ABOUT_THREADS:
            place.extra[name] = [{**given[0], "pk": pk} for pk in threads]
    place.extra["old-comment"] = [{"slug": place.article.slug, "number": 77}]


ABOUT_COMMENTS = {
    "comment",
    "comment-author",
    "comment-delete",
    "comment-edit",
    "comment-replies",
    "comment-reply",
    "moderation-alike",
    "moderation-comment",
    "moderation-mend",
}
ABOUT_THREADS = {"feed-topic", "follow-thread", "topic"}


def walk(client: Client, place: World, host: str = "testserver") -> Iterator[tuple[str, bytes]]:
    """Every address with all that its answer says, in headers and body."""
    for name, addresses in place.paths().items():
        if name == "moderation-email":
            continue  # whoever has that link is the moderator it was sent to
        if name in THREAD_PAGES:
            addresses = [*addresses, *(f"{path}{SORTED[name]}" for path in addresses)]
        for address in addresses:
            yield address, said(client.get(address, headers={"Host": host}))


SORTED = {"article": "?sort=votes", "topic": "?sort=newest", "discussion": "&sort=oldest"}
THREAD_PAGES = SORTED.keys()


def said(response: HttpResponse) -> bytes:
    """Status, headers, cookies and body of an answer, without the tokens of its forms."""
    head = [str(response.status_code), *sorted(f"{n}: {v}" for n, v in response.items())]
    cookies = [morsel.OutputString() for name, morsel in response.cookies.items() if name != "csrf"]
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return "\n".join([*head, *cookies]).encode() + b"\n\n" + TOKEN.sub(b"", body)


def sings(heard: bytes | str) -> bool:
    """Whether the canary can be heard."""
    text = heard.decode(errors="replace") if isinstance(heard, bytes) else heard
    return any(spelling in text.lower() for spelling in SPELLINGS)


@pytest.fixture
def place(site: Site) -> World:
    """A site where every address leads somewhere."""
    return world(site)


@pytest.fixture
def elsewhere(db: None) -> World:
    """Another publication in the same installation, with moderators of its own."""
    other = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    return world(other, host="localhost")


@pytest.fixture
def observers(place: World, elsewhere: World, browser_of: BrowserOf) -> dict[str, Client]:
    """Those who must not hear anything."""
    return {
        "visitor": Client(),
        "another guest": browser_of(factories.guest("Rosa", proven=True)),
        "a member who follows": browser_of(place.member),
        "a moderator of another site": browser_of(elsewhere.moderator),
        "an administrator of another site": browser_of(elsewhere.administrator),
    }


WHO = [
    "visitor",
    "another guest",
    "a member who follows",
    "a moderator of another site",
    "an administrator of another site",
]


@pytest.mark.parametrize("who", WHO)
def test_nobody_hears_the_canary(
    place: World,
    observers: dict[str, Client],
    inbox: Inbox,
    caplog: pytest.LogCaptureFixture,
    who: str,
) -> None:
    nests = write_all(place)
    look_for(
        place,
        [nest.comment.pk for nest in nests],
        sorted({nest.comment.thread_id for nest in nests}),
    )
    inbox.fetch()

    for address, heard in walk(observers[who], place):
        assert not sings(heard), f"{who} hears it at {address}"
    for address, heard in walk(observers[who], place, host="localhost"):
        assert not sings(heard), f"{who} hears it at {address} of the other site"
    assert not sings(caplog.text)
    assert not sings(repr(vars(caches["default"])["_cache"]))


@pytest.mark.parametrize("who", WHO)
def test_no_page_of_others_changes_by_a_byte_when_canaries_come(
    place: World, observers: dict[str, Client], who: str
) -> None:
    """The first walk asks for the ids that the canaries are going to have."""
    newest, newest_thread = Comment.objects.latest("pk").pk, Thread.objects.latest("pk").pk
    look_for(place, [newest + step for step in range(1, 15)], [newest_thread + 1])
    with time_machine.travel(timezone.now(), tick=False):
        before = dict(walk(observers[who], place))
        nests = write_all(place)
        after = dict(walk(observers[who], place))

    assert [nest.comment.pk for nest in nests] == [newest + step for step in range(1, 15)]
    for address, heard in after.items():
        assert heard == before[address], f"{who} sees a difference at {address}"


@pytest.mark.parametrize("who", WHO)
def test_acting_on_a_canary_fails_as_for_a_comment_that_never_was(
    place: World, observers: dict[str, Client], who: str
) -> None:
    nests = write_all(place)

    for act, given in acts():
        none = answer(observers[who], f"/comments/{UNKNOWN}{act}", given)
        assert none[:3] in (b"403", b"404")
        for nest in nests:
            real = answer(observers[who], f"/comments/{nest.comment.pk}{act}", given)
            assert real == none, f"{act} of a comment that is {nest.comment.status}"


def acts() -> list[tuple[str, dict[str, Any]]]:
    """What one can try with the id of a comment."""
    return [
        ("/vote/", {"value": "1"}),
        ("/edit/", {"body": "Mine now.", "version": "1"}),
        ("/delete/", {"sure": "yes"}),
    ]


def answer(client: Client, address: str, given: dict[str, Any]) -> bytes:
    """What a post is answered, without the id it was sent to."""
    number = re.compile(rb"/(\d+)/")
    return number.sub(b"/N/", said(client.post(address, given, headers=BROWSER)))


def test_no_e_mail_carries_the_canary_but_to_moderators_of_its_site(
    place: World, elsewhere: World, inbox: Inbox
) -> None:
    person = place.member.person
    for thread in (place.thread, place.topic, place.elsewhere):
        subscriptions.follow_thread(thread, place.contact, person)
    subscriptions.follow_own(place.reply, place.contact, person)
    write_all(place)

    sent = inbox.all()

    heard_by = {message["To"] for message in sent if sings(everything_in(message))}
    # The address that was typed holds the canary itself, and so does the e-mail to it.
    typed = {address_of(kind) for kind in KINDS}
    assert heard_by - typed == {place.moderator.email, place.administrator.email}
    # Whoever owns that address may not be who typed it: no word of the comment goes there.
    assert not [m for m in sent if m["To"] in typed and CANARY in everything_in(m)]


def test_authors_and_moderators_do_hear_it(place: World, browser_of: BrowserOf) -> None:
    """Without this, silence above would prove nothing."""
    nests = write_all(place)
    look_for(place, [nest.comment.pk for nest in nests], [nests[4].comment.thread_id])

    for client in [browser_of(place.moderator), *(nest.author for nest in nests[: len(KINDS)])]:
        heard = [address for address, said in walk(client, place) if sings(said)]
        assert len(heard) >= 4


def test_another_role_on_another_site_is_no_role_here(place: World, browser_of: BrowserOf) -> None:
    other = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    both = factories.member("Bea", site=other, role=Role.ADMINISTRATOR)

    assert browser_of(both).get("/moderation/").status_code == 404
