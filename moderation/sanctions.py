"""Who may not do what on a site, since when, until when: imposed, in force, lifted, ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment
from community.comments.screening import Draft
from community.outbox import services as outbox
from community.prepared import Parameter, Prepared
from community.sites.models import Membership, Role, Site
from moderation import marks, reasons, statements
from moderation.models import (
    Act,
    Effect,
    Kind,
    Reach,
    Sanction,
    SanctionEntry,
    SanctionQuerySet,
    Step,
)

# Until then nobody is told and no comment is touched, so that undo can take all of it back.
UNDO_WINDOW = timedelta(seconds=10)
# No mark reads like this.
NOBODY = "nobody"


class NotAllowed(Exception):
    """This moderator may not sanction this person."""


class AlreadyInForce(Exception):
    """Somebody has imposed the same already; `sanction` says who, until when and why."""

    def __init__(self, sanction: Sanction) -> None:
        super().__init__(str(sanction))
        self.sanction = sanction


class TooLate(Exception):
    """It cannot be undone any more: ten seconds are over, or its consequences have begun."""


@dataclass(frozen=True)
class Terms:
    """What a moderator wants to impose, and for how long."""

    kind: Kind
    reach: Reach = Reach.PERSON
    # A reason of the site by its code, and the moderator's own words.
    canned: str = ""
    words: str = ""
    ends_at: datetime | None = None
    pause: int = 0
    effect: Effect = Effect.LEAVE
    effect_days: int = 0


@dataclass(frozen=True)
class Subject:
    """Whom a moderator looks at, with everything they could be known by."""

    site: Site
    person: Person | None = None
    comment: Comment | None = None

    @property
    def address(self) -> str:
        """The address they have confirmed; one that was merely typed may be another's."""
        contact = self.person.contact if self.person else None
        return contact.address if contact else ""

    @property
    def typed_address(self) -> str:
        """The address they have confirmed, or else the one typed with the comment."""
        typed = self.comment.contact if self.comment else None
        return self.address or (typed.address if typed else "")

    @property
    def network(self) -> str:
        """The hash of the network the comment came from, as long as it is kept."""
        return self.comment.network if self.comment else ""

    def mark(self, reach: Reach) -> str:
        """What they are known by within this reach; empty where nothing is known."""
        match reach:
            case Reach.PERSON:
                return marks.of_person(self.person.pk) if self.person else ""
            case Reach.ADDRESS:
                return marks.of_address(self.address)
            case Reach.NETWORK:
                return marks.of_network(self.network)
        domain = marks.domain_of(self.typed_address)
        return marks.of_domain(domain) if domain else ""


def of_comment(comment: Comment) -> Subject:
    """Whoever wrote this comment."""
    return Subject(comment.site, comment.person, comment)


# Who may


def may_sanction(by: User, person: Person | None, site: Site) -> bool:
    """Nobody sanctions themselves; moderators only whom they stand above."""
    if person is None or person.user_id is None:
        return True
    ranks = dict(
        Membership.objects.filter(site=site, user__in=[by.pk, person.user_id]).values_list(
            "user", "role"
        )
    )
    return person.user_id != by.pk and rank(ranks.get(by.pk)) > rank(ranks.get(person.user_id))


def rank(role: str | None) -> int:
    """How high a role stands; readers have none."""
    return {None: 0, Role.MODERATOR: 1, Role.ADMINISTRATOR: 2}[Role(role) if role else None]


# Imposing and lifting


@transaction.atomic
def impose(subject: Subject, terms: Terms, by: User) -> Sanction:
    """Impose something in the caller's name; its consequences begin in ten seconds.

    Raises NotAllowed, UnknownReason, and AlreadyInForce if there is one of this kind for the same
    target.
    """
    mark = subject.mark(terms.reach)
    if not mark or not may_sanction(by, subject.person, subject.site):
        raise NotAllowed
    end_run_out(Sanction.objects.filter(site=subject.site, mark=mark, kind=terms.kind))
    wanted = row_of(subject, terms, mark, by)
    # The constraint decides between two who press at once; ignore_conflicts is how it says so.
    Sanction.objects.bulk_create([wanted], ignore_conflicts=True)
    made = Sanction.objects.open().get(site=subject.site, mark=mark, kind=terms.kind)
    if (made.imposed_by_id, made.at) != (by.pk, wanted.at):
        raise AlreadyInForce(made)
    note(made, Step.IMPOSE, by=by)
    outbox.enqueue(
        "moderation.sanction",
        {"sanction": made.pk},
        due=made.at + UNDO_WINDOW,
        key=consequences_key(made),
    )
    statements.of_sanction(made, tell_in=UNDO_WINDOW)
    return made


def row_of(subject: Subject, terms: Terms, mark: str, by: User) -> Sanction:
    """The sanction as it will be kept; raises UnknownReason."""
    why = reasons.why_act(subject.site, Act.REMOVE, terms.canned)
    reaches_person = terms.reach == Reach.PERSON
    return Sanction(
        site=subject.site,
        kind=terms.kind,
        reach=terms.reach,
        mark=mark,
        also=marks.of_address(subject.address) if reaches_person else "",
        person=subject.person if terms.reach in (Reach.PERSON, Reach.ADDRESS) else None,
        comment=subject.comment,
        pause=terms.pause,
        reason=why.told(terms.words)[:500],
        code=why.code,
        ground=why.ground,
        provision=why.provision,
        effect=terms.effect,
        effect_days=terms.effect_days,
        imposed_by=by,
        ends_at=terms.ends_at,
    )


def consequences_key(sanction: Sanction) -> str:
    """The name under which all that follows a sanction can be cancelled."""
    return f"sanction:{sanction.pk}"


def block(comment: Comment, by: User) -> Sanction | None:
    """Let this comment's author write no more on its site; None where there is nobody to block.

    What happens to the comment itself is a decision of its own.
    """
    if comment.person is None or not may_sanction(by, comment.person, comment.site):
        return None
    if known := stopping(comment.person, comment.site).first():
        return known
    try:
        return impose(of_comment(comment), Terms(Kind.BAN), by)
    except AlreadyInForce as found:
        return found.sanction


def lift(sanction: Sanction, by: User) -> bool:
    """End a sanction before its time; False if it had ended already."""
    return close(sanction, Step.LIFT, by=by, at=timezone.now())


@transaction.atomic
def undo(sanction: Sanction, by: User) -> None:
    """Take back what one has just imposed; raises TooLate once its consequences have begun."""
    young = sanction.at + UNDO_WINDOW >= timezone.now()
    if sanction.imposed_by_id != by.pk or not young:
        raise TooLate
    if not outbox.cancel(consequences_key(sanction)) or not statements.undo_sanction(sanction):
        raise TooLate
    close(sanction, Step.UNDO, by=by, at=timezone.now())


def undo_block(comment: Comment, by: User, start: datetime) -> None:
    """Take back the block that came with a decision about this comment."""
    mine = Sanction.objects.open().filter(comment=comment, imposed_by=by, kind=Kind.BAN)
    for sanction in mine.filter(at__gte=start):
        undo(sanction, by)


def note_read(sanction_id: int, reader: Person) -> bool:
    """Note that a warning was read, which is all it asked for."""
    mine = Sanction.objects.in_force().filter(marks_of_person(reader), kind=Kind.WARN)
    warning = mine.filter(pk=sanction_id).first()
    return warning is not None and close(warning, Step.READ, at=timezone.now())


@transaction.atomic
def close(sanction: Sanction, step: Step, *, at: datetime, by: User | None = None) -> bool:
    """Let a sanction count no more, and write down why; False if somebody was faster."""
    read_at = at if step == Step.READ else None
    changed = (
        Sanction.objects.open()
        .filter(pk=sanction.pk)
        .update(lifted_at=at, lifted_by=by, read_at=read_at)
    )
    if changed:
        note(sanction, step, by=by, at=at, automated=step == Step.END)
        if step == Step.LIFT:
            statements.lifted(sanction, by)
    return bool(changed)


def end_run_out(rows: SanctionQuerySet | None = None) -> int:
    """Write down what has ended by itself; the number of rows."""
    found = (Sanction.objects.all() if rows is None else rows).run_out()
    return sum(
        close(sanction, Step.END, at=sanction.ends_at or timezone.now()) for sanction in found
    )


def note(
    sanction: Sanction,
    step: Step,
    *,
    by: User | None = None,
    at: datetime | None = None,
    automated: bool = False,
) -> None:
    """Write down what was just done with a sanction."""
    SanctionEntry.objects.create(
        site_id=sanction.site_id,
        sanction=sanction,
        step=step,
        kind=sanction.kind,
        reach=sanction.reach,
        ground=sanction.ground,
        code=sanction.code,
        reason=sanction.reason if step == Step.IMPOSE else "",
        by=by,
        automated=automated,
        at=at or sanction.at,
    )


# What applies


def applying_to(draft: Draft) -> list[Sanction]:
    """Everything in force that concerns this draft, in one query, asked once for each draft.

    Whoever runs the site is reached only by what was imposed on them in person.
    """
    if "sanctions" not in draft.looked_up:
        draft.looked_up["sanctions"] = in_force_for(
            draft.site,
            draft.person,
            network=draft.sender.network,
            address=draft.email,
            in_person=draft.viewer.is_moderator,
        )
    found: list[Sanction] = draft.looked_up["sanctions"]
    return found


def in_force_for(
    site: Site,
    person: Person | None,
    *,
    network: str = "",
    address: str = "",
    in_person: bool = False,
) -> list[Sanction]:
    """What is in force, the newest first; of a typed address only the domain counts."""
    proven = person.contact.address if person and person.contact else ""
    mine = [marks.of_person(person.pk)] if person else []
    if proven:
        mine.append(marks.of_address(proven))
    others = [*marks.of_domains_above(address), *marks.of_domains_above(proven)]
    if network:
        others.append(marks.of_network(network))
    known_by = mine if in_person else [*mine, *others]
    if not known_by:
        return []
    also = marks.of_address(proven) or NOBODY
    return asking_for(len(known_by), in_person).all(
        site=site.pk, now=timezone.now(), also=also, **named(known_by)
    )


@lru_cache(maxsize=32)
def asking_for(number: int, in_person: bool) -> Prepared[Sanction]:
    """The query for somebody known by so many marks."""
    places = named([""] * number)

    def rows(
        site: Parameter, now: Parameter, also: Parameter, **given: Parameter
    ) -> SanctionQuerySet:
        known = Q(mark__in=[given[name] for name in places]) | Q(also=also)
        found = Sanction.objects.in_force(now).filter(known, site=site).order_by("-pk")
        return found.filter(reach=Reach.PERSON) if in_person else found

    return Prepared[Sanction](rows, "site", "now", "also", *places)


def named(known_by: Sequence[str]) -> dict[str, str]:
    """Marks by the names of their places in the query."""
    return {f"mark{place}": mark for place, mark in enumerate(known_by)}


def marks_of_person(person: Person) -> Q:
    """What was imposed on this person, or on the address they have confirmed."""
    mine = Q(mark=marks.of_person(person.pk))
    if person.contact is None:
        return mine
    address = marks.of_address(person.contact.address)
    return mine | Q(mark=address) | Q(also=address)


def is_banned(person: Person, site: Site) -> bool:
    """Whether this person may not write on this site."""
    return stopping(person, site).exists()


def stopping(person: Person, site: Site) -> SanctionQuerySet:
    """What keeps this person, known by name or confirmed address, from writing on this site."""
    rows = Sanction.objects.in_force().filter(marks_of_person(person), site=site)
    return rows.filter(kind__in=[Kind.SUSPEND, Kind.BAN])


def sanctioned_among(site: Site, person_ids: Iterable[int]) -> set[int]:
    """Which of these people may not write on this site, in two queries."""
    people = Person.objects.filter(pk__in=set(person_ids)).select_related("contact")
    known = {person.pk: marks_held_by(person) for person in people}
    every = set().union(*known.values())
    rows = Sanction.objects.in_force().filter(site=site, kind__in=[Kind.SUSPEND, Kind.BAN])
    hit = rows.filter(Q(mark__in=every) | Q(also__in=every)).values_list("mark", "also")
    found = {mark for pair in hit for mark in pair}
    return {pk for pk, held in known.items() if held & found}


def marks_held_by(person: Person) -> set[str]:
    """The marks of a person and of their confirmed address."""
    address = person.contact.address if person.contact else ""
    return {marks.of_person(person.pk), marks.of_address(address)} - {""}


# How many it would hit


def people_hit(subject: Subject, reach: Reach) -> int:
    """How many people known on the site a sanction of this reach would hit."""
    people = Person.objects.filter(comments__site=subject.site)
    if reach == Reach.NETWORK:
        found = people.filter(comments__network=subject.network)
    else:
        domain = marks.domain_of(subject.typed_address)
        found = people.filter(at_domain(domain, "contact") | at_domain(domain, "comments__contact"))
    return found.distinct().count()


def at_domain(domain: str, path: str) -> Q:
    """Addresses of a domain or of one below it; `path` leads to the contact."""
    return Q(**{f"{path}__address__endswith": f"@{domain}"}) | Q(
        **{f"{path}__address__endswith": f".{domain}"}
    )
