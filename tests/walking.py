"""Every address of Parley, read from its list of routes, so that a new one cannot be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from community.accounts.models import User
from community.articles.models import Article, Picture, Tag
from community.comments.models import Comment, Status
from community.contacts.models import Contact
from community.pages.authors import Author, token_of
from community.portability.models import Import, State
from community.sites.models import Role, Site
from community.sites.services import setup_token
from community.subscriptions import links
from community.subscriptions import services as subscriptions
from community.subscriptions.models import Subscription
from community.threads import services as threads
from community.threads.models import Thread
from moderation import alerts, appeals, decisions, reporting, sanctions
from moderation.answers import status_url
from moderation.models import Act, Appeal, Note, Policy, Report, Simulation, Statement
from moderation.reports import Reporter
from moderation.statements import token_for
from tests import factories


@dataclass(frozen=True)
class Route:
    """One kind of address: its name, and the names of what is filled in."""

    name: str
    text: str
    parameters: frozenset[str]

    @property
    def is_console(self) -> bool:
        """Whether it belongs to those who run the site, known by their log-in."""
        return self.text.startswith("moderation/") and self.name != "moderation-email"


def routes() -> list[Route]:
    """Every route there is, in the order in which they are asked."""
    return list(routes_in(get_resolver().url_patterns, ""))


def routes_in(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    """The routes below one prefix."""
    for entry in patterns:
        text = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes_in(entry.url_patterns, text)
        else:
            pattern: Any = entry.pattern
            known = getattr(pattern, "converters", {}) or pattern.regex.groupindex
            yield Route(entry.name or "", text, frozenset(known))


def paths(examples: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    """The addresses of every route by its name, its parameters filled in from the examples.

    Raises AssertionError for a route with parameters that has no example yet.
    """
    found: dict[str, list[str]] = {}
    for route in routes():
        if not route.parameters:
            found.setdefault(route.name or route.text, []).append(f"/{route.text}")
            continue
        assert route.name in examples, f"tests/walking.py needs an example for {route.text}"
        found[route.name] = [reverse(route.name, kwargs=given) for given in examples[route.name]]
    return found


@dataclass
class World:
    """A small site on which every route leads somewhere."""

    site: Site
    article: Article
    thread: Thread
    topic: Thread
    elsewhere: Thread
    root: Comment
    reply: Comment
    picture: Picture
    moderator: User
    administrator: User
    member: User
    contact: Contact
    wish: Subscription
    imported: Import
    note: Note
    objection: Appeal
    extra: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def paths(self) -> dict[str, list[str]]:
        """Every address with this world's things in it, and with what a test has added."""
        examples = self.examples()
        for name, more in self.extra.items():
            examples[name] = examples[name] + more
        found = paths(examples)
        found["discussion"] = [f"/discuss/?url={self.elsewhere.url}"]
        return found

    def examples(self) -> dict[str, list[dict[str, Any]]]:
        """What stands for each parameter."""
        about_comment = [{"pk": self.root.pk}, {"pk": self.reply.pk}]
        slug, board = {"slug": self.article.slug}, {"slug": "talk"}
        person = self.member.person
        author = token_of(self.site, Author(person.pk, self.reply.author_name))
        membership = self.moderator.memberships.get()
        sanction = self.site.sanctions.get()
        reported = status_url(Report.objects.get(site=self.site)).split("/")[2]
        by_name: dict[str, list[dict[str, Any]]] = {
            "account_reset_password_from_key": [{"uidb36": "1", "key": "no-such-key"}],
            "mfa_remove_webauthn": [{"pk": 1}],
            "mfa_edit_webauthn": [{"pk": 1}],
            "email-confirm": [{"token": links.sign(links.CONFIRM, self.contact.pk, person.pk)}],
            "email-confirm-again": [
                {"token": links.sign(links.CONFIRM, self.contact.pk, person.pk)}
            ],
            "guest-device": [{"token": links.sign(links.DEVICE, self.contact.pk, person.pk)}],
            "email-choose": [{"token": links.sign(links.CHOOSE, self.contact.pk, 0)}],
            "email-stop": [{"token": links.sign(links.STOP, self.contact.pk, self.wish.pk)}],
            "email-stop-together": [{"token": links.sign(links.STOP_TOGETHER, self.contact.pk, 0)}],
            "report-status": [{"token": reported}],
            "moderation-try": [{"pk": Simulation.objects.get(site=self.site).pk}],
            "moderation-version-back": [{"number": 1}],
            "moderation-thread-rules": [{"pk": self.thread.pk}, {"pk": self.topic.pk}],
            "follow-thread": [{"pk": self.thread.pk}, {"pk": self.topic.pk}],
            "follow-comment": list(about_comment),
            "follow-board": [{"pk": self.topic.board_id}],
            "mute": list(about_comment),
            "unmute": [{"pk": self.contact.mutes.get().pk}],
            "unfollow": [{"pk": self.wish.pk}],
            "board": [board],
            **{
                f"feed{name}": [{**given, "kind": kind} for kind in ("atom", "json")]
                for name, given in {
                    "": {},
                    "-comments": {},
                    "-article": slug,
                    "-board": board,
                    "-topic": {**board, "pk": self.topic.pk},
                    "-author": {"token": author},
                }.items()
            },
            "sitemap-part": [
                {"kind": kind, "number": 0} for kind in ("pages", "articles", "topics")
            ],
            "topic-new": [board],
            "topic": [{**board, "pk": self.topic.pk}],
            "moderation-thread": [{"pk": self.thread.pk}],
            "moderation-email": [{"token": alerts.token_for(self.moderator, self.root)}],
            "moderation-person-dismiss": [{"pk": membership.pk}],
            "moderation-report-reason": [{"code": "attack"}],
            "moderation-reason": [{"code": "attack"}],
            "moderation-appeal-answer": [{"pk": self.objection.pk}],
            "statement": [{"token": token_for(self.objection.statement)}],
            "moderation-sanction-lift": [{"pk": sanction.pk}],
            "moderation-person": [{"pk": person.pk}],
            "moderation-person-sanction": [{"pk": person.pk}],
            "notice-read": [{"pk": sanction.pk}],
            "moderation-note-remove": [{"pk": self.note.pk}],
            "moderation-import-one": [{"pk": self.imported.pk}],
            "moderation-import-start": [{"pk": self.imported.pk}],
            "moderation-import-discard": [{"pk": self.imported.pk}],
            "moderation-article": [{"pk": self.article.pk}],
            "moderation-article-delete": [{"pk": self.article.pk}],
            "article": [slug],
            "author": [{"token": author}],
            "old-comment": [{**slug, "number": 7}],
            "tag": [{"slug": "sea"}],
            "picture": [{"path": str(self.picture.image)}],
            "thread-news": [{"pk": self.thread.pk}],
            "thread-fresh": [{"pk": self.thread.pk}],
            "comment-new": [{"pk": self.thread.pk}, {"pk": self.topic.pk}],
            "setup": [{"token": setup_token()}],
        }
        comments = ("comment", "comment-author", "comment-replies", "comment-reply", "comment-edit")
        acts = ("comment-delete", "comment-vote", "moderation-comment", "moderation-decide")
        console = ("moderation-pin", "moderation-unblock", "moderation-sanction")
        desk = ("moderation-alike", "moderation-mend", "moderation-note")
        told = ("comment-report", "comment-report-illegal", "moderation-escalate")
        for name in (*comments, *acts, *told, *console, *desk):
            by_name[name] = list(about_comment)
        return by_name


def stated(thread: Thread, moderator: User) -> Statement:
    """What the author of a refused comment was told a while ago."""
    refused = factories.comment(thread, "Buy two boats.", status=Status.HELD)
    decisions.decide(refused, Act.REJECT, seen=refused.version, by=moderator)
    Statement.objects.filter(comment=refused).update(told_from=timezone.now())
    return Statement.objects.get(comment=refused)


def drawn() -> bytes:
    """A small picture."""
    content = BytesIO()
    Image.new("RGB", (320, 200), "teal").save(content, "PNG")
    return content.getvalue()


def world(site: Site, *, host: str = "testserver") -> World:
    """Furnish a site so that its routes lead somewhere, and nothing is made by looking."""
    everything = {"forum_enabled": True, "public_log": True, "public_report": True}
    Site.objects.filter(pk=site.pk).update(**everything)
    site.refresh_from_db()
    Policy.objects.get_or_create(site=site, number=1)
    article = factories.article(site, slug="tides", title="On tides")
    tag = Tag.objects.create(site=site, name="Sea", slug="sea")
    article.tags.add(tag)
    picture = Picture.objects.create(
        article=article,
        image=ContentFile(drawn(), "harbour.png"),
        alt="The harbour at low tide",
        caption="Low tide",
    )
    thread, topic = threads.of_article(article), factories.topic(site, title="A good anchorage")
    elsewhere = threads.of_page(site, f"http://{host}/elsewhere.html")
    elsewhere.save()
    moderator = factories.member("Mina", site=site, role=Role.MODERATOR)
    administrator = factories.member("Ada", site=site, role=Role.ADMINISTRATOR)
    member = factories.member("Milo")
    for user in (moderator, administrator, member):
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    factories.comment(topic, "Behind the island one lies well.")
    root = factories.comment(thread, "The tide is late today.")
    Comment.objects.filter(pk=root.pk).update(import_number=7)
    root.refresh_from_db()
    reply = factories.comment(thread, "It is never late.", parent=root, person=member.person)
    contact = member.person.contact
    assert contact is not None
    subscriptions.follow_thread(thread, contact, member.person)
    subscriptions.mute_thread(contact, topic)
    blocked = factories.comment(thread, "Buy a boat.", status="rejected")
    sanctions.block(blocked, moderator)
    said = reporting.Complaint("off-topic", "It has nothing to do with the article.")
    reporting.file(root, Reporter(factories.viewer(member.person)), said, seen=root.version)
    tried = Policy.objects.create(site=site, link_threshold=2)
    done = Simulation.State.DONE
    Simulation.objects.create(site=site, by=administrator, policy=tried, seen=1, state=done)
    return World(
        site=site,
        article=article,
        thread=thread,
        topic=topic,
        elsewhere=elsewhere,
        root=root,
        reply=reply,
        picture=picture,
        moderator=moderator,
        administrator=administrator,
        member=member,
        contact=contact,
        wish=Subscription.objects.get(thread=thread),
        objection=appeals.open_(stated(thread, moderator), "I wrote it myself."),
        imported=Import.objects.create(site=site, name="blog.xml", state=State.READY),
        note=Note.objects.create(site=site, comment=root, by=moderator, body="Writes often."),
    )
