"""Blocking someone, and letting them in again."""

from community.accounts.models import Person, User
from community.sites.models import Site
from community.threads.models import Thread
from moderation import sanctions
from moderation.models import Sanction
from tests import factories


def test_a_blocked_author_is_blocked_until_it_is_lifted(
    thread: Thread, author: Person, moderator: User, administrator: User
) -> None:
    sanction = sanctions.block(factories.comment(thread, person=author), moderator)
    assert sanction
    assert sanctions.is_banned(author, thread.site)
    sanctions.lift(sanction, administrator)
    assert not sanctions.is_banned(author, thread.site)
    sanction.refresh_from_db()
    assert (sanction.imposed_by, sanction.lifted_by) == (moderator, administrator)
    assert sanction.lifted_at


def test_blocking_twice_is_blocking_once(thread: Thread, author: Person, moderator: User) -> None:
    first, second = (
        sanctions.block(factories.comment(thread, person=author), moderator) for _ in range(2)
    )
    assert first == second
    assert Sanction.objects.count() == 1


def test_a_block_ends_at_the_border_of_the_site(
    thread: Thread, author: Person, moderator: User
) -> None:
    sanctions.block(factories.comment(thread, person=author), moderator)
    elsewhere = factories.site(host="other.example", base_url="https://other.example")
    assert not sanctions.is_banned(author, elsewhere)


def test_a_new_cookie_does_not_help_whoever_confirms_the_same_address(
    thread: Thread, author: Person, moderator: User
) -> None:
    sanction = sanctions.block(factories.comment(thread, person=author), moderator)
    assert sanction
    again = Person.objects.create(name="Somebody else", contact=author.contact)
    assert sanctions.is_banned(again, thread.site)
    assert sanctions.sanctioned_among(thread.site, {again.pk, author.pk}) == {again.pk, author.pk}
    sanctions.block(factories.comment(thread, person=again), moderator)
    sanctions.lift(sanction, moderator)
    assert not sanctions.is_banned(again, thread.site)


def test_a_guest_without_address_is_blocked_alone(
    thread: Thread, reader: Person, author: Person, moderator: User
) -> None:
    sanctions.block(factories.comment(thread, person=reader), moderator)
    stranger = factories.guest("Paul")
    assert sanctions.is_banned(reader, thread.site)
    assert not sanctions.is_banned(stranger, thread.site)
    assert sanctions.sanctioned_among(thread.site, {stranger.pk, author.pk}) == set()


def test_nobody_is_blocked_for_a_comment_whose_author_is_forgotten(
    thread: Thread, moderator: User, site: Site
) -> None:
    comment = factories.comment(thread)
    comment.person = None
    assert sanctions.block(comment, moderator) is None
    assert not Sanction.objects.exists()
