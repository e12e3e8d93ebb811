"""Asking Akismet, as often as it takes, and telling it what moderators decided."""

import logging
import time
from datetime import timedelta
from typing import NoReturn, TypedDict

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from community.comments.lifecycle import StaleComment
from community.comments.models import Comment, Status
from community.comments.screening import Draft, Sender
from community.insertion import Insertion
from community.outbox import services as outbox
from community.outbox.handlers import Later, Payload
from community.outbox.models import Job
from community.sites.models import Site
from moderation import alerts, decisions, ledger, policies
from moderation.checks import akismet, breaker
from moderation.checks.context import seal, unseal
from moderation.ledger import Entry
from moderation.models import LIVE_STATES, Act, Check, CheckState, Decision, Policy, Reason
from moderation.risk import risk_of
from moderation.verdicts import Outcome, Verdict, fold, record, status_for, verdicts_of

log = logging.getLogger("parley.moderation")

CHECKS = Insertion(Check)
RETRIES = [timedelta(minutes=minutes) for minutes in (1, 5, 20, 60)]
# How long a check waits while Akismet is left alone.
WAIT = timedelta(minutes=2)
DAY = timedelta(days=1)
PATIENCE = timedelta(minutes=10)
REPORT_AGAIN = timedelta(minutes=20)


def spam_check_is_on() -> bool:
    """Whether there is a key to ask Akismet with."""
    return bool(settings.AKISMET_KEY)


class Account(TypedDict):
    """With which key, for which site and where Akismet is asked."""

    key: str
    blog: str
    server: str


def account() -> Account:
    """What the settings say of Akismet."""
    return {
        "key": settings.AKISMET_KEY,
        "blog": settings.AKISMET_BLOG,
        "server": settings.AKISMET_SERVER,
    }


# Asking


def request(comment: Comment, draft: Draft, *, version: int) -> None:
    """Note the duty to have these words checked, in the transaction that stores them."""
    row = Check(
        comment=comment,
        version=version,
        stands_at=comment.version,
        name=Reason.AKISMET,
        context=seal(submission(comment, draft.sender, draft.email).to_dict()),
    )
    CHECKS.store(row)
    outbox.enqueue("moderation.check", {"check": row.pk}, key=job_key(row))


def job_key(row: Check) -> str:
    """The name of the job that asks; while it is open, the check is alive."""
    return f"check:{row.pk}"


def submission(comment: Comment, sender: Sender, email: str) -> akismet.Submission:
    """What Akismet may be told of a comment."""
    thread = comment.thread
    return akismet.Submission(
        user_ip=sender.address,
        user_agent=sender.browser,
        referrer=sender.referrer,
        content="\n".join([thread.title, comment.body]) if comment.opens_topic else comment.body,
        permalink=comment.site.url(reverse("comment", args=[comment.pk])),
        comment_type=type_of(comment),
        author_name=comment.author_name,
        author_email=email or (comment.contact.address if comment.contact else ""),
        author_url=comment.author_url,
        created_at=comment.created_at,
        blog_language=comment.site.speaks,
        recheck_reason="edit" if comment.edited_at else "",
        comment_context=(thread.title,),
    )


def type_of(comment: Comment) -> akismet.CommentType:
    """What Akismet calls this kind of comment."""
    if comment.thread.is_topic:
        return "forum-post"
    return "reply" if comment.parent_id else "comment"


def kept_submission(row: Check) -> akismet.Submission:
    """The words first sent, or what the comment itself still tells once its sender is forgotten."""
    if facts := unseal(row.context):
        return akismet.Submission.from_dict(facts)
    return submission(row.comment, Sender(), "")


def check(payload: Payload) -> None:
    """Ask Akismet about one version of a comment; raises Later to be asked again."""
    rows = Check.objects.live().select_related("comment__thread", "comment__site")
    row = rows.filter(pk=payload["check"]).first()
    if row is None:
        return
    if row.comment.version != row.stands_at:
        close(row, CheckState.DONE, context="")
        return
    with translation.override(row.comment.site.speaks):
        ask(row)


def ask(row: Check) -> None:
    """Ask Akismet, and write down what it says in words for the site's moderators."""
    if not breaker.may_ask(Reason.AKISMET):
        wait(row)
    start = time.perf_counter_ns()
    try:
        answer = akismet.judge(kept_submission(row), **account())
    except akismet.Unavailable as trouble:
        breaker.failed(Reason.AKISMET)
        complain(trouble)
        put_off(row, took=since(start))
    else:
        breaker.answered(Reason.AKISMET)
        take(row, answer, took=since(start))


def wait(row: Check) -> NoReturn:
    """Leave Akismet alone for a while: moderators have the comment, and no try is used up."""
    sentence = _("Spam check does not answer at the moment.")
    if row.state == CheckState.OPEN:
        verdict = Verdict(Reason.AKISMET, Outcome.ERROR, sentence)
        conclude(row, CheckState.TROUBLE, verdict, took=0)
    raise Later(WAIT, sentence)


def since(start: int) -> int:
    """The microseconds since then."""
    return (time.perf_counter_ns() - start) // 1000


def complain(trouble: akismet.Unavailable) -> None:
    """Let the log say why there is no verdict; a bad key needs somebody to act."""
    if isinstance(trouble, akismet.BadKey):
        log.error("The spam check is not working, please look at AKISMET_KEY: %s", trouble)
    else:
        log.warning("%s", trouble)


def put_off(row: Check, *, took: int) -> None:
    """Give the comment to the moderators and ask again later, five times in all."""
    if row.state == CheckState.AGAIN:  # its first answer stands
        close(row, CheckState.DONE)
    elif row.tries < len(RETRIES):
        sentence = _("Spam check did not answer, still trying.")
        verdict = Verdict(Reason.AKISMET, Outcome.ERROR, sentence)
        conclude(row, CheckState.TROUBLE, verdict, took=took)
        raise Later(RETRIES[row.tries], sentence)
    else:
        sentence = _("Spam check did not answer.")
        verdict = Verdict(Reason.AKISMET, Outcome.ERROR, sentence)
        conclude(row, CheckState.GIVEN_UP, verdict, took=took, context="")


def take(row: Check, answer: akismet.Answer, *, took: int) -> None:
    """Act on a verdict, and come back once if Akismet asks for that."""
    again = answer.recheck_after if row.state != CheckState.AGAIN else None
    kept = {"answer": "discard" if answer.pro_tip == "discard" else answer.verdict}
    conclude(
        row,
        CheckState.AGAIN if again else CheckState.DONE,
        verdict_of(answer),
        took=took,
        guid=answer.guid or row.guid,
        **kept,
    )
    if again:
        raise Later(timedelta(seconds=again), "Akismet wants to be asked again")


def verdict_of(answer: akismet.Answer) -> Verdict:
    """Akismet's words as one of our verdicts, with all it said beside it."""
    if answer.alert_message:
        log.error("Akismet says: %s %s", answer.alert_code, answer.alert_message)
    told = {
        "verdict": answer.verdict,
        "guid": answer.guid,
        "pro_tip": answer.pro_tip,
        "recheck_after": str(answer.recheck_after or ""),
    }
    data = {name: value for name, value in told.items() if value}
    if answer.verdict == "discard" or answer.pro_tip == "discard":
        return Verdict(Reason.AKISMET, Outcome.SPAM, _("Akismet is certain: spam."), data)
    if answer.verdict == "spam":
        return Verdict(Reason.AKISMET, Outcome.SPAM, _("Akismet takes it for spam."), data)
    return Verdict(Reason.AKISMET, Outcome.PASS, _("Akismet finds no spam."), data)


def conclude(row: Check, state: CheckState, verdict: Verdict, *, took: int, **changes: str) -> None:
    """Write one attempt and what follows from it, unless another worker has written it."""
    with transaction.atomic():
        if not close(row, state, **changes):
            return
        record(row.comment, [verdict], version=row.version)
        policy = policy_for(row.comment)
        note(row.comment, Entry("akismet", 1, took, verdict), policy, version=row.version)
        try:
            bring_in_line(row, policy)
        except StaleComment:
            return  # a moderator or the author was faster; the verdict stays as evidence
        if row.comment.status == Status.HELD:
            alerts.ring(row.comment.site_id)


def policy_for(comment: Comment) -> Policy:
    """The policy under which a comment came in: a newer one says nothing of it."""
    return ledger.policy_of(comment) or policies.in_force(comment.site, comment.thread)


def note(comment: Comment, entry: Entry, policy: Policy, *, version: int) -> None:
    """Add one look of one check to the ledger."""
    outcome = fold([entry.verdict] if entry.verdict else [], policy)
    ledger.write(comment, [entry], version=version, policy=policy, outcome=outcome)


def close(row: Check, state: CheckState, **changes: str) -> bool:
    """Write how far a check has come, if it is as it was read."""
    mine = Check.objects.filter(pk=row.pk, tries=row.tries, state=row.state)
    return bool(mine.update(state=state, tries=row.tries + 1, **changes))


def bring_in_line(row: Check, policy: Policy) -> None:
    """Move a comment to where all opinions together want it; raises StaleComment.

    Held by the check's own trouble alone, it may be published now: whatever rules or people
    held stays held, since their opinion is folded too, or the version is another.
    """
    comment = row.comment
    verdicts = verdicts_of(comment)
    to = status_for(verdicts, policy, Status(comment.status))
    if to == comment.status:
        comment.weigh(risk_of(verdicts))
        return
    decisions.judge(comment, to, seen=row.stands_at, verdicts=verdicts)
    Check.objects.filter(pk=row.pk).update(stands_at=comment.version)


# Telling


def feedback(payload: Payload) -> None:
    """Tell Akismet once where a moderator saw a comment otherwise, if that still stands."""
    decision = Decision.objects.get(pk=payload["decision"])
    row = Check.objects.filter(comment=decision.comment_id).exclude(answer="").last()
    if row is None or not stands(decision):
        return
    word = "spam" if decision.act == Act.SPAM else "ham"
    # Noted first: after a crash nobody tells twice.
    if not Check.objects.filter(pk=row.pk, reported="").update(reported=word):
        return
    try:
        akismet.report(kept_submission(row), guid=row.guid, spam=word == "spam", **account())
    except akismet.Unavailable as trouble:
        complain(trouble)
        report_later(row, decision)
    else:
        Check.objects.filter(pk=row.pk).exclude(state__in=LIVE_STATES).update(context="")


def report_later(row: Check, decision: Decision) -> None:
    """Try again for a day, then let it be."""
    if decision.at > timezone.now() - DAY:
        Check.objects.filter(pk=row.pk).update(reported="")
        raise Later(REPORT_AGAIN, "Akismet could not be told")


def stands(decision: Decision) -> bool:
    """Whether no moderator has decided otherwise since."""
    later = Decision.objects.filter(comment=decision.comment_id, pk__gt=decision.pk)
    return not later.filter(moderator__isnull=False).exists()


# Looking after


def hold_unjudged() -> int:
    """Give comments to the moderators that nothing has judged in ten minutes; their number."""
    return sum(hold(comment) for comment in unjudged())


def unjudged() -> QuerySet[Comment]:
    """Comments being checked for ten minutes which no open job will judge."""
    old = timezone.now() - PATIENCE
    rows = Comment.objects.filter(
        # By site, since the index of the moderators' lists begins with it.
        Q(edited_at=None) | Q(edited_at__lt=old),
        site__in=Site.objects.values("pk"),
        status=Status.CHECKING,
        created_at__lt=old,
    )
    return rows.exclude(pk__in=still_asking().values("comment"))


def still_asking() -> QuerySet[Check]:
    """Checks of comments as they are now, with a job that will ask."""
    checks = Check.objects.live().filter(stands_at=F("comment__version"))
    named = checks.annotate(job=Concat(Value("check:"), Cast("pk", CharField())))
    return named.filter(Exists(Job.objects.open().filter(key=OuterRef("job"))))


def hold(comment: Comment) -> bool:
    """Hold a comment that was forgotten, unless somebody judges it at this moment."""
    verdict = Verdict(Reason.UNJUDGED, Outcome.ERROR)
    try:
        with transaction.atomic():
            record(comment, [verdict], version=comment.version)
            entry = Entry("unjudged", 1, 0, verdict)
            note(comment, entry, policy_for(comment), version=comment.version)
            seen = comment.version
            decisions.judge(comment, Status.HELD, seen=seen, verdicts=[verdict])
            alerts.ring(comment.site_id)
    except StaleComment:
        return False
    return True


def forget_senders() -> int:
    """Wipe what is known of senders after a day; how many checks had it."""
    old = Check.objects.exclude(context="").filter(created_at__lt=timezone.now() - DAY)
    return old.update(context="")
