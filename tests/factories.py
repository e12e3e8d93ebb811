"""Makes what tests talk about, through the same doors as the product."""

from itertools import count
from typing import Any

from django.utils import timezone

from community.accounts.models import Person, User
from community.articles.models import Article
from community.comments import lifecycle, services
from community.comments.models import Comment, Status
from community.comments.rendering import render
from community.comments.screening import Draft, Sender
from community.comments.words import fingerprint
from community.contacts.models import Contact
from community.sites.models import Membership, Role, Site
from community.sites.viewers import Viewer
from community.threads import services as threads
from community.threads.models import Board, Thread

numbers = count(1)


def site(**fields: Any) -> Site:
    """A publication whose pages the test client asks for."""
    fields = {
        "name": "The Harbour Post",
        "base_url": "http://testserver",
        "host": "testserver",
        **fields,
    }
    return Site.objects.create(**fields)


def article(site: Site, **fields: Any) -> Article:
    """A published article."""
    number = next(numbers)
    fields = {
        "slug": f"article-{number}",
        "title": f"Article {number}",
        "text": "The tide comes twice a day.",
        "html": "<p>The tide comes twice a day.</p>",
        "author_name": "Ines Holm",
        "published_at": timezone.now(),
        **fields,
    }
    return Article.objects.create(site=site, **fields)


def thread(site: Site, **fields: Any) -> Thread:
    """The thread of a new article."""
    found = threads.of_article(article(site))
    if fields:
        Thread.objects.filter(pk=found.pk).update(**fields)
        found.refresh_from_db()
    return found


def topic(site: Site, **fields: Any) -> Thread:
    """A forum topic everyone may see."""
    board, _ = Board.objects.get_or_create(site=site, slug="talk", defaults={"name": "Talk"})
    fields = {"title": f"Topic {next(numbers)}", "listed": True, **fields}
    return Thread.objects.create(site=site, board=board, **fields)


def contact(address: str = "", *, proven: bool = True) -> Contact:
    """An address we may write to."""
    found = Contact.objects.for_address(address or f"reader{next(numbers)}@example.org")
    if proven:
        found.proven_at = timezone.now()
        found.save()
    return found


def guest(name: str = "Rosa", *, proven: bool = False) -> Person:
    """Someone known by a cookie, with a confirmed address if `proven`."""
    return Person.objects.create(name=name, contact=contact() if proven else None)


def member(name: str = "", *, site: Site | None = None, role: Role | None = None) -> User:
    """Someone who logs in, with a confirmed address and perhaps a role."""
    number = next(numbers)
    user = User.objects.create_user(
        f"member{number}@example.org", "a long password", name=name or f"Member {number}"
    )
    Person.objects.create(user=user, name=user.name, contact=contact(user.email))
    if site and role:
        Membership.objects.create(user=user, site=site, role=role)
    return user


def viewer(person: Person | None = None, role: Role | None = None) -> Viewer:
    """How a page sees this person."""
    return Viewer(person=person, user=person.user if person else None, role=role)


def draft(thread: Thread, words: str = "", **fields: Any) -> Draft:
    """What someone wants to say."""
    words = words or f"These are the words number {next(numbers)}."
    person: Person | None = fields.pop("person", None)
    fields = {
        "site": thread.site,
        "parent": None,
        "viewer": viewer(person, fields.pop("role", None)),
        "name": person.name if person else "Rosa",
        "email": "",
        "url": "",
        "sender": Sender(network="test network"),
        **fields,
    }
    rendered = render(words)
    return Draft(
        thread=thread, source=words, rendered=rendered, fingerprint=fingerprint(words), **fields
    )


def comment(
    thread: Thread, words: str = "", *, status: Status = Status.PUBLISHED, **fields: Any
) -> Comment:
    """A stored comment in the status asked for, without asking moderation."""
    fields.setdefault("person", None)
    if fields["person"] is None:
        fields["person"] = guest()
    made = services.store(draft(thread, words, **fields))
    if status != Status.CHECKING:
        lifecycle.move(made, status, seen=made.version)
    return made
