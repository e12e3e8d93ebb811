"""The report equals what a recount of the rows gives; files are safe and streamed; log is mute."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.sites.models import Site
from community.threads.models import Thread
from moderation import decisions, export, policies, sanctions
from moderation.models import (
    Act,
    CannedReason,
    Decision,
    Kind,
    Policy,
    Reason,
    Report,
    SanctionEntry,
)
from moderation.readers import record
from moderation.sanctions import Terms
from moderation.statistics import Overview, last_year, overview
from moderation.verdicts import Outcome, Verdict
from tests import factories

BrowserOf = Callable[[Person | User], Client]
HOST = "testserver"


@pytest.fixture
def busy(thread: Thread, author: Person, moderator: User, administrator: User) -> Site:
    """A site on which much was done, some of it undone, some of it wrong."""
    with time_machine.travel(timezone.now() - timedelta(minutes=10)):
        for number, act in enumerate([Act.APPROVE, Act.REJECT, Act.SPAM, Act.REJECT]):
            held = judged(thread, Status.HELD, Reason.LINK)
            decisions.decide(held, act, seen=held.version, by=moderator, canned=code(act, number))
        wrongly_spam = judged(thread, Status.SPAM, Reason.DISALLOWED)
        judged(thread, Status.SPAM, Reason.DISALLOWED)
        decisions.decide(wrongly_spam, Act.APPROVE, seen=wrongly_spam.version, by=moderator)
        public = judged(thread, Status.PUBLISHED, Reason.KNOWN, Outcome.PASS)
        row = decisions.decide(public, Act.REMOVE, seen=public.version, by=administrator)
        decisions.undo(row, by=administrator)
        written = judged(thread, Status.PUBLISHED, Reason.KNOWN, Outcome.PASS, person=author)
        warning = sanctions.impose(sanctions.of_comment(written), Terms(Kind.WARN), moderator)
        sanctions.undo(warning, moderator)
        slow = Terms(Kind.SLOW, pause=60)
        sanctions.lift(
            sanctions.impose(sanctions.of_comment(written), slow, moderator), administrator
        )
    return thread.site


def code(act: Act, number: int) -> str:
    return "attack" if act is Act.REJECT and number % 2 else ""


def judged(
    thread: Thread,
    to: Status,
    reason: Reason,
    outcome: Outcome | None = None,
    person: Person | None = None,
) -> Comment:
    """A comment brought to where rules want it."""
    outcomes = {Status.SPAM: Outcome.SPAM, Status.HELD: Outcome.HOLD}
    comment = factories.comment(thread, status=Status.CHECKING, person=person)
    verdict = Verdict(reason, outcome or outcomes[to])
    decisions.judge(comment, to, seen=comment.version, verdicts=[verdict])
    return comment


def numbers(found: Overview) -> dict[str, dict[str, str]]:
    return {part.key: {row.key: row.value for row in part.rows} for part in found.parts}


def test_the_report_equals_a_recount_of_the_rows(busy: Site) -> None:
    """Counted here row by row in Python, with none of the report's own queries."""
    rows = list(Decision.objects.order_by("pk"))
    undone = {row.undoes_id for row in rows if row.undoes_id}
    stand = [row for row in rows if row.pk not in undone and row.act != "undo"]
    people = Counter(row.act for row in stand if not row.automated)
    machines = Counter(row.after for row in stand if row.automated)
    turned = sum(
        row.automated
        and row.after in ("spam", "rejected")
        and any(
            later.comment_id == row.comment_id and later.pk > row.pk and later.act == "approve"
            for later in stand
        )
        for row in stand
    )

    found = numbers(overview(last_year(busy)))

    assert found["moderators"] == {
        act: str(people[act]) for act in ("approve", "reject", "remove", "spam", "hold")
    }
    assert found["machines"]["held"] == str(machines["held"])
    assert found["machines"]["refused"] == str(machines["spam"] + machines["rejected"])
    assert found["machines"]["refused-reversed"] == str(turned) == "1"
    assert found["machines"]["published-reversed"] == "0"
    assert found["machines"]["error-rate"] == f"{100 * 1 / 4:.1f} %"
    assert found["machines"]["share"] == f"{100 * 2 / 5:.1f} %"
    grounds = Counter(
        f"{row.ground}.{row.code or 'none'}.{'automated' if row.automated else 'people'}"
        for row in stand
        if row.ground
    )
    assert found["occasions"] == {
        "after-notice": "0",
        "own-initiative": str(grounds.total()),
    }
    assert sum(map(int, found["policies"].values())) == len(stand)
    assert found["grounds"] == {key: str(number) for key, number in grounds.items()}
    assert found["sanctions"] == {"slow.person": "1", "lifted": "1"}
    writers = len({row.person_id for row in Comment.objects.all()})
    assert list(found["people"].values()) == [str(writers)]


def test_report_and_files_name_the_policy_that_was_in_force(
    thread: Thread, moderator: User
) -> None:
    now, site = timezone.now(), thread.site
    first = Policy.objects.create(site=site, number=1, made_at=now - timedelta(days=3))
    for days in (4, 2, 1, 0):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            if days == 1:
                policies.save(first, seen=1, by=moderator)
            judged(thread, Status.HELD, Reason.LINK)

    period = last_year(site)
    assert [line["policy"] for line in export.lines(period)] == [None, 1, 2, 2]
    found = numbers(overview(period))["policies"]
    assert found == {"version-0": "1", "version-1": "1", "version-2": "2"}


def test_refusals_after_a_report_are_told_from_those_on_our_own_initiative(
    thread: Thread, moderator: User
) -> None:
    for when in ("never", "before", "after"):
        comment = factories.comment(thread, status=Status.PUBLISHED)
        report = partial(
            Report.objects.create,
            site=thread.site,
            comment=comment,
            version=comment.version,
            code="attack",
            title="It attacks somebody.",
        )
        if when == "before":
            report()
        row = decisions.decide(comment, Act.REMOVE, seen=comment.version, by=moderator)
        if when == "after":
            late = {"outcome": "already", "decided_at": timezone.now()}
            report(decision=row, automated=True, **late)

    found = overview(last_year(thread.site))
    assert numbers(found)["occasions"] == {"after-notice": "1", "own-initiative": "2"}
    [notices] = [part for part in found.parts if part.key == "notices"]
    assert notices.rows[0].label == "report: It attacks somebody."


def test_a_reason_worded_anew_is_counted_as_one(thread: Thread, moderator: User) -> None:
    for provision in ("House rules, 3", "House rules, 4"):
        CannedReason.objects.update_or_create(
            site=thread.site,
            code="attack",
            defaults={"title": "Attack", "text": "No.", "provision": provision, "ground": "rules"},
        )
        comment = factories.comment(thread, status=Status.HELD)
        decisions.decide(comment, Act.REJECT, seen=comment.version, by=moderator, canned="attack")
    assert numbers(overview(last_year(thread.site)))["grounds"] == {"rules.attack.people": "2"}


def test_another_site_and_another_time_count_for_nothing(busy: Site) -> None:
    other = factories.site(host="other.example", base_url="https://other.example")
    for period in (last_year(other), long_ago(busy)):
        assert set(numbers(overview(period))["moderators"].values()) == {"0"}
        assert numbers(overview(period))["sanctions"] == {"lifted": "0"}
        assert not list(export.lines(period))


def long_ago(site: Site) -> object:
    with time_machine.travel(timezone.now() - timedelta(days=800)):
        return last_year(site)


def test_the_report_takes_few_queries_however_much_was_done(
    busy: Site,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    with django_assert_max_num_queries(17):
        overview(last_year(busy))


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_the_command_says_the_same_in_every_form(busy: Site, form: str) -> None:
    out = io.StringIO()
    today = timezone.now().date()
    first = today - timedelta(days=2)
    call_command(
        "transparency_report",
        "--from",
        f"{first}",
        "--to",
        f"{today}",
        "--format",
        form,
        stdout=out,
    )
    said = out.getvalue()
    if form == "json":
        assert json.loads(said)["moderators"]["reject"] == "2"
    elif form == "csv":
        assert ["moderators", "reject", "not published", "2"] in list(csv.reader(io.StringIO(said)))
    else:
        assert "not published: 2" in said


def test_the_command_names_what_it_cannot_do(site: Site) -> None:
    with pytest.raises(CommandError, match="no site at"):
        call_command("transparency_report", "--site", "nowhere.example")
    with pytest.raises(CommandError, match="must not be after"):
        call_command("transparency_report", "--from", "2026-02-01", "--to", "2026-01-01")


# Files


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_file_is_a_formula(start: str) -> None:
    line = dict.fromkeys(export.COLUMNS, f"{start}1+1")
    _header, row = csv.reader(io.StringIO("".join(export.as_csv([line])), newline=""))
    assert set(row) == {f"'{start}1+1"}


def test_files_hold_every_row_once_in_bounded_chunks(
    busy: Site, administrator: User, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "CHUNK", 3)
    client = browser_of(administrator)
    answer = client.get("/moderation/record/json-lines/")
    assert answer.streaming
    rows = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    expected = {("comment", row.pk) for row in Decision.objects.all()}
    expected |= {(f"sanction {row.sanction_id}", row.pk) for row in SanctionEntry.objects.all()}
    assert len(rows) == len(expected)
    assert {(row["about"], row["row"]) for row in rows} == expected

    table = b"".join(client.get("/moderation/record/csv/").streaming_content).decode()
    assert len(list(csv.reader(io.StringIO(table, newline="")))) == len(expected) + 1


def test_moderators_get_no_files_and_no_report(
    busy: Site, moderator: User, browser_of: BrowserOf
) -> None:
    for page in ("", "csv/", "json-lines/"):
        assert browser_of(moderator).get(f"/moderation/record/{page}").status_code == 404


def test_a_period_that_ends_before_it_begins_is_told_so(
    busy: Site, administrator: User, browser_of: BrowserOf
) -> None:
    page = browser_of(administrator).get("/moderation/record/?first=2026-02-01&last=2026-01-01")
    assert page.status_code == 422
    assert "must not be before" in page.content.decode()


# In public


@pytest.mark.parametrize("address", ["/moderation-log/", "/transparency/"])
def test_nothing_is_public_until_the_site_wants_it(busy: Site, address: str) -> None:
    assert Client().get(address).status_code == 404
    Site.objects.update(public_log=True, public_report=True)
    answer = Client().get(address)
    assert answer.status_code == 200
    assert address in Client().get("/").content.decode()


def test_the_public_log_names_nobody_and_quotes_nothing(busy: Site) -> None:
    Site.objects.update(public_log=True)
    page = Client().get("/moderation-log/").content.decode()
    names = {"Mina", "Ada", "Amir", *Comment.objects.values_list("author_name", flat=True)}
    bodies = set(Comment.objects.values_list("body", flat=True))
    assert not [words for words in names | bodies if words in page]
    assert page.count("A comment was not published") == 2
    assert page.count("A comment was taken for spam") == 3
    assert "A comment was removed" not in page  # undone
    assert "Warn: imposed" not in page  # undone
    assert page.count("Slow down: imposed") == 1
    assert "House rules: attacks on people" in page


def test_a_press_that_can_still_be_undone_is_not_public(
    thread: Thread, author: Person, moderator: User
) -> None:
    Site.objects.update(public_log=True)
    comment = factories.comment(thread, person=author)
    decisions.decide(comment, Act.REMOVE, seen=comment.version, by=moderator, block=True)
    assert "removed" not in Client().get("/moderation-log/").content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert "removed" in Client().get("/moderation-log/").content.decode()


def test_the_public_log_is_paged_without_losing_or_repeating_a_line(
    busy: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site.objects.update(public_log=True)
    whole, following = record.page_of(busy, record.Cursor(None, None))
    assert following is None
    monkeypatch.setattr(record, "PAGE", 2)
    seen: list[object] = []
    address = "/moderation-log/"
    while address:
        answer = Client().get(address)
        seen += answer.context["lines"]
        following = answer.context["next_url"]
        address = f"/moderation-log/{following}" if following else ""
    assert seen == whole


@pytest.mark.parametrize("odd", ["?d=x", "?d=-1", "?s=%C2%B2", "?d=" + "9" * 30])
def test_odd_cursors_lead_nowhere(busy: Site, odd: str) -> None:
    Site.objects.update(public_log=True)
    assert Client().get(f"/moderation-log/{odd}").status_code == 404
