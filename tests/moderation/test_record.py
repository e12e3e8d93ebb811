"""The record is only added to: neither the code nor the database lets anybody change it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from community.accounts.models import Person, User
from community.articles.models import Article
from community.articles.services import delete as delete_article
from community.comments.models import Comment, Status
from community.privacy import retention
from community.privacy.services import erase
from community.threads.models import Thread
from moderation import decisions, record, sanctions
from moderation.invariants import breaches
from moderation.models import Act, AppendOnly, Decision, Kind, Sanction, SanctionEntry
from moderation.record import rows_of
from moderation.sanctions import Terms
from tests import factories

pytestmark = pytest.mark.both
MODELS = [Decision, SanctionEntry]


@pytest.fixture(autouse=True)
def guards(db: None) -> None:
    """All of them, also the one that tests on SQLite live without."""
    record.put_up_guards(using="default", plan=[])


@pytest.fixture
def decided(thread: Thread, author: Person, moderator: User) -> Comment:
    """A comment removed with a reason, its author blocked."""
    comment = factories.comment(thread, person=author)
    decisions.decide(
        comment, Act.REMOVE, seen=comment.version, by=moderator, reason="Amir again.", block=True
    )
    return comment


@pytest.mark.parametrize("model", MODELS)
def test_the_code_refuses(decided: Comment, model: type[Decision]) -> None:
    row = model.objects.get()
    tries: list[Callable[[], object]] = [
        lambda: model.objects.update(reason=""),
        lambda: model.objects.all().delete(),
        row.save,
        row.delete,
    ]
    for attempt in tries:
        with pytest.raises(AppendOnly):
            attempt()


CHANGES = {
    Decision: {"act": "approve", "after": "spam", "reason": "Other words.", "version": 9}
    | {"at": timezone.now(), "automated": True, "comment": 0, "ground": "law"},
    SanctionEntry: {"step": "lift", "kind": "warn", "reason": "Other words.", "reach": "network"}
    | {"at": timezone.now(), "automated": True},
}


@pytest.mark.parametrize(
    ("model", "column"), [(model, column) for model in MODELS for column in CHANGES[model]]
)
def test_the_database_refuses_other_words_too(
    decided: Comment, model: type[Decision], column: str
) -> None:
    before = rows_of(model).values_list().get()
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        rows_of(model).update(**{column: CHANGES[model][column]})
    assert rows_of(model).values_list().get() == before


@pytest.mark.parametrize("model", MODELS)
def test_the_database_removes_nothing_young(decided: Comment, model: type[Decision]) -> None:
    table = model._meta.db_table
    with (
        pytest.raises(IntegrityError, match="only added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")
    assert model.objects.count() == 1


def test_a_table_without_its_guard_is_a_breach(decided: Comment) -> None:
    assert not [said for said in breaches() if "guard" in said]
    with connection.cursor() as cursor:
        for name in ("unchanged", "kept", "guard"):
            suffix = " ON moderation_decision" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS moderation_decision_{name}{suffix}")
    assert [said for said in breaches() if "moderation_decision" in said]


# What it forgets


def test_erasure_blanks_words_and_names_and_leaves_the_rows(
    decided: Comment, author: Person, thread: Thread, moderator: User
) -> None:
    warned = sanctions.of_comment(factories.comment(thread, person=author))
    sanctions.impose(warned, Terms(Kind.WARN, words="Dear Amir, no."), moderator)

    erase(author, with_words=True)

    assert Decision.objects.filter(moderator=moderator).values_list("reason", flat=True)[0] == ""
    assert Decision.objects.get(comment=decided, moderator=moderator).act == Act.REMOVE
    assert set(SanctionEntry.objects.values_list("step", "reason")) == {("impose", "")}
    assert set(Sanction.objects.values_list("person", "mark", "reason")) == {(None, "", "")}
    assert SanctionEntry.objects.count() == 2


def test_a_block_holds_for_an_address_whose_owner_was_forgotten(
    decided: Comment, author: Person, thread: Thread
) -> None:
    assert author.contact
    address = author.contact.address
    erase(author, with_words=False)
    again = Person.objects.create(name="New", contact=factories.contact(address))
    assert sanctions.is_banned(again, thread.site)


def test_a_moderator_who_leaves_is_not_taken_for_a_machine(
    decided: Comment, moderator: User
) -> None:
    person = moderator.person
    erase(person, with_words=False)
    row = Decision.objects.get(comment=decided)
    assert (row.moderator, row.automated) == (None, False)


def test_the_record_outlives_a_deleted_article(decided: Comment, article: Article) -> None:
    delete_article(article)
    assert not Comment.objects.exists()
    assert Decision.objects.get().comment_id == decided.pk
    assert not [said for said in breaches() if "chain" in said]


def test_after_two_years_the_record_is_forgotten(
    thread: Thread, author: Person, moderator: User
) -> None:
    long_ago = timezone.now() - record.KEPT - timedelta(days=3)
    comment = factories.comment(thread, person=author, status=Status.HELD)
    common = {"site": thread.site, "comment": comment, "before": "held", "after": "published"}
    old = Decision.objects.create(act=Act.APPROVE, version=2, at=long_ago, **common)
    Decision.objects.create(act=Act.UNDO, version=3, undoes=old, at=long_ago, **common)
    Decision.objects.create(act=Act.APPROVE, version=4, **common)
    Sanction.objects.create(
        site=thread.site,
        kind="ban",
        reach="person",
        mark="person:1",
        at=long_ago,
        lifted_at=long_ago,
    )
    assert retention.forget() >= 3
    assert Decision.objects.values_list("version", flat=True).get() == 4
    assert not Sanction.objects.exists()
