"""An answer by e-mail becomes a comment through the same gate, or its writer is told why not."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.models import Person
from community.articles.models import Article
from community.comments import policies
from community.comments.models import Comment, Status
from community.comments.screening import Draft, Manner, Refusal, Sender
from community.contacts.models import Contact
from community.inbound import machines
from community.inbound.models import Answer, Outcome
from community.inbound.reading import Incoming
from community.inbound.trust import doubt_about
from community.inbound.words import words_of
from community.mail.mailbox import Tag
from community.mail.message import unsubscribe_headers
from community.mail.models import Email
from community.mail.services import post
from community.pages import submission
from community.pages.forms import CommentForm
from community.pages.shown import told_status
from community.sites.middleware import member_viewer
from community.sites.viewers import Viewer
from community.subscriptions import links, speaking
from community.subscriptions.models import Scope
from community.subscriptions.plaintext import without_links
from community.threads.models import Thread

KIND = "answer"
MOST_TOLD_A_DAY = 5
# Whoever was a little too quick is not told so: the e-mail waits for its turn.
WORTH_WAITING = 300


class TryLater(Exception):
    """The e-mail can be taken in a moment, as it is."""


class Impossible(Exception):
    """The answer cannot become a comment: the sentence for its writer."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Reply:
    """An e-mail, who is meant to have written it, and what it answers."""

    incoming: Incoming
    contact: Contact
    answered: Comment


@transaction.atomic
def receive(incoming: Incoming, tag: Tag) -> Answer | None:
    """Take an answer once; None if it came before, or is about nobody and nothing we know.

    Raises TryLater when it should be brought again, with nothing written. Two at once: the unique
    key lets the second wait for the first, and then do nothing.
    """
    reply = reply_of(incoming, tag)
    if reply is None:
        return None
    answer, is_new = Answer.objects.get_or_create(
        key=key_of(reply), defaults={"contact": reply.contact, "answered": reply.answered}
    )
    if not is_new:
        return None
    with speaking.to_contact(reply.contact):
        settle(answer, reply)
    return answer


def reply_of(incoming: Incoming, tag: Tag) -> Reply | None:
    """Whom and what a signed address names, as long as both are still there."""
    contact = Contact.objects.filter(pk=tag.ids[0]).first()
    rows = Comment.objects.select_related("site", "thread__article")
    answered = rows.filter(pk=tag.ids[-1]).first()
    return Reply(incoming, contact, answered) if contact and answered else None


def key_of(reply: Reply) -> str:
    """The same for the same e-mail. With the contact in it: nobody takes another's Message-ID."""
    words = f"{reply.contact.pk} {reply.incoming.identity}"
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def settle(answer: Answer, reply: Reply) -> None:
    """Write down what becomes of an answer, and tell its writer what they must know."""
    if machines.wrote(reply.incoming):
        answer.outcome = Outcome.AUTOMATIC
    else:
        take_or_tell(answer, reply)
    answer.save()


def take_or_tell(answer: Answer, reply: Reply) -> None:
    """Make it a comment; where that is impossible, or not all, say so kindly."""
    try:
        answer.comment = take(reply)
    except Impossible as impossible:
        answer.sentence = impossible.sentence[:300]
        is_told = tell(answer, reply, impossible.sentence)
        answer.outcome = Outcome.REFUSED if is_told else Outcome.UNTOLD
    else:
        answer.outcome = Outcome.TAKEN
        if sentence := news_of(answer.comment, reply):
            tell(answer, reply, sentence)


def take(reply: Reply) -> Comment:
    """The comment that an e-mail became; raises Impossible or TryLater."""
    person = writer_of(reply.contact)
    if person is None:
        raise Impossible(_("Please write on the site once, so that we know your name."))
    if not may_be_answered(reply.answered):
        raise Impossible(_("What you answer is not there any more, or can no longer be answered."))
    return submitted(draft_of(reply, person), wants_news=reply.contact.paused_at is None)


def writer_of(contact: Contact) -> Person | None:
    """Who answers from an address: its member, or the guest who confirmed it last."""
    people = Person.objects.filter(contact=contact).exclude(name="").exclude(user__is_active=False)
    ordered = people.select_related("user", "contact").order_by(F("user").asc(nulls_last=True))
    return ordered.order_by(F("user").asc(nulls_last=True), "-pk").first()


def may_be_answered(comment: Comment) -> bool:
    """Whether the comment and its page are public and open."""
    thread = comment.thread
    article = thread.article_id
    is_shown = Thread.objects.listed().filter(pk=thread.pk).exists() and (
        article is None or Article.objects.public().filter(pk=article).exists()
    )
    return is_shown and policies.may_reply(thread, comment)


def draft_of(reply: Reply, person: Person) -> Draft:
    """The new words of an e-mail as a draft; raises Impossible with what the form would say."""
    doubt = doubt_about(reply.incoming, reply.contact)
    viewer = viewer_of(person, reply.answered, is_certain=not doubt)
    form = CommentForm(
        {
            "name": viewer.name,
            "email": reply.contact.address,
            "body": body_of(reply.incoming),
            "parent": reply.answered.pk,
        },
        site=reply.answered.site,
        viewer=viewer,
        thread=reply.answered.thread,
    )
    if not form.is_valid():
        raise Impossible(" ".join(str(said) for row in form.errors.values() for said in row))
    manner = Manner(doubt=doubt)
    return submission.draft_from(form, form.thread, sender=Sender(), manner=manner)


def viewer_of(person: Person, answered: Comment, *, is_certain: bool) -> Viewer:
    """Who speaks; a moderator's rights need more than a From line."""
    if person.user is None:
        return Viewer(person=person)
    viewer = member_viewer(person.user, answered.site)
    return viewer if is_certain else Viewer(person=viewer.person, user=viewer.user)


def body_of(incoming: Incoming) -> str:
    """What was newly written; raises Impossible where there is nothing to read."""
    if incoming.is_too_large:
        raise Impossible(_("The e-mail was too large. Please send only text."))
    words = words_of(incoming.message)
    if not words.strip():
        raise Impossible(_("We found no words of yours in it, only what you quoted or nothing."))
    return words


def submitted(draft: Draft, *, wants_news: bool) -> Comment:
    """The stored comment; raises Impossible or TryLater where the gate refuses it."""
    try:
        return submission.submit(draft, follow=Scope.OWN if wants_news else "")
    except Refusal as refusal:
        if 0 < refusal.wait <= WORTH_WAITING:
            raise TryLater from refusal
        raise Impossible(refusal.sentence) from refusal


# --- telling the writer ---


def news_of(comment: Comment | None, reply: Reply) -> str:
    """What the writer of a comment should know at once: that it waits, or lost its files."""
    said: list[str] = []
    if comment and comment.status == Status.HELD:
        said.append(told_status(comment))
    if any(True for _part in reply.incoming.message.iter_attachments()):
        said.append(_("Files and pictures were left out: a comment here is only text."))
    return " ".join(said)


def tell(answer: Answer, reply: Reply, sentence: str) -> bool:
    """Write to the address we had written to, a few times a day at most; False if not.

    Never to the address in From: that may be anybody's.
    """
    contact = Contact.objects.select_for_update().get(pk=reply.contact.pk)
    day = timezone.now() - timedelta(days=1)
    told = Email.objects.filter(kind=KIND, to=contact.address, created_at__gt=day)
    if contact.paused_at or not contact.is_proven or told.count() >= MOST_TOLD_A_DAY:
        return False
    write(answer, reply, sentence)
    return True


def write(answer: Answer, reply: Reply, sentence: str) -> None:
    """Post the e-mail that says what became of an answer."""
    site, thread = reply.answered.site, reply.answered.thread
    stop = links.stop_url(site, reply.contact)
    context = {
        "site": site,
        "sentence": sentence,
        "title": without_links(thread.title) if thread.listed else "",
        "is_taken": answer.comment is not None,
        "url": site.url(reverse("comment", args=[reply.answered.pk])),
        "stop_url": stop,
        "mine_url": site.url(reverse("me")),
    }
    post(
        kind=KIND,
        to=reply.contact.address,
        subject=_("About your answer by e-mail"),
        text=render_to_string("mail/answer.txt", context),
        html=render_to_string("mail/answer.html", context),
        sender_name=site.name,
        headers=unsubscribe_headers(stop),
    )
