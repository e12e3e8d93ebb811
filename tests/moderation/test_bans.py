"""Blocking someone, and letting them in again."""

from community.accounts.models import Person, User
from community.sites.models import Site
from community.threads.models import Thread
from moderation import bans
from moderation.models import Ban
from tests import factories


def test_a_blocked_author_is_blocked_until_it_is_lifted(
    thread: Thread, author: Person, moderator: User, administrator: User
) -> None:
    ban = bans.block(factories.comment(thread, person=author), moderator)
    assert ban
    assert bans.is_banned(author, thread.site)
    bans.lift(ban, administrator)
    assert not bans.is_banned(author, thread.site)
    ban.refresh_from_db()
    assert (ban.imposed_by, ban.lifted_by) == (moderator, administrator)
    assert ban.lifted_at


def test_blocking_twice_is_blocking_once(thread: Thread, author: Person, moderator: User) -> None:
    first, second = (
        bans.block(factories.comment(thread, person=author), moderator) for _ in range(2)
    )
    assert first == second
    assert Ban.objects.count() == 1


def test_a_block_ends_at_the_border_of_the_site(
    thread: Thread, author: Person, moderator: User
) -> None:
    bans.block(factories.comment(thread, person=author), moderator)
    elsewhere = factories.site(host="other.example", base_url="https://other.example")
    assert not bans.is_banned(author, elsewhere)


def test_a_new_cookie_does_not_help_whoever_confirms_the_same_address(
    thread: Thread, author: Person, moderator: User
) -> None:
    ban = bans.block(factories.comment(thread, person=author), moderator)
    assert ban
    again = Person.objects.create(name="Somebody else", contact=author.contact)
    assert bans.is_banned(again, thread.site)
    assert bans.banned_among(thread.site, {again.pk, author.pk}) == {again.pk, author.pk}
    bans.block(factories.comment(thread, person=again), moderator)
    bans.lift(ban, moderator)
    assert not bans.is_banned(again, thread.site)


def test_a_guest_without_address_is_blocked_alone(
    thread: Thread, reader: Person, author: Person, moderator: User
) -> None:
    bans.block(factories.comment(thread, person=reader), moderator)
    stranger = factories.guest("Paul")
    assert bans.is_banned(reader, thread.site)
    assert not bans.is_banned(stranger, thread.site)
    assert bans.banned_among(thread.site, {stranger.pk, author.pk}) == set()


def test_nobody_is_blocked_for_a_comment_whose_author_is_forgotten(
    thread: Thread, moderator: User, site: Site
) -> None:
    comment = factories.comment(thread)
    comment.person = None
    assert bans.block(comment, moderator) is None
    assert not Ban.objects.exists()
