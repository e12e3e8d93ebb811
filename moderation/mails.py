"""E-mails about decisions: to the author, to the first moderator, and before an answer is due."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from community.accounts.models import Person
from community.contacts.models import Contact
from community.mail import services as mail
from community.mail.message import message_id, unsubscribe_headers
from community.outbox.handlers import Payload
from community.sites.models import Membership, Site
from community.subscriptions import links, speaking
from community.subscriptions.plaintext import without_links, words_of
from moderation import statements, wording
from moderation.alerts import moderators_of
from moderation.models import Appeal, AppealState, Statement

Subject = Callable[[Statement], str]


def address_of(person: Person) -> Contact | None:
    """The address somebody has confirmed and wants e-mail at; others get none."""
    contact = person.contact
    return contact if contact and contact.is_proven and not contact.paused_at else None


# To the author


def tell_author(payload: Payload) -> None:
    """Send a statement once to its author, if it still holds and the address is theirs."""
    rows = Statement.objects.standing().select_related("site", "comment__thread")
    statement = rows.filter(pk=payload["statement"]).first()
    person = reader_of(statement) if statement else None
    contact = address_of(person) if person else None
    if statement and contact:
        write(statement, contact, "statement", subject_of_statement)


def reader_of(statement: Statement) -> Person | None:
    """Whom a statement concerns: the author as they are known now."""
    return statement.comment.person if statement.comment else statement.person


def subject_of_statement(statement: Statement) -> str:
    """What was done, and where."""
    title = statement.comment.thread.title if statement.comment else statement.site.name
    return f"{statement.get_measure_display()}: {without_links(title)}"


def subject_of_answer(statement: Statement) -> str:
    """That there is an answer."""
    return _("The answer to your objection")


def write(statement: Statement, contact: Contact, name: str, subject: Subject) -> None:
    """Put one e-mail about a statement on its way, in the language of its reader."""
    site, stop = statement.site, links.stop_url(statement.site, contact)
    with speaking.to_contact(contact):
        context = {**context_of(statement), "stop_url": stop}
        post(
            site,
            kind=name,
            key=str(statement.pk),
            to=contact.address,
            subject=subject(statement),
            context=context,
            headers=unsubscribe_headers(stop),
        )


def context_of(statement: Statement) -> dict[str, Any]:
    """What the templates show. Of what was typed only words: its links would speak for us."""
    appeal = getattr(statement, "appeal", None)
    lines = [
        wording.Line(line.title, without_links(line.sentence))
        for line in wording.lines_of(statement)
    ]
    return {
        "site": statement.site,
        "statement": statement,
        "lines": lines,
        "words": words_of(statement.words),
        "remedies": wording.remedies_of(statement),
        "outcome": wording.outcome_of(statement),
        "appeal": appeal,
        "answer": without_links(appeal.answer) if appeal else "",
        "url": statement.site.url(statements.path_of(statement)),
        "mine_url": statement.site.url(reverse("me")),
    }


# To both sides


def tell_both(payload: Payload) -> None:
    """Send the answer to an objection to its author, and to the moderator who decided first."""
    rows = Appeal.objects.filter(state__in=[AppealState.UPHELD, AppealState.OVERTURNED])
    related = ("statement__site", "statement__comment__thread", "statement__comment__person")
    appeal = rows.select_related(*related).filter(pk=payload["appeal"]).first()
    if appeal is None:
        return
    person = reader_of(appeal.statement)
    if person and (contact := address_of(person)):
        write(appeal.statement, contact, "answered", subject_of_answer)
    tell_first_moderator(appeal)


def tell_first_moderator(appeal: Appeal) -> None:
    """Let whoever decided first hear how another saw it, as long as they moderate the site."""
    first = appeal.statement.moderator_id
    if first == appeal.decided_by_id:
        return
    members = Membership.objects.filter(site=appeal.site_id, user=first, user__is_active=True)
    subject = gettext_noop("An objection to your decision was answered")
    write_to_moderators(appeal, members.select_related("user"), "answered-first", subject)


def ring(payload: Payload) -> None:
    """Remind the moderators of an objection that nobody has answered a day before it is due."""
    appeal = Appeal.objects.open().select_related("site").filter(pk=payload["appeal"]).first()
    if appeal:
        subject = gettext_noop("An objection waits for an answer")
        write_to_moderators(appeal, moderators_of(appeal.site), "appeal-due", subject)


def write_to_moderators(
    appeal: Appeal, members: Iterable[Membership], name: str, subject: str
) -> None:
    """Put one e-mail about an objection on its way to each of these."""
    site = appeal.site
    url = site.url(reverse("moderation-appeals"))
    for member in members:
        with speaking.to_moderator(member.user, site):
            post(
                site,
                kind=name,
                key=f"{appeal.pk}.{member.user_id}",
                to=member.user.email,
                subject=f"{_(subject)} – {site.name}",
                context={
                    "site": site,
                    "appeal": appeal,
                    "url": url,
                    "due": appeal.due_at,
                    "due_time": told_clock(appeal.due_at),
                },
            )


def told_clock(at: datetime) -> str:
    """A time of day with its zone, which is the receiver's where they chose one."""
    here = timezone.localtime(at)
    return f"{time_format(here, 'TIME_FORMAT')} {here.tzname()}"


def post(
    site: Site,
    *,
    kind: str,
    key: str,
    to: str,
    subject: str,
    context: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> None:
    """Put an e-mail on its way that is written once, however often its job runs."""
    mail.post(
        kind=kind,
        to=to,
        subject=subject,
        text=render_to_string(f"mail/moderation/{kind}.txt", context),
        html=render_to_string(f"mail/moderation/{kind}.html", context),
        sender_name=site.name,
        headers=headers,
        message_id=message_id(kind, key, mail.mail_domain()),
    )
