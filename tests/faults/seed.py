"""A site with people in it, made before its processes start; prints what clients need as JSON."""

import json
import sys
from datetime import timedelta

import django

FOLLOWERS = 4
REGULARS = 6
MODERATORS = 2


def seed(host: str) -> dict[str, object]:
    """One thread that people follow, guests known by cookie, and moderators with a session."""
    from django.utils import timezone

    from community.comments.models import Comment
    from community.sites.models import Role
    from community.subscriptions import services as subscriptions
    from community.subscriptions.models import Subscription, Timing
    from moderation.models import Policy
    from tests import factories

    site = factories.site(base_url=f"http://{host}", host=host)
    Policy.objects.create(site=site, number=1, first_comments=0, flood_seconds=0)
    thread = factories.thread(site)
    regulars = [factories.guest(f"Regular {number}", proven=True) for number in range(REGULARS)]
    for person in regulars:
        factories.comment(thread, person=person)
    followers = [factories.guest(f"Follower {number}", proven=True) for number in range(FOLLOWERS)]
    for person in followers:
        subscriptions.follow_thread(thread, person.contact, person)
        Timing.objects.create(contact=person.contact, most_a_day=10_000)
    Subscription.objects.update(confirmed_at=timezone.now() - timedelta(hours=1))
    members = [factories.member(site=site, role=Role.MODERATOR) for _ in range(MODERATORS)]
    # Known authors, not news: their first comments are as if from an import.
    for comment in Comment.objects.all():
        Comment.objects.filter(pk=comment.pk).update(
            import_number=comment.pk, announced_at=timezone.now()
        )
    return {
        "thread": thread.pk,
        "article": thread.article.slug,
        "comments": list(Comment.objects.values_list("pk", flat=True)),
        "followers": [person.contact_id for person in followers],
        "regulars": [guest_cookie(str(person.key)) for person in regulars],
        "moderators": [session_cookie(user) for user in members],
    }


def guest_cookie(key: str) -> str:
    """A guest's cookie."""
    from django.conf import settings
    from django.core import signing

    from community.accounts.guests import SALT

    return f"{settings.GUEST_COOKIE_NAME}={signing.dumps(key, salt=SALT)}"


def session_cookie(user: object) -> str:
    """A logged-in member's cookie."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def main() -> None:
    """Bring the tables up to date and fill them."""
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    sys.stdout.write(json.dumps(seed(sys.argv[1])))


if __name__ == "__main__":
    main()
