"""What was done on a site between two days, counted from the record: DSA Art. 15 and 24.

Each part is one function that answers with rows; a part more is one function more in PARTS.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

from django.db.models import Case, Count, Exists, Max, OuterRef, QuerySet, Value, When
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community.comments.models import Comment, Status
from community.sites.models import Site
from moderation import policies
from moderation.models import (
    Act,
    Appeal,
    AppealState,
    Decision,
    Ground,
    Kind,
    Reach,
    Reason,
    Report,
    ReportOutcome,
    SanctionEntry,
    Step,
)

REFUSALS = (Status.REJECTED, Status.SPAM)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Period:
    """Whole days of one site, both included."""

    site: Site
    first: date
    last: date

    @property
    def within(self) -> tuple[datetime, datetime]:
        """From the first moment to the last, for `__range`."""
        return (
            datetime.combine(self.first, time.min, UTC),
            datetime.combine(self.last, time.max, UTC),
        )


@dataclass(frozen=True)
class Row:
    """One number: its key for machines, its words for people, the value."""

    key: str
    label: str
    value: str


@dataclass(frozen=True)
class Part:
    """One subject of the report."""

    key: str
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Overview:
    """A whole report."""

    period: Period
    parts: list[Part]


def overview(period: Period) -> Overview:
    """Everything a report says of a period."""
    parts = [Part(key, str(title), list(count(period))) for key, title, count in PARTS]
    return Overview(period, parts)


def last_year(site: Site) -> Period:
    """The last twelve months, to begin with."""
    today = timezone.now().astimezone(UTC).date()
    return Period(site, today - timedelta(days=364), today)


def last_full_months(site: Site) -> Period:
    """The twelve months before this one.

    What is published does not move with what waits or is decided today: nobody learns from it
    that something has just been written.
    """
    first = timezone.now().astimezone(UTC).date().replace(day=1)
    return Period(site, first.replace(year=first.year - 1), first - timedelta(days=1))


# Decisions


def decisions_in(period: Period) -> QuerySet[Decision]:
    """What was decided about comments in a period and not undone within ten seconds."""
    made = Decision.objects.filter(site=period.site, at__range=period.within)
    undone = Decision.objects.filter(undoes=OuterRef("pk"))
    return made.exclude(act=Act.UNDO).exclude(Exists(undone)).order_by()


def by_people(period: Period) -> Iterator[Row]:
    """What moderators decided."""
    made = decisions_in(period).filter(automated=False).exclude(act=Act.JUDGE)
    numbers = dict(made.values_list("act").annotate(Count("pk")))
    for act in (Act.APPROVE, Act.REJECT, Act.REMOVE, Act.SPAM, Act.HOLD):
        yield Row(act.value, str(act.label), str(numbers.get(act, 0)))


def by_ground(period: Period) -> Iterator[Row]:
    """Refusals and removals by people and machines, by what they stand on."""
    made = decisions_in(period).exclude(ground="")
    grouped = made.values_list("ground", "code", "automated").order_by("ground", "code")
    # Administrators may word a reason anew within the period: it is still one reason.
    counted = grouped.annotate(Max("provision"), Count("pk"))
    for ground, code, automated, provision, number in counted:
        who = _("by rules and checks") if automated else _("by moderators")
        name = provision or reason_named(code)
        label = f"{Ground(ground).label}: {name} ({who})"
        key = ".".join([ground, code or "none", "automated" if automated else "people"])
        yield Row(key, label, str(number))


def by_occasion(period: Period) -> Iterator[Row]:
    """Refusals and removals by whether readers had reported the comment before."""
    made = decisions_in(period).exclude(ground="")
    before = Report.objects.filter(decision=OuterRef("pk"), at__lte=OuterRef("at"), automated=False)
    found = made.aggregate(all=Count("pk"), reported=Count("pk", filter=Exists(before)))
    yield Row("after-notice", _("after a report or a notice"), str(found["reported"]))
    own = found["all"] - found["reported"]
    yield Row("own-initiative", _("on our own initiative"), str(own))


def by_policy(period: Period) -> Iterator[Row]:
    """How much was decided under each version of the rules that was in force."""
    versions = policies.history(period.site)
    known = {number: since for since, number in versions if since <= period.within[1]}
    # The newest that had begun by then; 0 for what is older than all versions that are known.
    held = [When(at__gte=since, then=Value(number)) for number, since in known.items()]
    made = decisions_in(period).annotate(policy=Case(*reversed(held), default=Value(0)))
    for number, decided in made.values_list("policy").annotate(Count("pk")).order_by("policy"):
        yield Row(f"version-{number}", told_version(number, known.get(number)), str(decided))


def told_version(number: int, since: datetime | None) -> str:
    """One version of the rules, and the day from which it held."""
    if since is None:
        return _("before versions were kept")
    day = date_format(since.astimezone(UTC).date(), "DATE_FORMAT")
    return _("version %(number)s, from %(day)s") % {"number": number, "day": day}


def reason_named(code: str) -> str:
    """A reason's words; a code that is none of a rule stands for itself."""
    return str(Reason(code).label) if code in Reason.values else code


# Machines


def by_machines(period: Period) -> Iterator[Row]:
    """What rules and checks decided, their share, and how often people saw it otherwise."""
    made = decisions_in(period).filter(automated=True)
    numbers = dict(made.values_list("after").annotate(Count("pk")))
    yield Row("published", _("published by rules and checks"), str(numbers.get("published", 0)))
    yield Row("held", _("given to a moderator"), str(numbers.get("held", 0)))
    refused = sum(numbers.get(status, 0) for status in REFUSALS)
    yield Row("refused", _("refused by rules and checks"), str(refused))
    everything = refused + refused_by_people(period)
    yield Row("share", _("share of refusals made without a person"), share(refused, everything))
    yield from errors(made, refused, numbers.get("published", 0))


def refused_by_people(period: Period) -> int:
    """How often a moderator refused or removed."""
    acts = (Act.REJECT, Act.REMOVE, Act.SPAM)
    return decisions_in(period).filter(automated=False, act__in=acts).count()


def errors(made: QuerySet[Decision], refused: int, published: int) -> Iterator[Row]:
    """How many of these decisions people turned round, until today."""
    wrongly_refused = reversed_by(made.filter(after__in=REFUSALS), [Act.APPROVE]).count()
    against = [Act.REMOVE, Act.SPAM, Act.REJECT]
    wrongly_published = reversed_by(made.filter(after="published"), against).count()
    yield Row("refused-reversed", _("refused, later published by people"), str(wrongly_refused))
    yield Row("published-reversed", _("published, later removed by people"), str(wrongly_published))
    wrong = wrongly_refused + wrongly_published
    yield Row("error-rate", _("error rate"), share(wrong, refused + published))


def reversed_by(made: QuerySet[Decision], acts: list[Act]) -> QuerySet[Decision]:
    """Those after which a person decided the opposite and left it so."""
    undone = Decision.objects.filter(undoes=OuterRef("pk"))
    later = Decision.objects.filter(
        comment=OuterRef("comment"), pk__gt=OuterRef("pk"), automated=False, act__in=acts
    )
    return made.filter(Exists(later.exclude(Exists(undone))))


def share(part: int, whole: int) -> str:
    """A part of a whole in percent; nothing of nothing is no number."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


# People and their sanctions


def imposed(period: Period) -> Iterator[Row]:
    """What was imposed on people, by kind and reach; what was undone at once does not count."""
    undone = SanctionEntry.objects.filter(sanction=OuterRef("sanction"), step=Step.UNDO)
    made = SanctionEntry.objects.filter(
        site=period.site, at__range=period.within, step=Step.IMPOSE
    ).exclude(Exists(undone))
    grouped = made.order_by("kind", "reach").values_list("kind", "reach").annotate(Count("pk"))
    for kind, reach, number in grouped:
        label = f"{Kind(kind).label}: {Reach(reach).label}"
        yield Row(f"{kind}.{reach}", label, str(number))
    ended = SanctionEntry.objects.filter(site=period.site, at__range=period.within)
    lifted = ended.filter(step=Step.LIFT).count()
    yield Row("lifted", _("lifted before their time"), str(lifted))


# What readers report


def notices(period: Period) -> Iterator[Row]:
    """What readers reported, by reason and outcome, and how long they waited for an answer."""
    made = Report.objects.filter(site=period.site, at__range=period.within).order_by()
    grouped = made.values_list("code", "is_illegal").annotate(Max("title"), Count("pk"))
    for code, is_illegal, title, number in grouped.order_by("is_illegal", "code"):
        kind = _("notice of illegal content") if is_illegal else _("report")
        key = f"{'illegal' if is_illegal else 'report'}.{code}"
        yield Row(key, f"{kind}: {title or code}", str(number))
    outcomes = dict(made.values_list("outcome").annotate(Count("pk")))
    for outcome in ReportOutcome:
        label = _("outcome: %(outcome)s") % {"outcome": outcome.label}
        yield Row(f"outcome.{outcome.value}", label, str(outcomes.get(outcome, 0)))
    automated = made.filter(automated=True).count()
    yield Row("automated", _("settled without anybody looking"), str(automated))
    yield Row("median", _("half were answered within"), median_of(answer_times(made)))


def answer_times(made: QuerySet[Report]) -> Iterator[timedelta]:
    """How long each answered report waited."""
    times = made.exclude(decided_at=None).values_list("at", "decided_at")
    return (decided - at for at, decided in times.iterator(2000) if decided)


def median_of(times: Iterable[timedelta]) -> str:
    """The middle of these times in hours."""
    seconds = [one.total_seconds() for one in times]
    if not seconds:
        return "–"
    hours = median(seconds) / HOUR.total_seconds()
    return ngettext("%(n).1f hour", "%(n).1f hours", round(hours)) % {"n": hours}


# What authors object to


def complaints(period: Period) -> Iterator[Row]:
    """Objections that came in, by what has become of them until today. DSA Art. 20."""
    made = Appeal.objects.filter(site=period.site, opened_at__range=period.within).order_by()
    numbers = dict(made.values_list("state").annotate(Count("pk")))
    for state in AppealState:
        yield Row(state.value, str(state.label), str(numbers.get(state.value, 0)))


# Users


def writers(period: Period) -> Iterator[Row]:
    """How many people wrote, month by month; readers are not counted, since nobody watches them."""
    rows = Comment.objects.filter(site=period.site, created_at__range=period.within)
    monthly = rows.order_by().annotate(month=TruncMonth("created_at", tzinfo=UTC))
    counted = monthly.values_list("month").annotate(Count("person", distinct=True))
    for month, number in counted.order_by("month"):
        yield Row(f"{month:%Y-%m}", f"{month:%Y-%m}", str(number))


Counting = Callable[[Period], Iterator[Row]]
PARTS: list[tuple[str, object, Counting]] = [
    ("moderators", gettext_lazy("Decided by moderators"), by_people),
    ("grounds", gettext_lazy("Refusals and what they stand on"), by_ground),
    ("occasions", gettext_lazy("What refusals followed from"), by_occasion),
    ("policies", gettext_lazy("Decisions by the version of the rules in force"), by_policy),
    ("machines", gettext_lazy("Decided by rules and checks"), by_machines),
    ("notices", gettext_lazy("Reports and notices"), notices),
    ("sanctions", gettext_lazy("Warned, slowed down, suspended, blocked"), imposed),
    ("complaints", gettext_lazy("Objections and their outcomes"), complaints),
    ("people", gettext_lazy("People who wrote, by month"), writers),
]
